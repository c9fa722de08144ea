internal import Domain

/// R15: what follows a payment after it is settled. Nothing is ever forgotten here, so what a
/// command says of the record is not looked at.
extension PlainLedger {
    struct FollowUp {
        var credit = CreditStatus.none
        var why = ReasonCode.none
        var returned: [Int128] = []
        var sum: Int128 { returned.reduce(0, +) }
    }

    struct Case {
        var payment: OrderKey
        var request: UInt128
        var ends: Timestamp
        var isCancellation = false
        var state = "open"
        var answer = ReasonCode.none
        var isOpen: Bool { state == "open" || state == "pending" }
    }

    struct ReturnKey: Hashable {
        var bank: BIC
        var key: UInt128
    }

    private typealias Answer = (code: ResultCode, isRepetition: Bool, number: Int)

    /// The command's outcome, if it is one of these.
    mutating func carryOutFollowUp(_ command: any DeclaredCommand) -> Outcome? {
        let answer: Answer
        switch command {
        case let it as ConfirmCredit: answer = confirm(it)
        case let it as ReturnPayment: answer = giveBack(it)
        case let it as RequestCancellation: answer = ask(it)
        case let it as AnswerCancellation: answer = reply(it)
        default: return nil
        }
        return Outcome(
            code: answer.code, kind: type(of: command).kind, isRepetition: answer.isRepetition,
            caseID: CaseID(answer.number))
    }

    mutating func expireCases() {
        for number in cases.indices where cases[number].isOpen && cases[number].ends <= now {
            cases[number].state = "expired"
            tellOfCase(number + 1, .expired)
        }
    }

    private func refused(_ code: ResultCode) -> Answer { (code, false, 0) }

    private func isReason(_ reason: ReasonCode) -> Bool {
        let text = "\(reason)"
        return !text.isEmpty && ReasonCode(text) == reason
    }

    private func order(_ about: RecordedFollowUp) -> Order? {
        participant(about.payer).flatMap { orders[OrderKey(payer: $0, uetr: about.row.uetr)] }
    }

    private func key(_ order: Order) -> OrderKey {
        OrderKey(payer: order.terms.payer, uetr: order.terms.uetr)
    }

    private func speaks(_ about: RecordedFollowUp, for bank: BIC) -> Bool {
        guard let own = participant(about.submitter), let bank = participant(bank) else {
            return false
        }
        return own == bank || own == direct(bank)
    }

    /// Why the creditor's side can say nothing.
    private func objection(_ about: RecordedFollowUp) -> ResultCode? {
        guard let order = order(about), speaks(about, for: order.terms.creditor),
            order.isToParticipant
        else { return .paymentUnknown }
        if order.isOpen { return .paymentUnderWay }
        return order.received == 0 ? .nothingSettled : nil
    }

    /// The last case about a payment, by its number.
    private func lastCase(_ key: OrderKey) -> Int? {
        cases.lastIndex { $0.payment == key }.map { $0 + 1 }
    }

    private func openCase(_ key: OrderKey) -> Int? {
        lastCase(key).flatMap { cases[$0 - 1].isOpen ? $0 : nil }
    }

    /// R14.10 of a wish for cancellation the creditor is told, of what becomes of it the payer.
    private mutating func tellOfCase(
        _ number: Int, _ state: CaseState, reason: ReasonCode = .none
    ) {
        let known = cases[number - 1]
        guard known.isCancellation, let order = orders[known.payment] else { return }
        let isNew = state == .open
        let bank = isNew ? order.terms.creditor : order.terms.payer
        var told = followUp(order, isNew ? .cancellationRequest : .resolution, number)
        told.caseState = state
        told.code = reason
        if isNew {
            wishesForCancellation.append((bank, told))
        } else if !wishes(bank).isEmpty {
            tell(bank, told)
        }
    }

    private func followUp(_ order: Order, _ kind: MessageKind, _ number: Int) -> Message {
        Message(
            kind: kind, time: now, payment: number, status: .settled, paid: order.paid,
            received: order.received)
    }

    private mutating func open(_ key: OrderKey, _ request: UInt128) -> Int {
        let tenDays: Int64 = 864_000_000_000_000
        cases.append(
            Case(
                payment: key, request: request, ends: now + tenDays))
        return cases.count
    }

