/// A code from one of ISO 20022's external lists, by which a bank says why: 1 to 4 capitals and
/// digits. Which list it is of follows from where it stands; the ledger knows none of them.
public struct ReasonCode: BitwiseCopyable, Hashable, Sendable {
    /// Four characters as a number in base 37: blank 0, then `0`…`9`, `A`…`Z`; from the left, and
    /// filled up with blanks. Zero is none.
    public var packed: UInt32

    public static let none = ReasonCode(packed: 0)

    public init(packed: UInt32) { self.packed = packed }

    /// Reads 1 to 4 capitals and digits.
    public init?(_ text: some StringProtocol) {
        guard (1...ReasonCode.length).contains(text.utf8.count) else { return nil }
        packed = 0
        for byte in text.utf8 {
            guard let digit = ReasonCode.digit(byte) else { return nil }
            packed = packed * 37 + digit
        }
        for _ in text.utf8.count..<ReasonCode.length { packed *= 37 }
    }

    /// Whether a written code leads to it.
    public var isValid: Bool { ReasonCode(description) == self }

    private static let length = 4

    private static func digit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte) - 47
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte) - 54
        default: nil
        }
    }
}

extension ReasonCode: CustomStringConvertible {
    /// Its characters; defined for numbers too that no text leads to, which it does not tell apart.
    public var description: String {
        var rest = packed
        var characters: [UInt8] = []
        for _ in 0..<ReasonCode.length {
            let digit = UInt8(rest % 37)
            if digit > 0 { characters.append(digit < 11 ? digit + 47 : digit + 54) }
            rest /= 37
        }
        return String(decoding: characters.reversed(), as: UTF8.self)
    }
}

extension ReasonCode: FieldValue {
    public var bits: UInt32 { packed }
    public init?(bits: UInt32) { self.init(packed: bits) }
    public static var column: FieldColumn { .text }

    public var text: String? {
        if self == .none { return nil }
        return isValid ? description : "#\(packed)"
    }

    public init?(text: String?) {
        guard let text else {
            self = .none
            return
        }
        let number = text.first == "#" ? UInt32(text.dropFirst()) : nil
        guard let read = number.map(ReasonCode.init(packed:)) ?? ReasonCode(text) else {
            return nil
        }
        self = read
    }
}
