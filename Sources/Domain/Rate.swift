/// An exchange rate: units of the foreign currency for one renminbi, scaled by 10⁸.
public struct Rate: BitwiseCopyable, Hashable, Comparable, Sendable {
    /// The rate times 10⁸. Zero stands for "no rate" where a rate is optional.
    public var scaled: Int64

    /// Decimal digits that a rate can carry.
    public static let fractionDigits = 8

    /// No rate given.
    @inlinable
    public static var none: Rate { Rate(scaled: 0) }

    @inlinable
    public init(scaled: Int64) {
        self.scaled = scaled
    }

    @inlinable
    public static func < (a: Rate, b: Rate) -> Bool { a.scaled < b.scaled }

    /// Reads a positive decimal string such as `4.9312`.
    ///
    /// - Throws: ``DecimalError``; zero and negative rates are malformed.
    @inlinable
    public init(decimal text: some StringProtocol) throws(DecimalError) {
        try self.init(checking: parseDecimal(text, fractionDigits: Rate.fractionDigits))
    }

    /// Reads the same of UTF-8.
    public init(utf8 text: UnsafeBufferPointer<UInt8>) throws(DecimalError) {
        try self.init(checking: parseDecimal(text, fractionDigits: Rate.fractionDigits))
    }

    @usableFromInline
    init(checking value: Int64) throws(DecimalError) {
        guard value > 0 else { throw .malformed }
        guard value <= Limits.maximumRate else { throw .overflow }
        self.init(scaled: value)
    }

    /// The rate as a decimal string without trailing zeros, at least two digits after the point.
    public var decimal: String {
        var digits = scaled
        var fraction = Rate.fractionDigits
        while fraction > 2, digits % 10 == 0 {
            digits /= 10
            fraction -= 1
        }
        return formatDecimal(digits, fractionDigits: fraction)
    }
}

/// Which way a conversion rounds to a whole minor unit.
public enum Rounding: BitwiseCopyable, Sendable {
    case down
    case up
}

extension Currency {
    /// `foreign minor units = fen × rate.scaled ÷ rateDivisor`: 10^(8 + 2 − minor digits).
    @inlinable
    public var rateDivisor: Int64 {
        switch minorDigits {
        case 0: 10_000_000_000
        case 3: 10_000_000
        default: 100_000_000
        }
    }
}

extension Rate {
    /// What `fen` minor units of renminbi are in minor units of `foreign`, or nil on overflow.
    ///
    /// - Precondition: `fen ≥ 0` and the rate is positive.
    /// - Complexity: O(1); one full-width multiplication and division, no floating point.
    @inlinable
    public func foreign(forFen fen: Int64, in foreign: Currency, _ rounding: Rounding) -> Int64? {
        multiply(fen, by: scaled, dividedBy: foreign.rateDivisor, rounding)
    }

    /// What `amount` minor units of `foreign` are in fen, or nil on overflow.
    ///
    /// - Precondition: `amount ≥ 0` and the rate is positive.
    /// - Complexity: O(1).
    @inlinable
    public func fen(forForeign amount: Int64, in foreign: Currency, _ rounding: Rounding) -> Int64?
    {
        multiply(amount, by: foreign.rateDivisor, dividedBy: scaled, rounding)
    }
}

/// `value × factor ÷ divisor` with a 128-bit product, or nil when the quotient exceeds `Int64`.
///
/// - Precondition: `value ≥ 0`, `factor ≥ 0`, `divisor > 0`.
@inlinable @inline(__always)
public func multiply(
    _ value: Int64, by factor: Int64, dividedBy divisor: Int64, _ rounding: Rounding
) -> Int64? {
    require(value >= 0 && factor >= 0 && divisor > 0, "conversion of a negative amount")
    let product = UInt64(value).multipliedFullWidth(by: UInt64(factor))
    guard product.high < UInt64(divisor) else { return nil }
    // Nearly all products fit 64 bits, and a division of those takes a third of the time.
    let (quotient, remainder) =
        product.high == 0
        ? product.low.quotientAndRemainder(dividingBy: UInt64(divisor))
        : UInt64(divisor).dividingFullWidth(product)
    let rounded = rounding == .up && remainder > 0 ? quotient &+ 1 : quotient
    return Int64(exactly: rounded)
}
