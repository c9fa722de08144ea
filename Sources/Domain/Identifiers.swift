internal import Hexadecimal

/// A unique end-to-end transaction reference: the UUID version 4 by which a bank names a payment
/// (ISO 20022 element `UETR`).
public struct UETR: BitwiseCopyable, Hashable, Comparable, Sendable {
    /// The 16 bytes of the UUID, the first byte most significant.
    public var bits: UInt128

    @inlinable
    public init(bits: UInt128) {
        self.bits = bits
    }

    @inlinable
    public static func < (a: UETR, b: UETR) -> Bool { a.bits < b.bits }

    /// Reads the form `8-4-4-4-12` of hexadecimal digits, capitals allowed.
    ///
    /// Nil unless it is a version 4 UUID of the RFC 9562 variant.
    @inlinable
    public init?(_ text: some StringProtocol) {
        guard let bits = withUTF8(text, UETR.bits) else { return nil }
        self.init(checking: bits)
    }

    /// Reads the same of UTF-8.
    public init?(utf8 text: UnsafeBufferPointer<UInt8>) {
        guard let bits = UETR.bits(text) else { return nil }
        self.init(checking: bits)
    }

    @usableFromInline
    static func bits(_ text: UnsafeBufferPointer<UInt8>) -> UInt128? {
        guard text.count == 36 else { return nil }
        var bits: UInt128 = 0
        for position in 0..<36 {
            switch position {
            case 8, 13, 18, 23:
                guard text[position] == UInt8(ascii: "-") else { return nil }
            default:
                guard let digit = hexadecimalValue(of: text[position]) else { return nil }
                bits = bits << 4 | UInt128(digit)
            }
        }
        return bits
    }

    /// Nil unless the bits are a version 4 UUID of the RFC 9562 variant.
    @inlinable
    public init?(checking bits: UInt128) {
        guard (bits >> 76) & 0xF == 4, (bits >> 62) & 0x3 == 2 else { return nil }
        self.init(bits: bits)
    }
}

extension UETR: CustomStringConvertible {
    /// Lower-case `8-4-4-4-12` form.
    public var description: String {
        String(unsafeUninitializedCapacity: UETR.length) { write(to: $0) }
    }

    private static let length = 36

    /// Writes the characters of ``description`` and returns their number, 36.
    public func write(to text: UnsafeMutableBufferPointer<UInt8>) -> Int {
        require(text.count >= UETR.length, "a UETR takes 36 bytes")
        let (high, low) = (
            UInt64(truncatingIfNeeded: bits >> 64), UInt64(truncatingIfNeeded: bits)
        )
        var position = 0
        for byte in 0..<16 {
            if byte == 4 || byte == 6 || byte == 8 || byte == 10 {
                text[position] = UInt8(ascii: "-")
                position += 1
            }
            let value = (byte < 8 ? high : low) >> UInt64(56 - byte % 8 * 8)
            text[position] = hexadecimalDigit(of: UInt8(truncatingIfNeeded: value >> 4) & 0xF)
            text[position + 1] = hexadecimalDigit(of: UInt8(truncatingIfNeeded: value) & 0xF)
            position += 2
        }
        return position
    }
}

/// A business identifier code (ISO 9362) in its 11-character form; `XXX` names the primary office.
public struct BIC: BitwiseCopyable, Hashable, Comparable, Sendable {
    /// The 11 characters as a number in base 36 (`0`…`9`, `A`…`Z`); zero names nobody.
    public var packed: UInt64

    @inlinable
    public static var none: BIC { BIC(packed: 0) }

    @inlinable
    public init(packed: UInt64) {
        self.packed = packed
    }

    @inlinable
    public static func < (a: BIC, b: BIC) -> Bool { a.packed < b.packed }

    /// Reads 8 or 11 capital letters and digits: business party prefix (4 characters), country
    /// (2 letters), business party suffix (2), branch (3, `XXX` when left out).
    @inlinable
    public init?(_ text: some StringProtocol) {
        guard let packed = withUTF8(text, BIC.packed) else { return nil }
        self.init(packed: packed)
    }

    /// Reads the same of UTF-8.
    public init?(utf8 text: UnsafeBufferPointer<UInt8>) {
        guard let packed = BIC.packed(text) else { return nil }
        self.init(packed: packed)
    }

    /// Reads the 11-character form from ASCII bytes.
    public init?(ascii bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 11, let packed = bytes.withMemoryRebound(to: UInt8.self, BIC.packed)
        else { return nil }
        self.init(packed: packed)
    }

    /// 36³, and `XXX` in base 36.
    private static let branches: UInt64 = 46_656
    private static let primaryOffice: UInt64 = 43_989

    @usableFromInline
    static func packed(_ text: UnsafeBufferPointer<UInt8>) -> UInt64? {
        guard text.count == 8 || text.count == 11 else { return nil }
        var packed: UInt64 = 0
        for (position, byte) in text.enumerated() {
            guard let digit = base36Digit(byte) else { return nil }
            if position == 4 || position == 5, digit < 10 { return nil }
            packed = packed * 36 + UInt64(digit)
        }
        return text.count == 11 ? packed : packed * branches + primaryOffice
    }

