internal import Domain

/// R15: what follows a payment after it is settled. Nothing is ever forgotten here, so what a
/// command says of the record is not looked at.
extension PlainLedger {
    struct FollowUp {
        var credit = CreditStatus.none
        var why = ReasonCode.none
        var returned: [Int128] = []
        /// By orders: how many there were, and what they gave back by the end of the last batch.
        var orders = 0
        var broughtBack: Int128 = 0
        var sum: Int128 { returned.reduce(0, +) + broughtBack }
        var count: Int { returned.count + orders }
    }

    /// An open order by which a payment is returned, and how far it had come by the end of the last
    /// batch.
    struct ReturnOrder {
        var order: Order
        var original: OrderKey
        var reason: ReasonCode
        var paid: Int128 = 0
        var received: Int128 = 0
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
        case let it as ReturnByOrder: return giveBack(it)
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
        let amount = Int128(wish.amount)
        if let answer = objection(
            wish.about, amount, wish.reason, wish.returnKey, wish.contentHash)
        {
            return answer
        }
        guard let order = order(wish.about) else { return refused(.paymentUnknown) }
        let terms = order.terms
        let key = key(order)
        let currency = terms.receiveCurrency
        let from = self.key(terms.creditor, currency)
        if (accounts[from] ?? Account()).available < amount { return refused(.returnNotCovered) }
        move(amount, from, self.key(terms.payer, currency))
        returns[ReturnKey(bank: terms.creditor, key: wish.returnKey)] = wish.contentHash
        followUps[key, default: FollowUp()].returned.append(amount)
        if !wishes(terms.payer).isEmpty {
            var told = followUp(order, .paymentReturn, 0)
            told.received = amount
            told.code = wish.reason
            tell(terms.payer, told)
        }
        return (.accepted, false, closeCase(of: order))
    }

    /// Whether a return came before, or may not be, whichever way the money would come back.
    private func objection(
        _ about: RecordedFollowUp, _ amount: Int128, _ reason: ReasonCode, _ returnKey: UInt128,
        _ content: UInt128, limit: Rate? = nil
    ) -> Answer? {
        guard isReason(reason) else { return refused(.reasonInvalid) }
        if amount <= 0 || amount > 10_000_000_000_000_000 { return refused(.amountInvalid) }
        if limit?.scaled == 0 { return refused(.rateOffTick) }
        if let code = objection(about) { return refused(code) }
        guard let order = order(about) else { return refused(.paymentUnknown) }
        let terms = order.terms
        if let known = returns[ReturnKey(bank: terms.creditor, key: returnKey)] {
            let isSame = known == content
            return (isSame ? .accepted : .returnConflict, isSame, 0)
        }
        let known = followUps[key(order)] ?? FollowUp()
        let reserved = returnOrders.filter { $0.original == key(order) }
            .reduce(0) { $0 + Int128($1.order.terms.amount) - $1.paid }
        if known.sum + reserved + amount > order.received { return refused(.returnAboveReceived) }
        if known.count >= 64 { return refused(.returnsExhausted) }
        if !isActive(terms.creditor) || !isActive(terms.payer) { return refused(.sideSuspended) }
        return nil
    }

    /// The case that the money which came back closes; 0 when none.
    private mutating func closeCase(of order: Order) -> Int {
        let key = key(order)
        guard let number = openCase(key), let known = followUps[key] else { return 0 }
        guard known.sum == order.received || known.credit != .rejected else { return 0 }
        cases[number - 1].state = "returned"
        return number
    }

    /// R15.13 An order the other way round, with the creditor as payer.
    private mutating func giveBack(_ wish: ReturnByOrder) -> Outcome {
        let amount = Int128(wish.amount)
        func outcome(_ answer: Answer) -> Outcome {
            Outcome(
                code: answer.code, kind: ReturnByOrder.kind, isRepetition: answer.isRepetition)
        }
        if let answer = objection(
            wish.about, amount, wish.reason, wish.returnKey, wish.contentHash, limit: wish.limit)
        {
            guard answer.isRepetition,
                let order = orders[OrderKey(payer: known(wish), uetr: wish.orderUETR)]
            else { return outcome(answer) }
            var again = stand(order, ReturnByOrder.kind)
            again.isRepetition = true
            return again
        }
        guard let original = order(wish.about) else { return outcome(refused(.paymentUnknown)) }
        let terms = PaymentOrder(
            uetr: wish.orderUETR, contentHash: wish.contentHash,
            submitter: wish.about.submitter, payer: original.terms.creditor,
            creditor: original.terms.payer, foreign: original.terms.foreign,
            side: original.terms.side.opposite, fixed: .pay, amount: wish.amount,
            limit: wish.limit, timeInForce: wish.timeInForce, expiresAt: wish.expiresAt)
        guard orders[OrderKey(payer: terms.payer, uetr: terms.uetr)] == nil else {
            return outcome(refused(.uetrConflict))
        }
        let key = key(original)
        switch place(terms) {
        case .refused(let code): return outcome(refused(code))
        case .placed(let order):
            returns[ReturnKey(bank: terms.payer, key: wish.returnKey)] = wish.contentHash
            followUps[key, default: FollowUp()].orders += 1
            returnOrders.append(ReturnOrder(order: order, original: key, reason: wish.reason))
            return stand(order, ReturnByOrder.kind)
        }
    }

    /// Who gives back.
    private func known(_ wish: ReturnByOrder) -> BIC { order(wish.about)?.terms.creditor ?? .none }

    /// R15.16 At the end of a batch.
    mutating func takeReturnOrders() {
        ownReturns = Set(returnOrders.map(\.order.number))
        for place in returnOrders.indices {
            let it = returnOrders[place]
            let paid = it.order.paid - it.paid
            let received = it.order.received - it.received
            guard paid > 0, let original = orders[it.original] else { continue }
            returnOrders[place].paid += paid
            returnOrders[place].received += received
            followUps[it.original, default: FollowUp()].broughtBack += paid
            _ = closeCase(of: original)
            guard !wishes(original.terms.payer).isEmpty else { continue }
            var told = followUp(original, .paymentReturn, 0)
            told.paid = paid
            told.received = received
            told.code = it.reason
            tell(original.terms.payer, told)
        }
        returnOrders.removeAll { !$0.order.isOpen }
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
