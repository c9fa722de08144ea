internal import Domain

/// A number that many amounts are divided by: exact quotients by one multiplication.
///
/// With 2ˢ⁻¹ < d ≤ 2ˢ and m = ⌈2⁶³⁺ˢ ÷ d⌉, which fits 64 bits, m × d exceeds 2⁶³⁺ˢ by less than d,
/// so that ⌊m × n ÷ 2⁶³⁺ˢ⌋ = ⌊n ÷ d⌋ for every n below 2⁶³ (Granlund and Montgomery).
package struct Divisor: BitwiseCopyable {
    package let value: Int64
    private let multiplier: UInt64
    private let shift: UInt64

    /// - Precondition: `value > 0`.
    package init(_ value: Int64) {
        require(value > 0, "a divisor is positive")
        self.value = value
        let bits = 64 - (UInt64(value) - 1).leadingZeroBitCount
        let (quotient, remainder) = (UInt128(1) << UInt128(63 + bits))
            .quotientAndRemainder(dividingBy: UInt128(value))
        multiplier = UInt64(remainder == 0 ? quotient : quotient + 1)
        shift = UInt64(bits)
    }

    /// `dividend ÷ value`, rounded down.
    ///
    /// - Precondition: `dividend ≥ 0`.
    @inline(__always)
    package func quotient(_ dividend: Int64) -> Int64 {
        // The high half of twice the dividend times the multiplier: the product but for its low 63
        // bits.
        let product = (UInt64(dividend) &* 2).multipliedFullWidth(by: multiplier)
        return Int64(bitPattern: product.high &>> shift)
    }
}

/// `value × factor ÷ divisor` with a 128-bit product, or nil when the quotient exceeds `Int64`.
///
/// - Precondition: `value ≥ 0`, `factor ≥ 0`.
@inline(__always)
func multiply(
    _ value: Int64, by factor: Int64, dividedBy divisor: Divisor, _ rounding: Rounding
) -> Int64? {
    let (product, overflow) = value.multipliedReportingOverflow(by: factor)
    guard !overflow else { return multiplyWide(value, factor, divisor.value, rounding) }
    let quotient = divisor.quotient(product)
    return rounding == .up && quotient &* divisor.value != product ? quotient &+ 1 : quotient
}

/// Products beyond 63 bits are those of amounts above hundreds of millions.
@inline(never)
private func multiplyWide(
    _ value: Int64, _ factor: Int64, _ divisor: Int64, _ rounding: Rounding
) -> Int64? {
    multiply(value, by: factor, dividedBy: divisor, rounding)
}
