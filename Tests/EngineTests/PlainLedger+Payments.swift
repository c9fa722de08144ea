internal import Domain

extension PlainLedger {
    mutating func submit(_ terms: PaymentOrder) -> Outcome {
        if rules < .v3, let known = legs(terms.uetr).first { return repeated(terms, known) }
        guard let payer = payer(terms.payer, terms.submitter) else {
            return refuse(terms, noPayer(terms))
        }
        guard mayAct(terms.submitter, payer) else { return refuse(terms, .submitterNotPayer) }
        let key = OrderKey(payer: payer, uetr: terms.uetr)
        if let attempt = sameAttempt(terms, payer) {
            return Outcome(code: attempt.refusal, kind: .submitPayment, isRepetition: true)
        }
        if let known = sameContent(terms) ?? orders[key] { return repeated(terms, known) }
        var terms = terms
        terms.payer = payer
        terms.creditor = participant(terms.creditor) ?? terms.creditor
        let order = Order(terms, number: orders.count + 1)
        order.isToParticipant = participant(terms.creditor) != nil
        order.code = rejectParties(terms) ?? rejectTerms(terms) ?? accept(order)
        if rules >= .v3, passing.contains(order.code) {
            return refused(terms, order.code)
        }
        orders[key] = order
        order.ended = now
        guard order.code == .accepted, !order.waits else {
            if order.waits { answered[order.number] = message(.statusReport, order) }
            return outcome(order, .submitPayment)
        }
        let before = fills.count
        match(order)
        answered[order.number] = message(.statusReport, order)
        return outcome(order, .submitPayment, fillCount: fills.count - before)
    }

    enum Placing {
        case placed(Order)
        case refused(ResultCode)
    }

    /// R15.14 The order of a return: as any other, but that a refusal leaves no trace.
    mutating func place(_ terms: PaymentOrder) -> Placing {
        let order = Order(terms, number: orders.count + 1)
        let code = rejectParties(terms) ?? rejectTerms(terms) ?? accept(order)
        guard code == .accepted else { return .refused(code) }
        orders[OrderKey(payer: terms.payer, uetr: terms.uetr)] = order
        order.ended = now
        match(order)
        answered[order.number] = message(.statusReport, order)
        return .placed(order)
    }

    func stand(_ order: Order, _ kind: CommandKind) -> Outcome { outcome(order, kind) }

    mutating func cancel(_ cancellation: Cancellation) -> Outcome {
        let own = legs(cancellation.uetr).filter {
            mayAct(cancellation.submitter, $0.terms.payer)
                && (cancellation.payer == .none
                    || named(cancellation.payer, cancellation.submitter) == $0.terms.payer)
        }
        let open = own.filter { $0.isOpen }
        guard open.count < 2 else {
            return Outcome(code: .paymentAmbiguous, kind: .cancelPayment)
        }
        let last = own.max { ($0.ended, $0.number) < ($1.ended, $1.number) }
        guard let order = open.first ?? last else {
            return Outcome(code: .paymentUnknown, kind: .cancelPayment)
        }
        let wasOpen = order.isOpen
        if wasOpen { end(order, .cancelledByBank) }
        let isRepetition = !wasOpen && order.reason == .cancelledByBank
        var answer = outcome(order, .cancelPayment, isRepetition: isRepetition)
        answer.code = wasOpen || isRepetition ? .accepted : .paymentFinal
        return answer
    }

    private var passing: Set<ResultCode> {
        [
            .payerSuspended, .creditorSuspended, .corridorClosed, .corridorHalted,
            .outsideSession, .insufficientFunds, .debitCapReached, .bilateralCapReached,
            .datedFull,
        ]
    }

    private mutating func refused(_ terms: PaymentOrder, _ code: ResultCode) -> Outcome {
        let own = attempts[terms.uetr, default: []].filter { $0.payer == terms.payer }
        guard own.count < 8 else {
            return Outcome(code: .attemptsExhausted, kind: .submitPayment)
        }
        attempts[terms.uetr, default: []].append(
            Attempt(
                payer: terms.payer, mark: mark(terms), content: terms.contentHash, refusal: code))
        return Outcome(code: code, kind: .submitPayment)
    }

