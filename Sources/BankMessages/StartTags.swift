/// A look at a document before the parser sees it: the parser compares all attributes and namespace
/// declarations of an element with each other, so a single long start tag could keep it busy for
/// minutes.
enum StartTags {
    /// Bytes of one start tag; real messages stay far below.
    private static let largest = 8_192

    /// Refuses documents that are not UTF-8 and those with a start tag that is too long.
    ///
    /// - Complexity: O(number of bytes).
    static func check(_ bytes: [UInt8]) throws(MessageRejection) {
        guard isUTF8(bytes) else {
            throw .document(.notWellFormed, "The document is not UTF-8; ISO 20022 requires it.")
        }
        var start: Int?
        var quote: UInt8?
        for (position, byte) in bytes.enumerated() {
            guard let begun = start else {
                if byte == UInt8(ascii: "<"), beginsTag(bytes, position) { start = position }
                continue
            }
            if position - begun > largest {
                throw .document(
                    .tooLarge, "A start tag has more than \(largest) bytes at byte \(begun).")
            }
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: ">") {
                start = nil
            }
        }
    }

    /// Comments, sections and declarations hold no attributes.
    private static func beginsTag(_ bytes: [UInt8], _ position: Int) -> Bool {
        guard position + 1 < bytes.count else { return false }
        let next = bytes[position + 1]
        return next != UInt8(ascii: "!") && next != UInt8(ascii: "?")
            && next != UInt8(ascii: "/")
    }

    /// Valid UTF-8 without zero bytes, and no declaration of another encoding.
    private static func isUTF8(_ bytes: [UInt8]) -> Bool {
        guard !bytes.contains(0), String(validating: bytes, as: UTF8.self) != nil else {
            return false
        }
        let start = String(decoding: bytes.prefix(200), as: UTF8.self)
        guard let declared = start.firstRange(of: "encoding"), let end = start.firstRange(of: "?>"),
            declared.lowerBound < end.lowerBound
        else { return true }
        let name = start[declared.upperBound..<end.lowerBound].lowercased()
        return name.contains("utf-8")
    }
}
