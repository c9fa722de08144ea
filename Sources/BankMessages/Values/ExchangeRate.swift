package import Domain

/// The exchange rate of a credit transfer exactly as it was written (ISO 20022 `BaseOneRate`).
///
/// In pacs.008 it is the factor from the instructed to the settlement amount:
/// `IntrBkSttlmAmt = InstdAmt × XchgRate`. It may therefore be foreign per renminbi or the inverse,
/// depending on the currency that is paid; see ``rate(paying:)``.
package struct ExchangeRate: Hashable, Sendable {
    /// All digits as one number, between 1 and 10¹¹ − 1.
    package let digits: Int64
    /// How many of them stand after the point, 0 to 10; trailing zeros that were written count.
    package let fractionDigits: Int

    /// Nil unless the rate is positive with at most 11 digits, at most 10 of them after the point.
    package init?(digits: Int64, fractionDigits: Int) {
        guard digits > 0, digits < 100_000_000_000, (0...10).contains(fractionDigits) else {
            return nil
        }
        self.digits = digits
        self.fractionDigits = fractionDigits
    }

    /// The factor from one amount to the other, as exact as eleven digits are; nil when it has none
    /// of so many.
    package init?(from paid: Money, to received: Money) {
        guard paid.minorUnits > 0, received.minorUnits > 0 else { return nil }
        var fractionDigits = 10
        func digits() -> Int128 {
            let (up, down) = (
                paid.currency.minorDigits + fractionDigits, received.currency.minorDigits
            )
            let numerator = Int128(received.minorUnits) * Int128(powerOfTen(up))
            let denominator = Int128(paid.minorUnits) * Int128(powerOfTen(down))
            return (numerator + denominator / 2) / denominator
        }
        while fractionDigits > 0, digits() >= 100_000_000_000 { fractionDigits -= 1 }
        guard let rounded = Int64(exactly: digits()) else { return nil }
        self.init(digits: rounded, fractionDigits: fractionDigits)
    }

    /// Reads a decimal number as XML Schema writes it; zeros at its end that no rate has room for
    /// say nothing and are dropped.
    package init?(_ text: some StringProtocol) { self.init(ArraySlice(text.utf8)) }

    /// Reads the same of UTF-8.
    init?(_ text: ArraySlice<UInt8>) {
        guard let number = DecimalNumber(text), !number.isNegative else { return nil }
        var (digits, fractionDigits) = (number.magnitude, number.fractionDigits)
        while digits >= 100_000_000_000 || fractionDigits > 10, fractionDigits > 0, digits % 10 == 0
        {
            digits /= 10
            fractionDigits -= 1
        }
        guard let digits = Int64(exactly: digits) else { return nil }
        self.init(digits: digits, fractionDigits: fractionDigits)
    }

    /// The rate as it was written, without superfluous leading zeros.
    package var decimal: String {
        DecimalNumber(magnitude: UInt128(digits), fractionDigits: fractionDigits).description
    }

    /// The same rate as foreign units for one renminbi when `currency` is what is paid.
    ///
    /// A payer of renminbi wants many foreign units for one, so digits beyond the eighth round up.
    /// A payer of foreign currency wants to give few, so the inverse rounds down. Either way the
    /// limit is never worse for the payer than what the message said.
    ///
    /// - Returns: nil when the result is zero or beyond `Limits.maximumRate`.
    /// - Complexity: O(1), exact integers.
    package func rate(paying currency: Currency) -> Rate? {
        let scale = powerOfTen(Rate.fractionDigits)
        let units = powerOfTen(fractionDigits)
        let value = UInt128(digits)
        let scaled =
            currency == .cny ? (value * scale + units - 1) / units : scale * units / value
        guard scaled > 0, scaled <= UInt128(Limits.maximumRate) else { return nil }
        return Rate(scaled: Int64(scaled))
    }
}