    private func mark(_ terms: PaymentOrder) -> UInt128 {
        terms.attempt == 0 ? terms.contentHash : terms.attempt
    }

    /// The last one, of the payer or of the same content: whoever the order meant before.
    private func sameAttempt(_ terms: PaymentOrder, _ payer: BIC) -> Attempt? {
        attempts[terms.uetr]?.last {
            $0.mark == mark(terms) && ($0.payer == payer || $0.content == terms.contentHash)
        }
    }

    private func office(_ bic: BIC) -> BIC { BIC("\(bic.characters.prefix(8))") ?? bic }

    private func legs(_ uetr: UETR) -> [Order] {
        orders.values.filter { $0.terms.uetr == uetr }
    }

    /// Whose order it is: the participant that is named, or the correspondent that sent it.
    private func payer(_ named: BIC, _ submitter: BIC) -> BIC? {
        if let bank = participant(named) { return bank }
        guard rules >= .v3, let own = participant(submitter), let banks = served[own] else {
            return nil
        }
        return banks.contains(named) || banks.contains(office(named)) ? own : nil
    }

    /// Whose payment is cancelled: of the participant that is named, or of the submitter for a bank
    /// that it serves or served.
    private func named(_ bank: BIC, _ submitter: BIC) -> BIC? {
        if let bank = participant(bank) { return bank }
        guard rules >= .v3, let own = participant(submitter) else { return nil }
        let banks = everServed[own, default: []]
        return banks.contains(bank) || banks.contains(office(bank)) ? own : nil
    }

    private func noPayer(_ terms: PaymentOrder) -> ResultCode {
        let own = participant(terms.submitter)
        return rules >= .v3 && own.map { everServed[$0] != nil } == true
            ? .correspondentNotNamed : .payerUnknown
    }

    /// Unless it was taken before, when somebody else was found as its payer.
    private func refuse(_ terms: PaymentOrder, _ code: ResultCode) -> Outcome {
        guard rules >= .v3, let known = sameContent(terms),
            mayAct(terms.submitter, known.terms.payer)
        else { return Outcome(code: code, kind: .submitPayment) }
        return repeated(terms, known)
    }

    private func sameContent(_ terms: PaymentOrder) -> Order? {
        legs(terms.uetr).first { $0.terms.contentHash == terms.contentHash }
    }

    private func repeated(_ terms: PaymentOrder, _ known: Order) -> Outcome {
        guard isSame(known, terms),
            rules >= .v3 || mayAct(terms.submitter, known.terms.payer), !contradict(terms, known)
        else { return Outcome(code: .uetrConflict, kind: .submitPayment) }
        return outcome(known, .submitPayment, isRepetition: true)
    }

    /// By the content hash; what came before the ledger had its key, by its terms too.
    private func isSame(_ known: Order, _ terms: PaymentOrder) -> Bool {
        if known.terms.contentHash == terms.contentHash { return true }
        let old = known.terms
        return known.number <= contentKey?.payments ?? 0 && old.foreign == terms.foreign
            && old.side == terms.side && old.fixed == terms.fixed && old.amount == terms.amount
            && old.timeInForce == terms.timeInForce && old.fillPolicy == terms.fillPolicy
            && (!known.isToParticipant || participant(terms.creditor) == old.creditor)
    }

    private func outcome(
        _ order: Order, _ kind: CommandKind, isRepetition: Bool = false, fillCount: Int = 0
    ) -> Outcome {
        Outcome(
            code: order.code, kind: kind, status: order.status, endReason: order.reason,
            isRepetition: isRepetition, payment: PaymentID(order.number),
            paid: Int64(order.paid), received: Int64(order.received), firstFill: 0,
            fillCount: UInt32(fillCount))
    }

    private func mayAct(_ submitter: BIC, _ payer: BIC) -> Bool {
        guard let own = participant(submitter) else { return false }
        return own == payer || own == direct(payer)
    }

