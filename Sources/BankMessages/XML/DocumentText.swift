/// Turns the bytes that a bank sent into the UTF-8 that scanner and parser both read.
///
/// This is the only place that knows of encodings: the parser is told to ignore what the document
/// declares, so that it cannot see other characters than the scanner saw before it.
///
/// The bytes decide where they can: a byte order mark, or the zero bytes of UTF-16. Else the
/// declaration decides, and without one it is UTF-8. A document that calls itself UTF-16 but has
/// a declaration of single bytes is UTF-8: programs that write into text and send that do so.
enum DocumentText {
    /// The document as UTF-8 without zero bytes and without a byte order mark.
    ///
    /// - Throws: ``MessageRejection`` when the bytes are in no encoding that is read, or not in the
    ///   one they declare.
    /// - Complexity: O(number of bytes).
    static func utf8(_ bytes: [UInt8]) throws(MessageRejection) -> ArraySlice<UInt8> {
        let form = try form(bytes[...])
        let text = bytes.dropFirst(form.markBytes)
        switch form.encoding {
        case .utf8: return try checkedUTF8(text, form.reason)
        case .utf16BigEndian, .utf16LittleEndian:
            return try utf16(text, isBigEndian: form.encoding == .utf16BigEndian)
        case .ascii: return try checkedASCII(text)
        case .latin1, .windows1252:
            let decoded = TextEncoding.utf8(text, isWindows: form.encoding == .windows1252)
            return try withoutZeros(decoded[...])
        }
    }

    /// How the bytes of a document are to be read.
    struct Form {
        var encoding: TextEncoding
        /// Bytes of the mark at the start.
        var markBytes = 0
        /// What says so, to go on with "the document".
        var reason: String
    }

    /// The most bytes that a declaration is looked for in.
    static let declarationBytes = 1_024

    /// What the first bytes of a document say.
    ///
    /// - Throws: ``MessageRejection`` for another kind of file, an encoding that is not read, or
    ///   UTF-16 that declares to be something else.
    static func form(_ bytes: ArraySlice<UInt8>) throws(MessageRejection) -> Form {
        if let format = foreignFormat(bytes) {
            throw .document(.notWellFormed, "The document is \(format); send it as plain XML.")
        }
        if let isBigEndian = byteOrder(bytes) { return try utf16Form(bytes, isBigEndian) }
        let hasMark = bytes.starts(with: markOfUTF8)
        let name = XMLDeclaration(hasMark ? bytes.dropFirst(markOfUTF8.count) : bytes).encoding
        guard let name else { return Form(encoding: .utf8, reason: "has no encoding declared") }
        guard let encoding = TextEncoding(name: name) else {
            throw .document(
                .notWellFormed,
                "The document declares encoding \(printable(name)), which is not read here; send "
                    + "\(TextEncoding.accepted).")
        }
        if hasMark {
            return Form(
                encoding: .utf8, markBytes: markOfUTF8.count, reason: "has the mark of UTF-8")
        }
        switch encoding {
        case .utf16LittleEndian, .utf16BigEndian:
            return Form(encoding: .utf8, reason: "declares UTF-16 without being it")
        case .utf8: return Form(encoding: .utf8, reason: "declares UTF-8")
        case .ascii, .latin1, .windows1252:
            return Form(encoding: encoding, reason: "declares \(printable(name))")
        }
    }

    private static func utf16Form(
        _ bytes: ArraySlice<UInt8>, _ isBigEndian: Bool
    ) throws(MessageRejection) -> Form {
        let markBytes = bytes.first.map { $0 >= 0xFE ? 2 : 0 } ?? 0
        let start = bytes.dropFirst(markBytes).prefix(declarationBytes)
        // Of a pair that is cut, half a character stands in the end.
        let text =
            TextEncoding.utf8(utf16: start, isBigEndian: isBigEndian)
            ?? TextEncoding.utf8(utf16: start.dropLast(2), isBigEndian: isBigEndian) ?? []
        if let name = XMLDeclaration(text[...]).encoding {
            guard TextEncoding(name: name)?.isUTF16 == true else {
                throw .document(
                    .notWellFormed,
                    "The document is UTF-16, but declares encoding \(printable(name)); correct one."
                )
            }
        }
        return Form(
            encoding: isBigEndian ? .utf16BigEndian : .utf16LittleEndian, markBytes: markBytes,
            reason: "is UTF-16")
    }

