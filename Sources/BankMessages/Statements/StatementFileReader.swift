/// Reads a statement file that comes in pieces, of whatever format and encoding it is.
///
/// What it tells counts when ``finish(_:)`` has returned: until then a file may turn out to be
/// none. It holds one line, or one entry, at a time. The first bytes decide: a byte order mark or
/// the zero bytes of UTF-16, an XML declaration; `<` for camt, `:20:` or `{1:` for MT. Of a file of
/// lines that says nothing the encoding is the one agreed, else UTF-8 for as long as it can be.
package struct StatementFileReader: ~Copyable {
    private let options: StatementReadingOptions
    /// What has come while nothing is decided.
    private var start: [UInt8] = []
    private var decoder: TextDecoder?
    private var document: CamtStatementReader?
    private var lines: (any StatementLineReader)?
    private var cutter: StatementLineCutter
    /// Bytes of the file that have come so far.
    package private(set) var bytesRead = 0

    /// How many bytes are looked at before anything is decided.
    private static let startBytes = 4_096
    /// As much is decoded at a time.
    private static let pieceBytes = 65_536

    package init(options: StatementReadingOptions = StatementReadingOptions()) {
        self.options = options
        cutter = StatementLineCutter(limits: options.limits)
    }

    /// Takes the next bytes in, as many as there are.
    ///
    /// - Throws: ``StatementRefusal`` when the file cannot be read, or when `take` does. The reader
    ///   is of no use then.
    /// - Complexity: O(number of bytes).
    package mutating func read(
        _ piece: ArraySlice<UInt8>, _ take: StatementTake
    ) throws(StatementRefusal) {
        bytesRead += piece.count
        guard bytesRead <= options.limits.fileBytes else {
            throw StatementRefusal(
                "The file has more than \(options.limits.fileBytes) bytes; ask the agent for it in "
                    + "parts.")
        }
        guard decoder == nil else { return try readPieces(piece, take) }
        start += piece
        if start.count >= StatementFileReader.startBytes { try decide(take) }
    }

    /// Ends the file.
    ///
    /// - Throws: as above; most of all when the file is cut off.
    package mutating func finish(_ take: StatementTake) throws(StatementRefusal) {
        if decoder == nil { try decide(take) }
        let rest: ArraySlice<UInt8>
        do { rest = try decoder?.finish() ?? [] } catch { throw refusal(error) }
        try pass(rest, take)
        if decoder?.hasGuessed == true {
            try take(
                .finding(
                    StatementFinding(
                        .encodingGuessed,
                        "The file does not say in which encoding it is, and is not UTF-8; its "
                            + "texts are read as windows-1252. State the encoding for the account."
                    )))
        }
        try document?.finish(take)
        guard lines != nil else { return }
        try cutter.finish { line, number throws(StatementRefusal) in
            try lines?.read(line, number: number, take)
        }
        try lines?.finish(take)
    }

    private mutating func readPieces(
        _ bytes: ArraySlice<UInt8>, _ take: StatementTake
    ) throws(StatementRefusal) {
        var rest = bytes
        while !rest.isEmpty {
            let text: ArraySlice<UInt8>
            do {
                text = try decoder?.decode(rest.prefix(StatementFileReader.pieceBytes)) ?? []
            } catch { throw refusal(error) }
            try pass(text, take)
            rest = rest.dropFirst(StatementFileReader.pieceBytes)
        }
    }

    /// Hands characters to the reader of the format.
    private mutating func pass(
        _ text: ArraySlice<UInt8>, _ take: StatementTake
    ) throws(StatementRefusal) {
        guard document == nil else {
            try document?.read(text, take)
            return
        }
        try cutter.cut(text) { line, number throws(StatementRefusal) in
            try lines?.read(line, number: number, take)
        }
    }

    private mutating func decide(_ take: StatementTake) throws(StatementRefusal) {
        let first = start
        start = []
        let form = try StatementFileForm(of: first[...], options: options)
        do { decoder = try form.decoder() } catch { throw refusal(error) }
        var bytes = first.dropFirst(form.markBytes)
        if form.isXML {
            document = try CamtStatementReader(limits: options.limits)
        } else {
            let text: ArraySlice<UInt8>
            do { text = try decoder?.decode(bytes) ?? [] } catch { throw refusal(error) }
            lines = try StatementFileForm.lineReader(for: text, options: options)
            try pass(text, take)
            bytes = []
        }
        try readPieces(bytes, take)
    }

    private func refusal(_ fault: TextDecoder.Fault) -> StatementRefusal {
        let line = lines == nil ? nil : cutter.number
        return switch fault {
        case .notUTF8:
            StatementRefusal(
                line: line,
                "The file is to be UTF-8, and has bytes that are none; "
                    + (document == nil ? "state its encoding." : "it must declare its encoding."))
        case .notASCII:
            StatementRefusal(line: line, "The file declares US-ASCII, and has bytes that are none.")
        case .notUTF16:
            StatementRefusal(line: line, "The file is to be UTF-16, and has bytes that are none.")
        case .notShiftJIS:
            StatementRefusal(
                line: line, "The file is to be Shift_JIS, and has bytes that are none.")
        case .cut: StatementRefusal(line: line, "The file ends with half a character.")
        case .noTable:
            StatementRefusal("This system cannot read Shift_JIS; send the file as UTF-8.")
        }
    }
}