    func rejectParties(_ terms: PaymentOrder) -> ResultCode? {
        if !isActive(terms.payer) { return .payerSuspended }
        let roles = banks[terms.payer]?.registration.roles ?? []
        let role: ParticipantRoles = terms.creditor == terms.payer ? .liquidityProvider : .payer
        if !roles.contains(role) { return .payerMayNotPay }
        if banks[terms.creditor] == nil { return .creditorUnknown }
        return isActive(terms.creditor) ? nil : .creditorSuspended
    }

    /// - Parameter opens: when the session begins for which a payment has waited, if it has.
    func rejectTerms(_ terms: PaymentOrder, entersAt opens: Timestamp? = nil) -> ResultCode? {
        guard let (corridor, state) = corridors[terms.foreign] else { return .corridorUnknown }
        if state == .closed { return .corridorClosed }
        if state == .halted { return .corridorHalted }
        if opens == nil {
            if let code = rejectDate(terms) { return code }
            if terms.settlementDate == .none, cutOff(corridor) == nil { return .outsideSession }
        }
        if terms.amount <= 0 { return .amountNotPositive }
        if terms.amount > 10_000_000_000_000_000 { return .amountAboveMaximum }
        let size = size(terms, corridor)
        if size > Int64.max { return .amountAboveMaximum }
        if size < Int128(corridor.minimumSize) { return .amountBelowMinimum }
        if size > Int128(corridor.maximumSize) { return .amountAboveMaximum }
        let limit = terms.limit.scaled
        if limit != 0 {
            if limit < 0 || limit % corridor.tick.scaled != 0 { return .rateOffTick }
            let collar = collar(corridor)
            if Int128(limit) < collar.low || Int128(limit) > collar.high {
                return .rateOutsideCollar
            }
        }
        if (terms.timeInForce == .goodTillDate) != (terms.expiresAt != 0)
            || terms.expiresAt != 0 && terms.expiresAt <= max(now, opening(terms) ?? now)
        {
            return .expiryInvalid
        }
        let isMinimum = terms.fillPolicy == .minimum
        if isMinimum != (terms.minimumFill != 0) || terms.minimumFill < 0
            || terms.minimumFill > terms.amount
        {
            return .minimumFillInvalid
        }
        return nil
    }

    private func size(_ terms: PaymentOrder, _ corridor: Corridor) -> Int128 {
        if (terms.side == .payRenminbi) == (terms.fixed == .pay) { return Int128(terms.amount) }
        let rate = Fraction(Int128(corridor.referenceRate.scaled), terms.foreign)
        return floor(Int128(terms.amount) * rate.down, rate.up)
    }

    /// The collar's edges on the tick, inside.
    private func collar(_ corridor: Corridor) -> (low: Int128, high: Int128) {
        let reference = Int128(corridor.referenceRate.scaled)
        let width = Int128(corridor.collarBasisPoints)
        let tick = Int128(corridor.tick.scaled)
        return (
            ceil(reference * (10_000 - width), 10_000 * tick) * tick,
            floor(reference * (10_000 + width), 10_000 * tick) * tick
        )
    }

    func cutOff(_ corridor: Corridor) -> Timestamp? {
        if isOpening(corridor.foreign) { return nil }
        if onCalendars.contains(corridor.foreign) { return sessionEnd(corridor.foreign) }
        // Counted from a Monday long before 1970.
        let local = now / 60_000_000_000 + Int64(corridor.utcOffsetMinutes) + 10 * 1_440
        if rules < .v3, local < 10 * 1_440 { return nil }
        let minute = UInt16(local % 1_440)
        let isSessionDay = corridor.weekdays >> UInt8(local / 1_440 % 7) & 1 == 1
        guard isSessionDay, corridor.opensAtMinute <= minute, minute < corridor.cutOffMinute else {
            return nil
        }
        let end = local - Int64(minute) + Int64(corridor.cutOffMinute) - 10 * 1_440
        let cutOff = Int128(end - Int64(corridor.utcOffsetMinutes)) * 60_000_000_000
        return Timestamp(exactly: cutOff) ?? .never
    }

