/// Two lower-case digits for each byte.
public func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    String(
        decoding: bytes.flatMap { [hexadecimalDigit(of: $0 >> 4), hexadecimalDigit(of: $0 & 15)] },
        as: UTF8.self)
}

/// 16 lower-case digits, as state hashes are shown.
public func hexadecimal(_ value: UInt64) -> String {
    hexadecimal((0..<8).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) })
}

/// The lower-case digit of a value.
///
/// - Precondition: the value is below 16.
@inlinable
public func hexadecimalDigit(of value: UInt8) -> UInt8 {
    precondition(value < 16, "a digit has four bits")
    return value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
}

/// The value of a digit in either case, nil of anything else.
@inlinable
public func hexadecimalValue(of digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
}
