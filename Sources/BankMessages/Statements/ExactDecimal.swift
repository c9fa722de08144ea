package import Domain

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

extension ExactDecimal {
    /// Reads `[+-]digits[point digits]` or `[+-]point digits`, of ASCII digits and nothing else.
    ///
    /// A point with no digit behind it is read (`1000,` in MT). Zeros in front do not count, nor do
    /// zeros at the end of a fraction for which there is no room.
    ///
    /// - Parameter point: `.` in camt, `,` in MT, as agreed in CSV; no other stands for it.
    /// - Returns: nil when it is no such number, or has more digits than fit: 18 in all that count,
    ///   9 of them behind the point.
    /// - Complexity: O(length).
    package init?(_ text: ArraySlice<UInt8>, point: UInt8 = UInt8(ascii: ".")) {
        let isNegative = text.first == UInt8(ascii: "-")
        let hasSign = isNegative || text.first == UInt8(ascii: "+")
        var (value, digits, scale, zeros): (Int64, Int, UInt8?, Int) = (0, 0, nil, 0)
        for byte in hasSign ? text.dropFirst() : text {
            if byte == point, scale == nil {
                scale = 0
                continue
            }
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            digits += 1
            // Zeros of a fraction wait until a digit that counts follows.
            if byte == UInt8(ascii: "0"), scale != nil {
                zeros += 1
                continue
            }
            guard ExactDecimal.append(byte, behind: zeros, to: &value, &scale) else { return nil }
            zeros = 0
        }
        guard digits > 0 else { return nil }
        while zeros > 0, ExactDecimal.append(UInt8(ascii: "0"), behind: 0, to: &value, &scale) {
            zeros -= 1
        }
        self.init(unscaled: isNegative ? -value : value, scale: scale ?? 0)
    }

    /// Appends zeros and one digit; false when there is no room.
    private static func append(
        _ digit: UInt8, behind zeros: Int, to value: inout Int64, _ scale: inout UInt8?
    ) -> Bool {
        guard Int(scale ?? 0) + zeros + 1 <= Int(mostScale) || scale == nil else { return false }
        var longer = value
        for _ in 0..<zeros where longer < most / 10 { longer *= 10 }
        guard longer < most / 10 else { return false }
        value = longer * 10 + Int64(digit - UInt8(ascii: "0"))
        scale = scale.map { $0 + UInt8(zeros) + 1 }
        return true
    }

    fileprivate static let most: Int64 = 1_000_000_000_000_000_000

    package static prefix func - (number: ExactDecimal) -> ExactDecimal {
        ExactDecimal(unscaled: -number.unscaled, scale: number.scale)
    }

    package var isNegative: Bool { unscaled < 0 }
    package var isZero: Bool { unscaled == 0 }

    /// The value times 10^9: what all numbers have in common.
    var billionths: Int128 {
        Int128(unscaled) * Int128(powerOfTen(Int(ExactDecimal.mostScale - scale)))
    }
}

extension ExactDecimal: Hashable, Comparable {
    package static func == (left: ExactDecimal, right: ExactDecimal) -> Bool {
        left.billionths == right.billionths
    }

    package static func < (left: ExactDecimal, right: ExactDecimal) -> Bool {
        left.billionths < right.billionths
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(billionths) }
}

extension ExactDecimal {
    /// The amount in a currency of the ledger; nil when it has digits that the currency has not, or
    /// does not fit.
    package func money(in currency: Currency) -> Money? {
        let unit = Int128(powerOfTen(Int(ExactDecimal.mostScale) - currency.minorDigits))
        let (units, rest) = billionths.quotientAndRemainder(dividingBy: unit)
        guard rest == 0, let minorUnits = Int64(exactly: units) else { return nil }
        return Money(minorUnits: minorUnits, currency: currency)
    }
}

extension ExactDecimal: CustomStringConvertible {
    /// With as many digits behind the point as it was read with: `-843686.20`.
    package var description: String { ExactSum(self).description }
}

/// What ``ExactDecimal``s add up to. Exact: 10^11 of the largest fit.
package struct ExactSum: Sendable {
    private(set) var billionths: Int128 = 0
    /// The most digits behind the point that any part has; how many are written.
    package private(set) var scale: UInt8 = 0

    package static let zero = ExactSum()

    package init() {}

    package init(_ number: ExactDecimal) { self += number }

    package static func += (sum: inout ExactSum, number: ExactDecimal) {
        sum.billionths += number.billionths
        sum.scale = max(sum.scale, number.scale)
    }

    package static func -= (sum: inout ExactSum, number: ExactDecimal) { sum += -number }

    package static func + (left: ExactSum, right: ExactSum) -> ExactSum {
        var sum = left
        sum.billionths += right.billionths
        sum.scale = max(left.scale, right.scale)
        return sum
    }

    package static func - (left: ExactSum, right: ExactSum) -> ExactSum { left + -right }

    package static prefix func - (sum: ExactSum) -> ExactSum {
        var negative = sum
        negative.billionths.negate()
        return negative
    }

    /// The same number, when it is not too large for one.
    package var decimal: ExactDecimal? {
        let unit = Int128(powerOfTen(Int(ExactDecimal.mostScale - scale)))
        guard let unscaled = Int64(exactly: billionths / unit),
            unscaled.magnitude < ExactDecimal.most
        else { return nil }
        return ExactDecimal(unscaled: unscaled, scale: scale)
    }

    package var isZero: Bool { billionths == 0 }
    package var isNegative: Bool { billionths < 0 }
    package var magnitude: ExactSum { isNegative ? -self : self }
}

extension ExactSum: Hashable {
    /// By value, whatever zeros they end with.
    package static func == (left: ExactSum, right: ExactSum) -> Bool {
        left.billionths == right.billionths
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(billionths) }
}

extension ExactSum: CustomStringConvertible {
    /// For example `-3009.89`; no thousands are set apart.
    package var description: String {
        let unscaled = billionths.magnitude / powerOfTen(Int(ExactDecimal.mostScale - scale))
        let number = DecimalNumber(magnitude: unscaled, fractionDigits: Int(scale))
        return isNegative ? "-\(number)" : "\(number)"
    }
}
