/// An amount of one currency in its minor units (fen, satang, dong …).
public struct Money: BitwiseCopyable, Hashable, Sendable {
    /// The amount in minor units of `currency`.
    public var minorUnits: Int64
    public var currency: Currency

    @inlinable
    public init(minorUnits: Int64, currency: Currency) {
        self.minorUnits = minorUnits
        self.currency = currency
    }
}

/// Why a decimal string is no amount or rate.
public enum DecimalError: Error, Equatable, Sendable {
    /// Not of the form `[-]digits[.digits]`.
    case malformed
    /// More digits after the point than the currency or the rate has; none is rounded away.
    case tooManyDigits(allowed: Int)
    /// Beyond what 64 bits hold.
    case overflow
}

extension Money {
    /// Reads a decimal string such as `1250.00` or `-3.5`.
    ///
    /// - Throws: ``DecimalError`` when the text is no decimal number, has more digits than the
    ///   currency, or does not fit.
    /// - Complexity: O(length of the text).
    @inlinable
    public init(
        decimal text: some StringProtocol, currency: Currency
    ) throws(DecimalError) {
        let value = try parseDecimal(text, fractionDigits: currency.minorDigits)
        self.init(minorUnits: value, currency: currency)
    }

    /// Reads the same of UTF-8.
    public init(
        utf8 text: UnsafeBufferPointer<UInt8>, currency: Currency
    ) throws(DecimalError) {
        let value = try parseDecimal(text, fractionDigits: currency.minorDigits)
        self.init(minorUnits: value, currency: currency)
    }

    /// The amount as a decimal string with all digits of the currency, for example `1250.00`.
    public var decimal: String {
        formatDecimal(minorUnits, fractionDigits: currency.minorDigits)
    }
}

extension Currency {
    /// A sum of minor units as a decimal string; sums over years can pass 64 bits.
    public func decimal(_ minorUnits: Int128) -> String {
        formatDecimal(minorUnits, fractionDigits: minorDigits)
    }
}

/// Reads `[-]digits[.digits]` as an integer scaled by 10^fractionDigits, without rounding.
@inlinable
func parseDecimal(
    _ text: some StringProtocol, fractionDigits: Int
) throws(DecimalError) -> Int64 {
    let value = withUTF8(text) { text in
        Result { () throws(DecimalError) in
            try parseDecimal(text, fractionDigits: fractionDigits)
        }
    }
    return try value.get()
}

@usableFromInline
func parseDecimal(
    _ text: UnsafeBufferPointer<UInt8>, fractionDigits: Int
) throws(DecimalError) -> Int64 {
    var value: Int64 = 0
    var negative = false
    var digits = 0
    var fraction: Int? = nil
    for (position, byte) in text.enumerated() {
        switch byte {
        case UInt8(ascii: "-") where position == 0:
            negative = true
        case UInt8(ascii: ".") where fraction == nil && digits > 0:
            fraction = 0
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            if let count = fraction {
                guard count < fractionDigits else {
                    throw .tooManyDigits(allowed: fractionDigits)
                }
                fraction = count + 1
            }
            digits += 1
            value = try appendingDigit(Int64(byte - UInt8(ascii: "0")), to: value)
        default:
            throw .malformed
        }
    }
    guard digits > 0, fraction != 0 else { throw .malformed }
    for _ in (fraction ?? 0)..<fractionDigits {
        value = try appendingDigit(0, to: value)
    }
    return negative ? -value : value
}

private func appendingDigit(_ digit: Int64, to value: Int64) throws(DecimalError) -> Int64 {
    let (product, overflowed) = value.multipliedReportingOverflow(by: 10)
    let (sum, carried) = product.addingReportingOverflow(digit)
    guard !overflowed, !carried else { throw .overflow }
    return sum
}

/// Writes an integer scaled by 10^fractionDigits as a decimal string with all its digits.
func formatDecimal(_ value: some FixedWidthInteger, fractionDigits: Int) -> String {
    let digits = String(value.magnitude)
    let sign = value < 0 ? "-" : ""
    guard fractionDigits > 0 else { return sign + digits }
    let padding = String(repeating: "0", count: max(0, fractionDigits + 1 - digits.utf8.count))
    let padded = padding + digits
    return sign + padded.dropLast(fractionDigits) + "." + padded.suffix(fractionDigits)
}
