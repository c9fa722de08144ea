package import Domain

/// A charge that a credit transfer states (ISO 20022 `Charges7`); who takes it and what for stands
/// in ``CreditTransfer/details`` alone.
package struct Charge: Hashable, Sendable {
    /// Three capital letters; not only of currencies that the ledger knows.
    package var currency: String
    /// In units of 10⁻⁵, which is as fine as ISO 20022 states amounts; zero or more.
    package var hundredThousandths: Int128

    package init(currency: String, hundredThousandths: Int128) {
        self.currency = currency
        self.hundredThousandths = hundredThousandths
    }
}

/// Whether instructed amount, rate, charges and settlement amount tell the same story.
///
/// `InstdAmt` is what the debtor ordered, before any deduction. Who bears the charges says what
/// happened to it since:
///
/// - `CRED`, `SHAR`: the charges were deducted.
/// - `DEBT`: the debtor paid them before, and they were added; or they were settled apart, and
///   nothing is added.
/// - `SLEV`: they were deducted, or settled apart.
///
/// A charge is deducted on the side of its currency. That is also right when it was deducted on
/// the other side: `(InstdAmt − c) × rate` is `InstdAmt × rate − c × rate`, but for rounding.
package struct ChargesArithmetic: Sendable {
    package var instructed: Money
    package var settled: Money
    package var rate: ExchangeRate?
    package var bearer: ChargeBearer
    package var charges: [Charge]

    package init(
        instructed: Money, settled: Money, rate: ExchangeRate?, bearer: ChargeBearer,
        charges: [Charge]
    ) {
        self.instructed = instructed
        self.settled = settled
        self.rate = rate
        self.bearer = bearer
        self.charges = charges
    }

    /// What the rate converts and what comes of it, both in units of 10⁻⁵, both positive.
    package struct Conversion: Equatable, Sendable {
        package var paid: Int128
        package var received: Int128
    }

    /// What becomes of the charges.
    private enum Treatment {
        case deducted, added, apart

        /// -1, 1 or 0: how a charge changes the instructed amount.
        var sign: Int128 {
            switch self {
            case .deducted: -1
            case .added: 1
            case .apart: 0
            }
        }
    }

    /// What adds up, within rounding. Without a rate, what remains after the charges; then a debtor
    /// who pays them is bound by what was instructed, not by more.
    ///
    /// - Returns: nil when nothing adds up, a charge has a third currency, or nothing remains.
    /// - Complexity: O(charges), exact integers.
    package var conversion: Conversion? {
        let all = treatments.compactMap(conversion)
        guard let rate else { return bearer == .debtor ? all.last : all.first }
        return all.first { agrees($0, rate) }
    }

    /// The sum as it was expected and the amount that contradicts it, for a sentence.
    package var contradiction: String {
        if let stranger = charges.first(where: { !hasCurrency($0) }) {
            return "a charge is in \(stranger.currency), but only \(instructed.currency.code) and "
                + "\(settled.currency.code) can be summed up"
        }
        let amount = "InstdAmt \(text(instructed))"
        let factor = rate.map { " times XchgRate \($0.decimal)" } ?? ""
        let result = expected.map { " is \(settled.currency.code) \($0)" } ?? " leaves nothing"
        return "\(amount)\(factor)\(listed)\(result), but IntrBkSttlmAmt is \(text(settled))"
    }

    private var treatments: [Treatment] {
        switch bearer {
        case .creditor, .shared: [.deducted]
        case .debtor: [.added, .apart]
        case .serviceLevel: [.deducted, .apart]
        }
    }

    private func conversion(_ treatment: Treatment) -> Conversion? {
        guard treatment == .apart || charges.allSatisfy(hasCurrency) else { return nil }
        let paid = scaled(instructed) + treatment.sign * sum(in: instructed.currency)
        let received = scaled(settled) - treatment.sign * sum(in: settled.currency)
        // More than an order can have; products stay below 2^127.
        let most = Int128(powerOfTen(24))
        guard paid > 0, received > 0, paid < most, received < most else { return nil }
        return Conversion(paid: paid, received: received)
    }

    /// The amount settled is rounded to its minor unit, the rate to its last digit (taken for one
    /// per cent at most: `5` is no licence for anything between 4 and 6), and a charge may be
    /// rounded where it was converted, to half a minor unit of either currency.
    private func agrees(_ conversion: Conversion, _ rate: ExchangeRate) -> Bool {
        // Scaled by ten to the decimals of the rate: 10^24 × 10^11 is below 2^127.
        let unit = Int128(powerOfTen(rate.fractionDigits))
        let product = conversion.paid * Int128(rate.digits)
        let difference = product - conversion.received * unit
        let counted = charges.filter { $0.hundredThousandths > 0 }
        let converted = counted.filter { $0.currency == settled.currency.code }.count
        let tolerance =
            minorUnit(settled.currency) * unit * Int128(2 + counted.count) / 2
            + minorUnit(instructed.currency) * Int128(rate.digits) * Int128(converted) / 2
            + min(conversion.paid, product / 100)
        return difference.magnitude <= tolerance.magnitude
    }

    private func sum(in currency: Currency) -> Int128 {
        charges.reduce(0) {
            $1.currency == currency.code ? $0 + $1.hundredThousandths : $0
        }
    }

    private func hasCurrency(_ charge: Charge) -> Bool {
        charge.hundredThousandths == 0 || charge.currency == instructed.currency.code
            || charge.currency == settled.currency.code
    }

    // MARK: Words

    /// The charges as they change the instructed amount.
    private var listed: String {
        guard let treatment = treatments.first, treatment != .apart else { return "" }
        let word = treatment == .added ? "plus" : "less"
        return charges.filter { $0.hundredThousandths > 0 }.map {
            let number = DecimalNumber(
                magnitude: $0.hundredThousandths.magnitude, fractionDigits: 5)
            return " \(word) charges \($0.currency) \(number.withoutZeros(beyond: 2))"
        }.joined()
    }

    /// What would be settled, cut off to its minor unit; nil when nothing would.
    private var expected: String? {
        guard let treatment = treatments.first, let rate else { return nil }
        let paid = scaled(instructed) + treatment.sign * sum(in: instructed.currency)
        guard paid > 0, paid < Int128(powerOfTen(24)) else { return nil }
        let received =
            paid * Int128(rate.digits) / Int128(powerOfTen(rate.fractionDigits))
            + treatment.sign * sum(in: settled.currency)
        guard received > 0 else { return nil }
        return DecimalNumber(
            magnitude: received.magnitude / UInt128(minorUnit(settled.currency)),
            fractionDigits: settled.currency.minorDigits
        ).description
    }

    private func text(_ money: Money) -> String { "\(money.currency.code) \(money.decimal)" }

    private func scaled(_ money: Money) -> Int128 {
        Int128(money.minorUnits) * minorUnit(money.currency)
    }

    /// A minor unit in units of 10⁻⁵.
    private func minorUnit(_ currency: Currency) -> Int128 {
        Int128(powerOfTen(5 - currency.minorDigits))
    }
}

