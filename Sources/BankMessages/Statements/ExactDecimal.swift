/// A decimal number exactly as a file states it: ``unscaled`` / 10^``scale``.
///
/// Statements state amounts in currencies that the ledger does not hold, with fewer digits than the
/// currency has, or with more. None is rounded: whoever turns it into ``Money`` refuses what does
/// not fit. Two numbers are equal when their values are, whatever zeros they end with.
package struct ExactDecimal: Sendable {
    /// With the sign; below 10^18 in magnitude.
    package let unscaled: Int64
    /// Digits behind the point, 0 to 9.
    package let scale: UInt8

    package static let mostScale: UInt8 = 9
    package static let zero = ExactDecimal(unscaled: 0, scale: 0)

    package init(unscaled: Int64, scale: UInt8) {
        self.unscaled = unscaled
        self.scale = scale
    }
}
