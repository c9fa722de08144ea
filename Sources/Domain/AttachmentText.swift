/// What came with a command, as text. The log has its exact bytes; tables and answers show text.
public enum AttachmentText {
    /// Whether the bytes are UTF-8 without the zero character, so that they are shown as they are.
    ///
    /// - Complexity: O(bytes).
    public static func isPlain(_ bytes: ArraySlice<UInt8>) -> Bool {
        !bytes.contains(0) && (try? UTF8Span(validating: bytes.span)) != nil
    }

    /// The text in UTF-8: bytes that are none and the zero character, which PostgreSQL refuses, are
    /// U+FFFD.
    public static func shown(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard !isPlain(bytes) else { return bytes }
        let parts = String(decoding: bytes, as: UTF8.self).unicodeScalars
            .split(separator: "\0", omittingEmptySubsequences: false)
        return Array(parts.map { String($0) }.joined(separator: "\u{FFFD}").utf8)[...]
    }
}

/// What came with an order, as it is shown.
public enum RecordedDetails: Equatable, Sendable {
    case absent
    case erased
    /// UTF-8, usually JSON.
    case text(ArraySlice<UInt8>)
}
