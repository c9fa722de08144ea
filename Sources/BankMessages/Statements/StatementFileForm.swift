/// What the first bytes of a statement file say of it.
struct StatementFileForm {
    private enum Encoding {
        case known(TextEncoding)
        case shiftJIS
        case guessed
    }

    private var encoding: Encoding
    /// Bytes before the text: a byte order mark; before XML what no XML has there, such as empty
    /// lines.
    var markBytes: Int
    var isXML: Bool

    /// - Throws: ``StatementRefusal`` for another kind of file, and for XML in an encoding that is
    ///   not read.
    init(
        of bytes: ArraySlice<UInt8>, options: StatementReadingOptions
    ) throws(StatementRefusal) {
        if let format = DocumentText.foreignFormat(bytes) {
            throw StatementRefusal("The file is \(format); send it as it was before.")
        }
        let (marked, mark) = StatementFileForm.marked(bytes)
        let blanks = bytes.dropFirst(mark).prefix { $0 <= 0x20 }.count
        let text = bytes.dropFirst(mark + blanks)
        isXML = text.first == UInt8(ascii: "<")
        if isXML, let marked, marked.isUTF16 {
            // The zeros belong to the characters.
            markBytes = mark + (blanks & ~1)
            encoding = .known(marked)
        } else if isXML {
            markBytes = mark + blanks
            encoding = try StatementFileForm.encoding(
                ofXML: mark > 0 ? bytes : text, agreed: mark > 0 ? .utf8 : options.encoding)
        } else {
            markBytes = mark
            encoding = marked.map(Encoding.known) ?? StatementFileForm.agreed(options.encoding)
        }
    }

    /// What a mark or zero bytes say, and how many bytes the mark has.
    private static func marked(_ bytes: ArraySlice<UInt8>) -> (TextEncoding?, Int) {
        if bytes.starts(with: DocumentText.markOfUTF8) { return (.utf8, 3) }
        switch (bytes.first, bytes.dropFirst().first) {
        case (0xFE, 0xFF): return (.utf16BigEndian, 2)
        case (0xFF, 0xFE): return (.utf16LittleEndian, 2)
        case (0x00, .some(1...)): return (.utf16BigEndian, 0)
        case (.some(1...), 0x00): return (.utf16LittleEndian, 0)
        default: return (nil, 0)
        }
    }

    /// What XML declares, else what is agreed, else UTF-8.
    private static func encoding(
        ofXML bytes: ArraySlice<UInt8>, agreed: StatementEncoding?
    ) throws(StatementRefusal) -> Encoding {
        let name = XMLDeclaration(bytes).encoding?.lowercased()
        if name == nil, let agreed { return self.agreed(agreed) }
        if let name, ["shift_jis", "sjis", "windows-31j", "cp932"].contains(name) {
            return .shiftJIS
        }
        do {
            return .known(try DocumentText.form(bytes).encoding)
        } catch { throw StatementRefusal(error.sentence) }
    }

    private static func agreed(_ encoding: StatementEncoding?) -> Encoding {
        switch encoding {
        case nil: .guessed
        case .utf8: .known(.utf8)
        case .utf16: .known(.utf16BigEndian)
        case .latin1: .known(.latin1)
        case .windows1252: .known(.windows1252)
        case .shiftJIS: .shiftJIS
        }
    }

    func decoder() throws(TextDecoder.Fault) -> TextDecoder {
        switch encoding {
        case .known(let encoding): TextDecoder(encoding)
        case .shiftJIS: try TextDecoder.shiftJIS()
        case .guessed: TextDecoder.guessing()
        }
    }

    /// The reader for a file of lines.
    ///
    /// - Parameter text: its first characters.
    /// - Throws: ``StatementRefusal`` when they are of no format that is read.
    static func lineReader(
        for text: ArraySlice<UInt8>, options: StatementReadingOptions
    ) throws(StatementRefusal) -> any StatementLineReader {
        if isMT(text) { return MTStatementReader(options: options) }
        if options.csv != nil { return CSVStatementReader(options: options) }
        throw StatementRefusal(
            text.allSatisfy { isBlank($0) }
                ? "The file is empty."
                : "The file is neither camt (XML) nor MT (:20:); for CSV its columns must be "
                    + "described for the account.")
    }

    /// Whether a line begins with a block of SWIFT or a field of MT.
    private static func isMT(_ text: ArraySlice<UInt8>) -> Bool {
        text.split { $0 == 0x0A || $0 == 0x0D || $0 == 0x01 || $0 == 0x03 }.contains { line in
            line.starts(with: "{1:".utf8) || line.starts(with: "{4:".utf8)
                || MTField.begun(by: line) != nil
        }
    }
}
