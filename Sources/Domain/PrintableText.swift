/// A short name that others read and write: 1 to 34 printable ASCII characters without spaces, kept
/// in two parts.
public protocol PrintableText: BitwiseCopyable, Hashable, Sendable, CustomStringConvertible {
    /// Its first 17 characters, or all.
    var beginning: TextPart { get set }
    /// Those behind them.
    var rest: TextPart { get set }

    init(beginning: TextPart, rest: TextPart)
}

extension PrintableText {
    /// No name.
    public static var none: Self { Self(beginning: .empty, rest: .empty) }

    /// Reads 1 to 34 printable ASCII characters without spaces.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard let beginning = TextPart(ascii: bytes.prefix(TextPart.longest)),
            let rest = TextPart(ascii: bytes.dropFirst(TextPart.longest)), !bytes.isEmpty
        else { return nil }
        self.init(beginning: beginning, rest: rest)
    }

    /// Whether a written name leads to it.
    public var isValid: Bool { Self(description) == self }

    public var description: String { beginning.description + rest.description }
}

/// Up to 17 printable ASCII characters, seven bits each, the first one in the highest of 119 bits;
/// what is shorter ends in zeros.
public struct TextPart: BitwiseCopyable, Hashable, Sendable {
    public var packed: UInt128

    static let longest = 17

    public init(packed: UInt128) { self.packed = packed }

    public static var empty: TextPart { TextPart(packed: 0) }

    /// Nil when there are more than 17 characters, or one that is a space or cannot be seen.
    init?(ascii bytes: ArraySlice<UInt8>) {
        guard bytes.count <= TextPart.longest else { return nil }
        packed = 0
        for byte in bytes {
            guard byte > 0x20, byte < 0x7F else { return nil }
            packed = packed << 7 | UInt128(byte)
        }
        packed <<= UInt128(7 * (TextPart.longest - bytes.count))
    }
}

extension TextPart: CustomStringConvertible {
    /// Its characters; defined for numbers too that no text leads to, which it does not tell apart.
    public var description: String {
        var text = ""
        for place in 1...TextPart.longest {
            let shift = UInt128(7 * (TextPart.longest - place))
            let code = UInt8(truncatingIfNeeded: packed >> shift) & 0x7F
            if code > 0x20, code < 0x7F { text.unicodeScalars.append(Unicode.Scalar(code)) }
        }
        return text
    }
}