    /// The 11-character form; it is defined for ``none`` too, which it does not tell apart.
    public var characters: String { base36(packed, length: 11) }

    /// The BIC of the institution's primary office: this one with `XXX` as its branch.
    public var primaryOfficeBIC: BIC {
        BIC(packed: packed / BIC.branches * BIC.branches + BIC.primaryOffice)
    }

    /// The country of the institution (characters 5 and 6).
    public var country: CountryCode {
        CountryCode(packed: UInt16(packed / 60_466_176 % 1_296))  // drop 36⁵, keep 36²
    }
}

extension BIC: CustomStringConvertible {
    /// The 8-character form for a primary office, the 11-character form for a branch.
    public var description: String {
        String(unsafeUninitializedCapacity: BIC.longest) { write(to: $0) }
    }

    private static let longest = 11

    /// Writes the characters of ``description`` and returns their number, 8 or 11.
    public func write(to text: UnsafeMutableBufferPointer<UInt8>) -> Int {
        require(text.count >= BIC.longest, "a BIC takes 11 bytes")
        let (institution, branch) = packed.quotientAndRemainder(dividingBy: BIC.branches)
        guard branch == BIC.primaryOffice else {
            writeBase36(packed, length: 11, to: text)
            return 11
        }
        writeBase36(institution, length: 8, to: text)
        return 8
    }
}

/// A country code of ISO 3166-1: two capital letters.
public struct CountryCode: BitwiseCopyable, Hashable, Sendable, CustomStringConvertible {
    /// The two letters as a number in base 36.
    public var packed: UInt16

    @inlinable
    public init(packed: UInt16) {
        self.packed = packed
    }

    public init?(_ text: some StringProtocol) {
        guard text.utf8.count == 2 else { return nil }
        var packed: UInt16 = 0
        for byte in text.utf8 {
            guard let digit = base36Digit(byte), digit >= 10 else { return nil }
            packed = packed * 36 + UInt16(digit)
        }
        self.init(packed: packed)
    }

    public var description: String { base36(UInt128(packed), length: 2) }
}

/// A legal entity identifier (ISO 17442): 18 characters and two check digits.
public struct LEI: BitwiseCopyable, Hashable, Sendable {
    /// The 20 characters as a number in base 36; zero when no LEI is known.
    public var packed: UInt128

    @inlinable
    public static var none: LEI { LEI(packed: 0) }

    @inlinable
    public init(packed: UInt128) {
        self.packed = packed
    }

    /// Reads 20 capital letters and digits whose check digits are right (ISO 7064, MOD 97-10).
    @inlinable
    public init?(_ text: some StringProtocol) {
        guard let read = withUTF8(text, { LEI(utf8: $0) }) else { return nil }
        self = read
    }

    /// Reads the same of UTF-8.
    public init?(utf8 text: UnsafeBufferPointer<UInt8>) {
        guard text.count == 20 else { return nil }
        var packed: UInt128 = 0
        var remainder = 0
        for byte in text {
            guard let digit = base36Digit(byte) else { return nil }
            packed = packed * 36 + UInt128(digit)
            remainder = (remainder * (digit < 10 ? 10 : 100) + Int(digit)) % 97
        }
        guard remainder == 1 else { return nil }
        self.init(packed: packed)
    }
}

extension LEI: CustomStringConvertible {
    public var description: String { packed == 0 ? "" : base36(packed, length: 20) }
}

private func base36Digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - 48
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - 55
    default: nil
    }
}

private func base36(_ value: some FixedWidthInteger, length: Int) -> String {
    String(unsafeUninitializedCapacity: length) { buffer in
        writeBase36(value, length: length, to: buffer)
        return length
    }
}

private func writeBase36(
    _ value: some FixedWidthInteger, length: Int, to text: UnsafeMutableBufferPointer<UInt8>
) {
    var rest = value
    for position in stride(from: length - 1, through: 0, by: -1) {
        let digit = UInt8(truncatingIfNeeded: rest % 36)
        text[position] = digit < 10 ? 48 + digit : 55 + digit
        rest /= 36
    }
}

/// A participant's number, given in log order from 1; 0 is nobody.
public typealias ParticipantID = UInt32

/// An account's number, given in log order from 1; 0 is none.
public typealias AccountID = UInt32

/// A payment's number on record, given in log order from 1; also its time priority in the book.
public typealias PaymentID = UInt64

/// A fill's number, given in log order from 1.
public typealias FillID = UInt64

/// Nanoseconds since 1970-01-01T00:00:00Z, without leap seconds.
public typealias Timestamp = Int64

extension Timestamp {
    /// Never: the expiry of an order that stands until it is cancelled.
    @inlinable
    public static var never: Timestamp { .max }
}
