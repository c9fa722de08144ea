/// Turns the bytes that a bank sent into the UTF-8 that scanner and parser both read.
///
/// This is the only place that knows of encodings: the parser is told to ignore what the document
/// declares, so that it cannot see other characters than the scanner saw before it.
enum DocumentText {
    /// The document as UTF-8 without zero bytes and without a byte order mark.
    ///
    /// - Throws: ``MessageRejection`` when the bytes are no UTF-8 or declare another encoding.
    /// - Complexity: O(number of bytes).
    static func utf8(_ bytes: [UInt8]) throws(MessageRejection) -> ArraySlice<UInt8> {
        guard !bytes.contains(0), isUTF8(bytes) else { throw notUTF8 }
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
        if let name = declaredEncoding(text)?.lowercased(), !namesOfUTF8.contains(name) {
            // What is ASCII throughout is UTF-8 as well.
            guard namesOfASCII.contains(name), bytes.allSatisfy({ $0 < 0x80 }) else {
                throw notUTF8
            }
        }
        return text
    }

    private static let namesOfUTF8: Set = ["utf-8", "utf8"]
    private static let namesOfASCII: Set = ["us-ascii", "ascii"]

    private static var notUTF8: MessageRejection {
        .document(.notWellFormed, "The document is not UTF-8; ISO 20022 requires it.")
    }

    private static func isUTF8(_ bytes: [UInt8]) -> Bool {
        bytes.allSatisfy { $0 < 0x80 } || String(validating: bytes, as: UTF8.self) != nil
    }

    /// The value of `encoding` in the XML declaration; nil without one. A declaration that is not
    /// well-formed is left to the parser, which refuses it.
    private static func declaredEncoding(_ text: ArraySlice<UInt8>) -> String? {
        let start = text.dropFirst(5)
        guard text.starts(with: "<?xml".utf8), let next = start.first, isBlank(next) else {
            return nil
        }
        let longest = 1_024
        let declaration = start.prefix(longest).prefix { $0 != UInt8(ascii: ">") }
        guard let found = declaration.firstRange(of: Array("encoding".utf8)) else {
            // What hides behind a kilobyte of blanks is not looked at: it is not UTF-8.
            return declaration.count == longest ? "" : nil
        }
        let value = declaration[found.upperBound...].drop { isBlank($0) || $0 == UInt8(ascii: "=") }
        guard let quote = value.first else { return nil }
        return String(decoding: value.dropFirst().prefix { $0 != quote }, as: UTF8.self)
    }
}

/// Whether the byte is white space as XML has it.
func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
}