    private mutating func confirm(_ wish: ConfirmCredit) -> Answer {
        switch wish.credit {
        case .none: return refused(.reasonInvalid)
        case .credited where wish.reason != .none: return refused(.reasonInvalid)
        case .rejected where !isReason(wish.reason): return refused(.reasonInvalid)
        case .pending where wish.reason != .none && !isReason(wish.reason):
            return refused(.reasonInvalid)
        case .credited, .rejected, .pending: break
        }
        if let code = objection(wish.about) { return refused(code) }
        guard let order = order(wish.about) else { return refused(.paymentUnknown) }
        let key = key(order)
        let known = followUps[key] ?? FollowUp()
        if known.credit == wish.credit, known.why == wish.reason { return (.accepted, true, 0) }
        if [.credited, .rejected].contains(known.credit) { return refused(.creditFinal) }
        if known.sum == order.received { return refused(.paymentReturned) }
        followUps[key, default: FollowUp()].credit = wish.credit
        followUps[key, default: FollowUp()].why = wish.reason
        if wishes(order.terms.payer).contains(.statusReports) {
            var told = followUp(order, .statusReport, order.number)
            told.credit = wish.credit
            told.code = wish.reason
            tell(order.terms.payer, told)
        }
        guard wish.credit == .rejected, openCase(key) == nil else { return (.accepted, false, 0) }
        return (.accepted, false, open(key, 0))
    }

    private mutating func giveBack(_ wish: ReturnPayment) -> Answer {
        guard isReason(wish.reason) else { return refused(.reasonInvalid) }
        let amount = Int128(wish.amount)
        if amount <= 0 || amount > 10_000_000_000_000_000 { return refused(.amountInvalid) }
        if let code = objection(wish.about) { return refused(code) }
        guard let order = order(wish.about) else { return refused(.paymentUnknown) }
        let terms = order.terms
        let own = ReturnKey(bank: terms.creditor, key: wish.returnKey)
        if let known = returns[own] {
            let isSame = known == wish.contentHash
            return (isSame ? .accepted : .returnConflict, isSame, 0)
        }
        let key = key(order)
        let known = followUps[key] ?? FollowUp()
        if known.sum + amount > order.received { return refused(.returnAboveReceived) }
        if known.returned.count >= 64 { return refused(.returnsExhausted) }
        if !isActive(terms.creditor) || !isActive(terms.payer) { return refused(.sideSuspended) }
        let currency = terms.receiveCurrency
        let from = self.key(terms.creditor, currency)
        if (accounts[from] ?? Account()).available < amount { return refused(.returnNotCovered) }
        move(amount, from, self.key(terms.payer, currency))
        returns[own] = wish.contentHash
        followUps[key, default: FollowUp()].returned.append(amount)
        if !wishes(terms.payer).isEmpty {
            var told = followUp(order, .paymentReturn, 0)
            told.received = amount
            told.code = wish.reason
            tell(terms.payer, told)
        }
        guard let number = openCase(key) else { return (.accepted, false, 0) }
        let isAll = known.sum + amount == order.received
        guard isAll || known.credit != .rejected else { return (.accepted, false, 0) }
        cases[number - 1].state = "returned"
        return (.accepted, false, number)
    }

    private mutating func ask(_ wish: RequestCancellation) -> Answer {
        guard isReason(wish.reason) else { return refused(.reasonInvalid) }
        guard let order = order(wish.about), speaks(wish.about, for: order.terms.payer) else {
            return refused(.paymentUnknown)
        }
        let key = key(order)
        if order.isOpen {
            end(order, .cancelledByBank)
            guard order.received > 0 else { return (.accepted, false, 0) }
        }
        if order.received == 0 { return refused(.nothingSettled) }
        if let number = lastCase(key) {
            let last = cases[number - 1]
            if last.isOpen || last.request == wish.requestKey { return (.accepted, true, number) }
        }
        if (followUps[key]?.sum ?? 0) == order.received { return refused(.paymentReturned) }
        let number = open(key, wish.requestKey)
        cases[number - 1].isCancellation = true
        tellOfCase(number, .open, reason: wish.reason)
        return (.accepted, false, number)
    }

    private mutating func reply(_ wish: AnswerCancellation) -> Answer {
        let isNone = wish.reason == .none
        guard isReason(wish.reason) || isNone && !wish.isRefused else {
            return refused(.reasonInvalid)
        }
        if let code = objection(wish.about) { return refused(code) }
        guard let order = order(wish.about), let number = lastCase(key(order)),
            number == Int(wish.caseID)
        else { return refused(.caseNotOpen) }
        let known = cases[number - 1]
        let state = wish.isRefused ? "refused" : "pending"
        if known.state == state, known.answer == wish.reason { return (.accepted, true, number) }
        if !known.isOpen { return refused(.caseNotOpen) }
        if followUps[known.payment]?.credit == .rejected { return refused(.caseNeedsReturn) }
        cases[number - 1].state = state
        cases[number - 1].answer = wish.reason
        tellOfCase(number, wish.isRefused ? .refused : .pending, reason: wish.reason)
        return (.accepted, false, number)
    }
}
