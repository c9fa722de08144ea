/// Two lower-case digits for each byte.
package func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
        decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}

/// 16 lower-case digits, as state hashes are shown.
package func hexadecimal(_ value: UInt64) -> String {
    hexadecimal((0..<8).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) })
}
