/// Decodes a text that comes in pieces to UTF-8. Whole characters come out: the first bytes of one
/// that is not at its end wait for the next piece.
struct TextDecoder: ~Copyable {
    private var way: Way
    private var held: [UInt8] = []
    /// The text is not the UTF-8 it was taken for, and goes on as windows-1252.
    private(set) var hasGuessed = false

    private enum Way {
        case utf8, utf8OrWindows
        case singleBytes(isWindows: Bool)
        case ascii
        case utf16(isBigEndian: Bool)
        case shiftJIS
    }

    /// What the bytes are not; nothing after it is decoded.
    enum Fault: Error {
        case notUTF8, notASCII, notUTF16, notShiftJIS
        /// The text ends with half a character.
        case cut
        /// The system has no table for the encoding.
        case noTable
    }

    private var library: SystemDecoder?

    init(_ encoding: TextEncoding) {
        switch encoding {
        case .utf8: way = .utf8
        case .ascii: way = .ascii
        case .latin1: way = .singleBytes(isWindows: false)
        case .windows1252: way = .singleBytes(isWindows: true)
        case .utf16LittleEndian: way = .utf16(isBigEndian: false)
        case .utf16BigEndian: way = .utf16(isBigEndian: true)
        }
    }

    /// For a text that does not say what it is: UTF-8 while it can be, windows-1252 from there on.
    static func guessing() -> TextDecoder {
        var decoder = TextDecoder(.utf8)
        decoder.way = .utf8OrWindows
        return decoder
    }

    /// With the characters that Windows adds (`CP932`).
    static func shiftJIS() throws(Fault) -> TextDecoder {
        guard let library = SystemDecoder(from: "CP932") else { throw .noTable }
        var decoder = TextDecoder(.utf8)
        decoder.way = .shiftJIS
        decoder.library = consume library
        return decoder
    }

    /// The next characters.
    ///
    /// - Complexity: O(number of bytes).
    mutating func decode(_ piece: ArraySlice<UInt8>) throws(Fault) -> ArraySlice<UInt8> {
        guard !held.isEmpty else { return try decodeWhole(piece) }
        let bytes = held + piece
        held = []
        return try decodeWhole(bytes[...])
    }

    /// To be called at the end of the text.
    mutating func finish() throws(Fault) -> ArraySlice<UInt8> {
        guard !held.isEmpty else { return [] }
        guard case .utf8OrWindows = way else { throw .cut }
        hasGuessed = true
        return TextEncoding.utf8(held[...], isWindows: true)[...]
    }

    private mutating func decodeWhole(_ bytes: ArraySlice<UInt8>) throws(Fault) -> ArraySlice<UInt8>
    {
        switch way {
        case .utf8: return try decodeUTF8(bytes)
        case .utf8OrWindows: return decodeUTF8OrWindows(bytes)
        case .singleBytes(let isWindows):
            return TextEncoding.utf8(bytes, isWindows: isWindows)[...]
        case .ascii:
            guard bytes.allSatisfy({ $0 < 0x80 }) else { throw .notASCII }
            return bytes
        case .utf16(let isBigEndian): return try decodeUTF16(bytes, isBigEndian: isBigEndian)
        case .shiftJIS:
            guard let text = library?.decode(bytes, held: &held) else { throw .notShiftJIS }
            return text[...]
        }
    }

    private mutating func decodeUTF8(_ bytes: ArraySlice<UInt8>) throws(Fault) -> ArraySlice<UInt8>
    {
        let (valid, isCut) = validUTF8(bytes)
        guard valid < bytes.count else { return bytes }
        guard isCut else { throw .notUTF8 }
        held = Array(bytes.dropFirst(valid))
        return bytes.prefix(valid)
    }

    private mutating func decodeUTF8OrWindows(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let (valid, isCut) = validUTF8(bytes)
        guard valid < bytes.count else { return bytes }
        if isCut {
            held = Array(bytes.dropFirst(valid))
            return bytes.prefix(valid)
        }
        hasGuessed = true
        way = .singleBytes(isWindows: true)
        return bytes.prefix(valid) + TextEncoding.utf8(bytes.dropFirst(valid), isWindows: true)
    }

    private mutating func decodeUTF16(
        _ bytes: ArraySlice<UInt8>, isBigEndian: Bool
    ) throws(Fault) -> ArraySlice<UInt8> {
        var whole = bytes.count & ~1
        if whole > 0 {
            let high = bytes[bytes.startIndex + whole - (isBigEndian ? 2 : 1)]
            // The first half of a pair.
            if high & 0xFC == 0xD8 { whole -= 2 }
        }
        held = Array(bytes.dropFirst(whole))
        guard let text = TextEncoding.utf8(utf16: bytes.prefix(whole), isBigEndian: isBigEndian)
        else { throw .notUTF16 }
        return text[...]
    }

    /// How many of the bytes are whole characters, from the first on, and whether the others may
    /// still become one.
    private func validUTF8(_ bytes: ArraySlice<UInt8>) -> (count: Int, isCut: Bool) {
        if bytes.allSatisfy({ $0 < 0x80 }) { return (bytes.count, false) }
        do {
            _ = try UTF8Span(validating: bytes.span)
            return (bytes.count, false)
        } catch {
            let start = error.byteOffsets.lowerBound
            let rest = bytes.dropFirst(start)
            return (
                start,
                rest.count < 4 && rest.count < length(rest.first ?? 0)
                    && error.byteOffsets.upperBound == bytes.count
            )
        }
    }

    /// How many bytes a character has that begins so.
    private func length(_ first: UInt8) -> Int {
        switch first {
        case 0xC2..<0xE0: 2
        case 0xE0..<0xF0: 3
        case 0xF0..<0xF5: 4
        default: 1
        }
    }
}
