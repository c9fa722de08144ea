internal import Domain
internal import Hexadecimal

/// The path of a request in segments, percent encodings resolved once in each: an encoded slash is
/// part of its segment, and what an encoding gives is never read as one again.
package struct RequestPath: Equatable, Sendable {
    /// What stands between the slashes.
    let segments: [String]

    /// - Throws: `MALFORMED_REQUEST` naming an encoding that is none.
    package init(_ path: String) throws(GatewayError) {
        guard path.utf8.first == UInt8(ascii: "/") else {
            segments = []
            return
        }
        var path = path
        // Most paths have no encodings; they are taken apart where they lie.
        let plain: [String]? = path.withUTF8 { bytes in
            guard !bytes.contains(UInt8(ascii: "%")) else { return nil }
            return bytes.dropFirst()
                .split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
        }
        if let plain {
            segments = plain
            return
        }
        let parts = path.utf8.dropFirst()
            .split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        var segments: [String] = []
        segments.reserveCapacity(parts.count)
        for part in parts { segments.append(try PercentText.decode(part, "the path")) }
        self.segments = segments
    }
}

/// Text with percent encodings (RFC 3986).
package enum PercentText {
    /// All but the unreserved characters (RFC 3986 §2.3) encoded.
    package static func encode(_ text: String) -> String {
        text.utf8.reduce(into: "") { encoded, byte in
            switch UnicodeScalar(byte) {
            case "a"..."z", "A"..."Z", "0"..."9", "-", ".", "_", "~":
                encoded.unicodeScalars.append(UnicodeScalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
    }

    /// - Parameters:
    ///   - what: named in the error.
    ///   - plusIsSpace: as in the query of a form.
    /// - Throws: `MALFORMED_REQUEST` for `%` without two hexadecimal digits behind it, and when the
    ///   bytes are no UTF-8.
    static func decode(
        _ text: Substring.UTF8View, _ what: String, plusIsSpace: Bool = false
    ) throws(GatewayError) -> String {
        let isPlain = text.allSatisfy {
            $0 != UInt8(ascii: "%") && !(plusIsSpace && $0 == UInt8(ascii: "+"))
        }
        if isPlain { return String(Substring(text)) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var rest = text
        while let byte = rest.first {
            if byte == UInt8(ascii: "%") {
                bytes.append(try encoded(rest, what))
                rest = rest.dropFirst(3)
            } else {
                let isSpace = plusIsSpace && byte == UInt8(ascii: "+")
                bytes.append(isSpace ? UInt8(ascii: " ") : byte)
                rest = rest.dropFirst()
            }
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else {
            throw GatewayError(
                .malformedRequest,
                "\(what) holds \"\(Field.shown(String(Substring(text))))\", which is no UTF-8")
        }
        return decoded
    }

    private static func encoded(
        _ text: Substring.UTF8View, _ what: String
    ) throws(GatewayError) -> UInt8 {
        let digits = text.dropFirst().prefix(2).compactMap(hexadecimalValue)
        guard digits.count == 2 else {
            let found = String(decoding: text.prefix(3), as: UTF8.self)
            throw GatewayError(
                .malformedRequest,
                "\(what) holds \"\(found)\"; behind % there must be two hexadecimal digits")
        }
        return digits[0] << 4 | digits[1]
    }
}
