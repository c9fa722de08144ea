package import Domain

/// What is special about a refusal of the ledger: which parameter is wrong, its value, and what it
/// should be. The rules themselves are the ledger's; here they are only put into words.
package enum RefusalWords {
    // MARK: Orders

    /// - Parameter corridor: as it is now; nil when it is not known, and then less is said.
    package static func order(
        _ order: PaymentOrder, refusedWith code: ResultCode, in corridor: Corridor?
    ) -> String {
        switch code {
        case .payerUnknown: "payer \(order.payer) is not registered"
        case .correspondentNotNamed:
            "payer \(order.payer): \(order.submitter) is not named as its correspondent"
        case .creditorUnknown: "creditor_participant \(order.creditor) is not registered"
        case .amountNotPositive: amount(order, "must be more than zero")
        case .amountBelowMinimum: corridor.map { tooSmall(order, $0) } ?? ""
        case .amountAboveMaximum: corridor.map { tooLarge(order, $0) } ?? ""
        case .rateOffTick:
            corridor.map { limit(order, "must be a multiple of the tick \($0.tick.decimal)") } ?? ""
        case .rateOutsideCollar:
            corridor.map {
                let (low, high) = ($0.lowestRate.decimal, $0.highestRate.decimal)
                return limit(order, "must lie between \(low) and \(high)")
            } ?? ""
        case .expiryInvalid: expiry(order)
        case .minimumFillInvalid: minimumFill(order)
        case .datePassed, .dateClosed, .dateTooFar: "settlement_date \(order.settlementDate)"
        case .datedFull:
            "at most \(Limits.datedPaymentsOfPayer) of a payer, \(Limits.datedPayments) in all"
        default: ""
        }
    }

    private static func amount(_ order: PaymentOrder, _ rule: String) -> String {
        let name = order.fixed == .pay ? "pay_amount" : "receive_amount"
        return "\(name) \(rule), not \(fixedAmount(order.amount, order))"
    }

    private static func fixedAmount(_ amount: Int64, _ order: PaymentOrder) -> String {
        let currency = order.fixed == .pay ? order.payCurrency : order.receiveCurrency
        return Money(minorUnits: amount, currency: currency).decimal
    }

    private static func tooSmall(_ order: PaymentOrder, _ corridor: Corridor) -> String {
        guard let size = size(order, corridor), size >= corridor.minimumSize else {
            let least = Currency.cny.decimal(Int128(corridor.minimumSize))
            return amount(order, "must be worth at least \(least) CNY\(reference(order, corridor))")
        }
        let wanted = order.receiveCurrency.code
        return amount(order, "must buy at least one minor unit of \(wanted) at the order's limit")
    }

    private static func tooLarge(_ order: PaymentOrder, _ corridor: Corridor) -> String {
        guard let size = size(order, corridor), size <= corridor.maximumSize else {
            let most = Currency.cny.decimal(Int128(corridor.maximumSize))
            return amount(order, "must be worth at most \(most) CNY\(reference(order, corridor))")
        }
        let most = Limits.maximumAmount
        return amount(
            order, "must cost and buy at most \(most) minor units each at the order's limit")
    }

    /// The amount in fen, rounded down (R4.4); nil when it passes 64 bits.
    private static func size(_ order: PaymentOrder, _ corridor: Corridor) -> Int64? {
        guard !isInRenminbi(order) else { return order.amount }
        return corridor.referenceRate.fen(
            forForeign: max(0, order.amount), in: order.foreign, .down)
    }

    private static func isInRenminbi(_ order: PaymentOrder) -> Bool {
        (order.side == .payRenminbi) == (order.fixed == .pay)
    }

    private static func reference(_ order: PaymentOrder, _ corridor: Corridor) -> String {
        isInRenminbi(order)
            ? "" : " at the reference rate \(corridor.referenceRate.decimal)"
    }

    private static func limit(_ order: PaymentOrder, _ rule: String) -> String {
        "limit_rate \(rule), not \(order.limit.decimal)"
    }

    private static func expiry(_ order: PaymentOrder) -> String {
        guard order.timeInForce == .goodTillDate else {
            return "expires_at must be left out with \(order.timeInForce.wireName)"
        }
        return order.expiresAt == 0
            ? "expires_at must be given with GOOD_TILL_DATE"
            : "expires_at must be a time that is still to come"
    }

    private static func minimumFill(_ order: PaymentOrder) -> String {
        guard order.fillPolicy == .minimum else {
            return "minimum_fill must be left out with the fill_policy \(order.fillPolicy.wireName)"
        }
        guard order.minimumFill != 0 else {
            return "minimum_fill must be given with the fill_policy MINIMUM"
        }
        let most = fixedAmount(order.amount, order)
        return "minimum_fill must be more than zero and at most the amount \(most), not "
            + fixedAmount(order.minimumFill, order)
    }

    // MARK: Corridors

    /// The parameter for which a corridor is refused; empty when none is wrong.
    package static func corridor(_ corridor: Corridor) -> String {
        guard let parameter = corridor.firstInvalidParameter else { return "" }
        let (name, rule, value) = words(parameter, of: corridor)
        return "\(name) must \(rule), not \(value)"
    }

    private static func words(
        _ parameter: CorridorParameter, of corridor: Corridor
    ) -> (name: String, rule: String, value: String) {
        let highest = Rate(scaled: Limits.maximumRate).decimal
        let rateRule = "be more than 0 and at most \(highest)"
        let largest = renminbi(Limits.maximumAmount)
        return switch parameter {
        case .foreign: ("foreign_currency", "be a currency beside CNY", corridor.foreign.code)
        case .tick: ("tick", rateRule, corridor.tick.decimal)
        case .referenceRate: ("reference_rate", rateRule, corridor.referenceRate.decimal)
        case .collar:
            ("collar_basis_points", "lie between 1 and 9999", "\(corridor.collarBasisPoints)")
        case .fee:
            (
                "fee_parts_per_million", "be at most \(Limits.maximumFeePartsPerMillion)",
                "\(corridor.feePartsPerMillion)"
            )
        case .minimumSize:
            (
                "minimum_size", "be more than 0 and at most \(largest)",
                renminbi(corridor.minimumSize)
            )
        case .maximumSize:
            (
                "maximum_size",
                "be at least the minimum_size \(renminbi(corridor.minimumSize)) and at most "
                    + largest, renminbi(corridor.maximumSize)
            )
        case .weekdays: ("weekdays", "name days from 1 to 7", "\(corridor.weekdays)")
        case .utcOffset:
            ("utc_offset_minutes", "lie between -840 and 840", "\(corridor.utcOffsetMinutes)")
        case .cutOff: ("cut_off_at", "be at most 24:00", time(corridor.cutOffMinute))
        case .opening:
            (
                "opens_at", "be before the cut_off_at \(time(corridor.cutOffMinute))",
                time(corridor.opensAtMinute)
            )
        case .ticksInCollar: ticksInCollar(corridor)
        }
    }

    private static func ticksInCollar(
        _ corridor: Corridor
    ) -> (name: String, rule: String, value: String) {
        let (low, high) = (corridor.lowestRate, corridor.highestRate)
        guard low.scaled > 0, low <= high else {
            return (
                "tick",
                "have a multiple within \(corridor.collarBasisPoints) basis points of the "
                    + "reference_rate \(corridor.referenceRate.decimal)", corridor.tick.decimal
            )
        }
        return (
            "tick",
            "be so large that the collar's upper edge \(high.decimal) is less than "
                + "\(Limits.ticksPerCorridor) ticks", corridor.tick.decimal
        )
    }

    private static func renminbi(_ fen: Int64) -> String { Currency.cny.decimal(Int128(fen)) }

    private static func time(_ minute: UInt16) -> String { ProtoCorridor.time(minute) }

    // MARK: Participants and money

    /// The parameter for which a registration is refused; empty when none is wrong in itself.
    package static func registration(_ registration: ParticipantRegistration) -> String {
        switch registration.firstInvalidParameter {
        case .bic: "bic must be a BIC of 8 or 11 capitals and digits, not \(registration.bic)"
        case .lei: "lei must be a LEI with right check digits, not \(registration.lei)"
        case .country: "country must be two capital letters, not \(registration.country)"
        case .roles: "roles must hold at least one of PAYER, LIQUIDITY_PROVIDER, RECEIVE_ONLY"
        case .receiveOnly: "roles must be RECEIVE_ONLY alone, or not hold it"
        case nil: ""
        }
    }

    /// - Parameter direct: who is registered with the BIC of `settlesThrough`, if anybody.
    package static func directParticipant(
        _ registration: ParticipantRegistration, _ direct: ParticipantRow?
    ) -> String {
        let name = registration.settlesThrough
        let reason = direct == nil ? "is not registered" : "is indirect itself"
        return "settles_through must be a direct participant; \(name) \(reason)"
    }

    package static func funding(_ funding: Fund, refusedWith code: ResultCode) -> String {
        switch code {
        case .amountInvalid:
            "amount must not be zero and lie between -\(largest(funding.currency)) and "
                + "\(largest(funding.currency)), not "
                + Money(minorUnits: funding.amount, currency: funding.currency).decimal
        case .participantUnknown: "participant \(funding.participant) is not registered"
        case .participantNotDirect: "participant \(funding.participant) is indirect"
        default: ""
        }
    }

    package static func creditLimit(
        _ limit: Money, of bic: BIC, refusedWith code: ResultCode
    ) -> String {
        switch code {
        case .amountInvalid: amount("limit", limit)
        case .participantUnknown: "bic \(bic) is not registered"
        case .participantNotDirect: "bic \(bic) is indirect"
        default: ""
        }
    }

    /// Of an amount that may be zero.
    static func amount(_ name: String, _ amount: Money) -> String {
        "\(name) must lie between 0 and \(largest(amount.currency)), not \(amount.decimal)"
    }

    private static func largest(_ currency: Currency) -> String {
        Money(minorUnits: Limits.maximumAmount, currency: currency).decimal
    }
}
