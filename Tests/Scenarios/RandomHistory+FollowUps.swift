internal import Chance
internal import Domain

extension RandomHistory {
    /// What banks say of payments, settled or not. No record comes with it: who sends it may add
    /// one.
    mutating func followUpCommand() -> any DeclaredCommand {
        guard !submitted.isEmpty else { return ConfirmCredit() }
        let recent = random.percent(80) ? min(120, submitted.count) : submitted.count
        let order = submitted[submitted.count - 1 - random.below(recent)]
        switch random.below(20) {
        case 0..<6: return confirmation(order)
        case 6..<10: return giveBack(order)
        case 10..<13: return giveBackByOrder(order)
        case 13..<17: return request(order)
        default:
            return AnswerCancellation(
                about(order, by: order.creditor), caseID: CaseID(1 + random.below(12)),
                isRefused: random.percent(60), reason: reason())
        }
    }

    private mutating func about(_ order: PaymentOrder, by bank: BIC) -> RecordedFollowUp {
        let submitter = random.percent(93) ? bank : random.pick(Banks.payers)
        let payer = random.percent(97) ? order.payer : random.pick(Banks.payers)
        return RecordedFollowUp(submitter: submitter, payer: payer, uetr: order.uetr)
    }

    private mutating func reason() -> ReasonCode {
        let text = random.pick(["AC04", "CUST", "AM09", "DUPL"])
        return random.percent(95) ? ReasonCode(text) ?? .none : ReasonCode(packed: .max)
    }

    private mutating func confirmation(_ order: PaymentOrder) -> ConfirmCredit {
        let word = random.pick([CreditStatus.credited, .rejected, .rejected, .pending])
        let isUsual = random.percent(95)
        let reason = (word == .rejected) == isUsual ? reason() : .none
        return ConfirmCredit(
            about(order, by: order.creditor), isUsual ? word : random.pick(CreditStatus.allCases),
            reason: reason)
    }

    private mutating func giveBack(_ order: PaymentOrder) -> ReturnPayment {
        let most = max(1, min(order.amount, Limits.maximumAmount))
        let usual = random.percent(40) ? most : random.between(1...most)
        let amount = random.percent(95) ? usual : fundingAmount()
        return ReturnPayment(
            about(order, by: order.creditor), returnKey: UInt128(1 + random.below(400)),
            contentHash: UInt128(UInt64(bitPattern: amount)), amount: amount, reason: reason())
    }

    /// What banks say of it later they say of an order, so it is one of those that were submitted.
    private mutating func giveBackByOrder(_ order: PaymentOrder) -> any DeclaredCommand {
        let plain = giveBack(order)
        guard let corridor = corridors.first(where: { $0.foreign == order.foreign }) else {
            return plain
        }
        var terms = PaymentOrder(
            uetr: UETR(ofReturn: plain.returnKey, from: order.uetr), submitter: order.creditor,
            payer: order.creditor, creditor: order.payer, foreign: order.foreign,
            side: order.side.opposite, fixed: .pay, amount: plain.amount)
        terms.limit = limit(terms, corridor)
        if terms.amount > 0 { setTerms(&terms) }
        submitted.append(terms.sealed)
        return ReturnByOrder(
            plain.about, returnKey: plain.returnKey, contentHash: ~plain.contentHash,
            amount: plain.amount, reason: plain.reason, limit: terms.limit,
            timeInForce: terms.timeInForce, expiresAt: terms.expiresAt)
    }

    private mutating func request(_ order: PaymentOrder) -> RequestCancellation {
        RequestCancellation(
            about(order, by: order.payer), requestKey: UInt128(1 + random.below(3)),
            reason: reason())
    }
}