extension ChargesArithmetic.Conversion {
    /// The rate at which the one buys the other, foreign units for one renminbi, rounded so that
    /// it is never worse for the payer; nil when it cannot be traded.
    ///
    /// - Complexity: O(1), exact integers.
    package func rate(paying currency: Currency) -> Rate? {
        let scale = Int128(powerOfTen(Rate.fractionDigits))
        let implied =
            currency == .cny ? (received * scale + paid - 1) / paid : paid * scale / received
        guard implied > 0, implied <= Int128(Limits.maximumRate) else { return nil }
        return Rate(scaled: Int64(implied))
    }

    /// Whether to pay at a rate costs no more than what is paid; that is rounded itself, and its
    /// minor unit more is no excess.
    func isKept(at rate: Rate, paying currency: Currency) -> Bool {
        let scale = Int128(powerOfTen(Rate.fractionDigits))
        let most = paid + 2 * Int128(powerOfTen(5 - currency.minorDigits))
        let scaled = Int128(rate.scaled)
        return currency == .cny
            ? received * scale < most * scaled : received * scaled < most * scale
    }
}

extension DecimalNumber {
    /// With at least so many digits after the point, and no zeros behind those.
    fileprivate func withoutZeros(beyond digits: Int) -> DecimalNumber {
        var (magnitude, fraction) = (magnitude, fractionDigits)
        while fraction > digits, magnitude % 10 == 0 {
            (magnitude, fraction) = (magnitude / 10, fraction - 1)
        }
        return DecimalNumber(magnitude: magnitude, fractionDigits: fraction)
    }
}