    static let markOfUTF8: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// Whether UTF-16 has its high bytes first; nil when the bytes are not UTF-16.
    static func byteOrder(_ bytes: ArraySlice<UInt8>) -> Bool? {
        switch (bytes.first, bytes.dropFirst().first) {
        case (0xFE, 0xFF), (0x00, UInt8(ascii: "<")): true
        case (0xFF, 0xFE), (UInt8(ascii: "<"), 0x00): false
        default: nil
        }
    }

    private static func utf16(
        _ units: ArraySlice<UInt8>, isBigEndian: Bool
    ) throws(MessageRejection) -> ArraySlice<UInt8> {
        guard let text = TextEncoding.utf8(utf16: units, isBigEndian: isBigEndian) else {
            throw .document(
                .notWellFormed, "The document is UTF-16 with half a character in it; send it whole."
            )
        }
        return try withoutZeros(text[...])
    }

    private static func checkedUTF8(
        _ text: ArraySlice<UInt8>, _ reason: String
    ) throws(MessageRejection) -> ArraySlice<UInt8> {
        // Most documents are ASCII, and one look at their bytes tells.
        if text.allSatisfy({ $0 &- 1 < 0x7F }) { return text }
        guard (try? UTF8Span(validating: text.span)) != nil else {
            throw .document(
                .notWellFormed,
                "The document \(reason), and its bytes are no UTF-8; declare its encoding, or send "
                    + "UTF-8.")
        }
        return try withoutZeros(text)
    }

    private static func checkedASCII(
        _ text: ArraySlice<UInt8>
    ) throws(MessageRejection) -> ArraySlice<UInt8> {
        guard text.allSatisfy({ $0 < 0x80 }) else {
            throw .document(
                .notWellFormed,
                "The document declares US-ASCII, but has bytes that are none; declare its encoding."
            )
        }
        return try withoutZeros(text)
    }

    private static func withoutZeros(
        _ text: ArraySlice<UInt8>
    ) throws(MessageRejection) -> ArraySlice<UInt8> {
        guard !text.contains(0) else {
            throw .document(
                .notWellFormed, "The document has zero bytes, which no XML document has.")
        }
        return text
    }

    /// What the first bytes say when they are those of another kind of file.
    static func foreignFormat(_ bytes: ArraySlice<UInt8>) -> String? {
        let formats: [(start: [UInt8], name: String)] = [
            ([0x1F, 0x8B], "compressed (gzip)"), ([0x50, 0x4B, 0x03, 0x04], "a ZIP archive"),
            ([0x28, 0xB5, 0x2F, 0xFD], "compressed (zstd)"), ([0x42, 0x5A, 0x68], "a bzip2 file"),
            ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "compressed (xz)"), ([0x25, 0x50, 0x44, 0x46], "PDF"),
            ([0x00, 0x00, 0xFE, 0xFF], "UTF-32"), ([0xFF, 0xFE, 0x00, 0x00], "UTF-32"),
            ([0x00, 0x00, 0x00, 0x3C], "UTF-32"), ([0x3C, 0x00, 0x00, 0x00], "UTF-32"),
            ([0x4C, 0x6F, 0xA7, 0x94], "EBCDIC"),
        ]
        return formats.first { bytes.starts(with: $0.start) }?.name
    }

    private static func printable(_ name: String) -> String {
        let name = cut(name, to: 40)
        return name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } ? name : "of an odd name"
    }
}

/// Whether the byte is white space as XML has it.
func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
}