    /// What the order may cost at worst: sets its limit, and its fee share unless it has one.
    func price(_ order: Order, keepsFee: Bool = false) -> ResultCode? {
        let terms = order.terms
        guard let (corridor, _) = corridors[terms.foreign] else { return .corridorUnknown }
        let collar = collar(corridor)
        let worst = terms.side == .payRenminbi ? collar.low : collar.high
        order.limit = terms.limit.scaled != 0 ? Int128(terms.limit.scaled) : worst
        if !keepsFee { order.feeShare = Int128(corridor.feePartsPerMillion) }
        if terms.fixed == .pay {
            let buys = buys(order)
            if buys > 10_000_000_000_000_000 { return .amountAboveMaximum }
            if buys == 0 { return .amountBelowMinimum }
        }
        return cost(order, order.remaining) <= 10_000_000_000_000_000 ? nil : .amountAboveMaximum
    }

    /// What must be available for it to arrive.
    func needed(_ order: Order) -> Int128 {
        let reserve = order.terms.fixed == .pay ? 0 : Int128(mostFills(order) + 1) * cost(order, 1)
        let pays = cost(order, order.remaining) + reserve
        return pays + fee(pays, order)
    }

    func isCovered(_ order: Order) -> Bool {
        let account = accounts[key(order.terms.payer, order.terms.payCurrency)]
        return account.map { $0.available >= needed(order) } ?? false
    }

    /// Holds the funds; the last step that can refuse.
    private mutating func accept(_ order: Order) -> ResultCode {
        let terms = order.terms
        guard let (corridor, _) = corridors[terms.foreign] else { return .corridorUnknown }
        if let code = price(order) { return code }
        let waits = terms.settlementDate != .none && !isInSession(terms)
        let isFree = waits && fundedAtEntry.contains(terms.payer)
        guard !waits || hasRoom(terms.payer) else { return .datedFull }
        guard isFree || isCovered(order) else { return .insufficientFunds }
        if !isFree, let code = capRefusal(terms, needed(order)) { return code }
        order.waits = waits
        if !waits {
            accounts[key(terms.creditor, terms.receiveCurrency), default: Account()].held += 0
        }
        switch terms.timeInForce {
        case .day: if !waits { order.expires = cutOff(corridor) ?? now }
        case .goodTillDate: order.expires = terms.expiresAt
        case .immediateOrCancel, .fillOrKill, .goodTillCancelled: break
        }
        order.status = .pending
        open.append(order)
        byNumber[order.number] = order
        if !isFree { hold(order, needed(order)) }
        return .accepted
    }

    func mostFills(_ order: Order) -> Int {
        guard let (corridor, _) = corridors[order.terms.foreign] else { return 0 }
        return Int(min(4_096, size(order.terms, corridor) / Int128(corridor.minimumSize) + 64))
    }

    func fee(_ paid: Int128, _ order: Order) -> Int128 { floor(paid * order.feeShare, 1_000_000) }

    /// What the rest buys at the order's own limit.
    func buys(_ order: Order) -> Int128 {
        let rate = Fraction(order.limit, order.terms.foreign)
        return order.terms.side == .payRenminbi
            ? floor(order.remaining * rate.up, rate.down)
            : floor(order.remaining * rate.down, rate.up)
    }

    /// What an amount of the order's unit costs at its own limit.
    func cost(_ order: Order, _ amount: Int128) -> Int128 {
        let rate = Fraction(order.limit, order.terms.foreign)
        if order.terms.fixed == .pay { return amount }
        return order.terms.side == .payRenminbi
            ? ceil(amount * rate.down, rate.up) : ceil(amount * rate.up, rate.down)
    }

    mutating func hold(_ order: Order, _ amount: Int128) {
        guard amount != order.held else { return }
        let account = key(order.terms.payer, order.terms.payCurrency)
        accounts[account, default: Account()].held += amount - order.held
        order.held = amount
    }

    mutating func end(_ order: Order, _ reason: EndReason) {
        hold(order, 0)
        order.reason = reason
        order.status = reason == .filled ? .settled : .cancelled
        order.ended = now
        open.removeAll { $0 === order }
    }
}
