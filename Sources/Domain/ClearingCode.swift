/// How a clearing system calls a bank: the system's code and the bank's number there (ISO 20022
/// elements `ClrSysId/Cd` and `MmbId`), such as `CNAPS:102100099996`.
public struct ClearingCode: BitwiseCopyable, Hashable, Sendable {
    /// 5 characters of the system and 19 of the bank as a number in base 37, each text from its
    /// left and filled up with blanks: blank 0, `0`…`9` 1 to 10, `A`…`Z` 11 to 36.
    public var packed: UInt128

    public static let longestSystem = 5
    public static let longestMember = 19

    @inlinable
    public init(packed: UInt128) { self.packed = packed }

    /// Nil unless both are capitals and digits, 1 to 5 and 1 to 19 of them, and a number of China's
    /// national payment system has its 12 digits.
    @inlinable
    public init?(system: some StringProtocol, member: some StringProtocol) {
        let read = withUTF8(system) { system in
            withUTF8(member) { ClearingCode(system: system, member: $0) }
        }
        guard let read else { return nil }
        self = read
    }

    @usableFromInline
    init?(system: UnsafeBufferPointer<UInt8>, member: UnsafeBufferPointer<UInt8>) {
        guard let high = base37(system, length: ClearingCode.longestSystem),
            let low = base37(member, length: ClearingCode.longestMember),
            !system.elementsEqual("CNAPS".utf8) || isNumber(member, digits: 12)
        else { return nil }
        packed = high * base37Scale + low
    }

    /// Reads `system:member`.
    public init?(_ text: some StringProtocol) {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        self.init(system: text[..<colon], member: text[text.index(after: colon)...])
    }
}

extension ClearingCode: CustomStringConvertible {
    /// `system:member`.
    public var description: String {
        let (system, member) = packed.quotientAndRemainder(dividingBy: base37Scale)
        return base37Text(system) + ":" + base37Text(member)
    }
}

/// 37 to the power of the longest member's length.
private let base37Scale = (0..<ClearingCode.longestMember).reduce(UInt128(1)) { scale, _ in
    scale * 37
}

/// 37 to the power of 12.
private let base37Chunk: UInt128 = 6_582_952_005_840_035_281

/// The text from the left of so many places; nil when it is empty, longer, or has other characters.
private func base37(_ text: UnsafeBufferPointer<UInt8>, length: Int) -> UInt128? {
    guard !text.isEmpty, text.count <= length else { return nil }
    var number: UInt128 = 0
    for byte in text {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): number = number * 37 + UInt128(byte - 47)
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): number = number * 37 + UInt128(byte - 54)
        default: return nil
        }
    }
    for _ in text.count..<length { number *= 37 }
    return number
}

/// Without its blanks; what is no text at all loses those inside, and so does not read back.
private func base37Text(_ number: UInt128) -> String {
    var rest = number
    var characters: [UInt8] = []
    while rest > 0 {
        // Twelve places at a time fit 64 bits, whose division is quick.
        let (next, chunk) = rest.quotientAndRemainder(dividingBy: base37Chunk)
        var places = UInt64(chunk)
        while places > 0 {
            let digit = UInt8(places % 37)
            if digit > 0 { characters.append(digit < 11 ? digit + 47 : digit + 54) }
            places /= 37
        }
        rest = next
    }
    return String(decoding: characters.reversed(), as: UTF8.self)
}

private func isNumber(_ text: UnsafeBufferPointer<UInt8>, digits: Int) -> Bool {
    text.count == digits
        && text.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
}
