internal import Domain

extension LedgerEngine where Book: ~Copyable {
    /// Takes a payment order: refuses it by the ladder of the rulebook, or accepts, matches and
    /// settles it in this one step.
    ///
    /// - Parameter hash: that of the UETR.
    mutating func submit(_ order: PaymentOrderView, _ hash: UInt64) {
        guard let (payer, search) = newcomer(order, hash) else { return }

        // From here on the order goes on record: accepted, rejected, or as an attempt.
        var admission = Admission()
        let code = admit(order, payer, &admission)
        guard code == .accepted else {
            if rules >= .v3, code.isPassing { return attempt(order, code, payer, search, hash) }
            reject(order, code, payer, admission.creditor, search)
            return
        }
        accept(order, admission, payer, search)
    }

    /// R3.2 Who pays, and where the payment will be known, of an order that leaves a trace; reports
    /// what becomes of any other.
    @inline(always)
    mutating func newcomer(
        _ order: PaymentOrderView, _ hash: UInt64
    ) -> (payer: ParticipantID, search: IdentifierTable.Search)? {
        guard rules >= .v3 || isNew(order, hash) else { return nil }
        var payer = participants.registered(order.payer)
        if payer == 0 { payer = unregisteredPayer(order) }
        guard payer != 0 else {
            refuse(unknownPayer(order, under: rules), unlessRepeated: order, hash)
            return nil
        }
        guard participants.settles(payer, order.submitter) || isBranch(order.submitter, of: payer)
        else {
            refuse(.submitterNotPayer, unlessRepeated: order, hash)
            return nil
        }
        var search = searchOrder(order.uetr, hash)
        if search.number != 0 {
            guard !isRepeated(order, payer, hash) else { return nil }
            search = vacancy(hash)
        }
        guard position.paymentCount < UInt64(Limits.payments) else {
            refuse(.paymentsFull)
            return nil
        }
        guard openCount < Limits.openOrders else {
            refuse(.openOrdersFull)
            return nil
        }
        return (payer, search)
    }

    // What seldom is: `mutating` only so that it finds the ledger where it lies. A borrowed one is
    // copied to the stack for every order.

    @inline(never)
    private mutating func unregisteredPayer(_ order: PaymentOrderView) -> ParticipantID {
        payer(order.payer, by: order.submitter, under: rules)
    }

    @inline(never)
    private mutating func unregisteredCreditor(_ order: PaymentOrderView) -> ParticipantID {
        participants.find(order.creditor, under: rules)
    }

    @inline(never)
    private mutating func isBranch(_ submitter: BIC, of payer: ParticipantID) -> Bool {
        participants.mayAct(submitter, for: payer, under: rules)
    }

    /// Until version 3 a UETR is one payment's, whoever pays, and that is said before anything else
    /// is asked. Reports when it is on record.
    @inline(never)
    private mutating func isNew(_ order: PaymentOrderView, _ hash: UInt64) -> Bool {
        let known = searchOrder(order.uetr, hash).number
        if known != 0 {
            repeated(order, known)
        } else if position.paymentCount >= UInt64(Limits.payments) {
            refuse(.paymentsFull)
        } else if openCount >= Limits.openOrders {
            refuse(.openOrdersFull)
        } else {
            return true
        }
        return false
    }

    /// Where something is on record with its UETR: reports when that is the same attempt, a payment
    /// of this very content, or another one of this payer.
    @inline(never)
    private mutating func isRepeated(
        _ order: PaymentOrderView, _ payer: ParticipantID, _ hash: UInt64
    ) -> Bool {
        if let code = refusal(of: order, payer, hash) {
            report(Outcome(code: code, kind: .submitPayment, isRepetition: true))
            return true
        }
        guard let known = searchPayment(order, of: payer, hash) else { return false }
        repeated(order, known)
        return true
    }

    @inline(never)
    private mutating func refuse(_ code: ResultCode) {
        report(Outcome(code: code, kind: .submitPayment))
    }

    /// R2.16 Who a BIC means, and who may act for it, may have changed since the order was taken:
    /// an order that repeats it is not refused as if it were new.
    @inline(never)
    private mutating func refuse(
        _ code: ResultCode, unlessRepeated order: PaymentOrderView, _ hash: UInt64
    ) {
        guard rules >= .v3, let known = searchPayment(order, of: 0, hash),
            mayAct(order, for: known)
        else { return refuse(code) }
        repeated(order, known)
    }

    private func mayAct(_ order: PaymentOrderView, for known: OrderSlot) -> Bool {
        participants.mayAct(
            order.submitter, for: orders.pointer(known).pointee.payer, under: rules)
    }

    /// Same UETR: the first result for the same content; for other content, or date, a conflict.
    @inline(never)
    private mutating func repeated(_ order: PaymentOrderView, _ known: OrderSlot) {
        guard isContent(of: known, order),
            rules >= .v3 || mayAct(order, for: known), !statesAnotherDate(order, than: known)
        else { return refuse(.uetrConflict) }
        var answer = outcome(.submitPayment, of: known)
        answer.isRepetition = true
        report(answer)
    }

    /// The state of a payment as an outcome.
    @inline(__always)
    func outcome(_ kind: CommandKind, of slot: OrderSlot) -> Outcome {
        let order = orders.pointer(slot)
        let record = orders.record(slot)
        return Outcome(
            code: order.pointee.code, kind: kind, status: status(order, record),
            endReason: order.pointee.endReason, payment: PaymentID(record.pointee.payment),
            paid: record.pointee.paid, received: record.pointee.received)
    }

    @inline(__always)
    func status(
        _ order: UnsafeMutablePointer<Order>, _ record: UnsafeMutablePointer<OrderRecord>
    ) -> PaymentStatus {
        if order.pointee.state.contains(.open) {
            return record.pointee.paid > 0 ? .partlySettled : .pending
        }
        guard order.pointee.code == .accepted else { return .rejected }
        return order.pointee.endReason == .filled ? .settled : .cancelled
    }

    /// Puts a payment on record under the next number.
    @inline(__always)
    private mutating func record(
        _ order: Order, _ record: OrderRecord, _ search: IdentifierTable.Search
    ) -> OrderSlot {
        let slot = orders.take(order, record)
        position.paymentCount += 1
        index(slot, search)
        return slot
    }

    /// Makes the payment in a slot known by its UETR.
    @inline(__always)
    mutating func index(_ slot: OrderSlot, _ search: IdentifierTable.Search) {
        ordersByUETR.insert(slot, at: search, upTo: orders.highestSlot) {
            $0 == slot ? nil : orders.uetr($0)
        }
    }

    @inline(never)
    @discardableResult
    mutating func reject(
        _ order: PaymentOrderView, _ code: ResultCode, _ payer: ParticipantID,
        _ creditor: ParticipantID, _ search: IdentifierTable.Search
    ) -> OrderSlot {
        require(code != .accepted, "a refusal has a reason")
        let number = UInt32(position.paymentCount + 1)
        let slot = record(
            Order(
                tick: 0, payer16: UInt16(payer), code: code, remaining: order.amount,
                foreign: order.foreign, side: order.side, fixed: order.fixed,
                timeInForce: order.timeInForce, fillPolicy: order.fillPolicy),
            OrderRecord(
                uetr: order.uetr, contentHash: order.contentHash, amount: order.amount,
                acceptedAt: now, payment: number, creditor16: UInt16(creditor)),
            search)
        var row = PaymentRow(
            id: PaymentID(number), order: order.whole, payer: payer, creditor: creditor,
            acceptedAt: now)
        row.code = code
        row.attachment = order.attachment
        position.finalsHash &+= row.stateHash
        effects.payments.append(row)
        becomeFinal(slot, in: position.logIndex + 1)
        report(outcome(.submitPayment, of: slot))
        return slot
    }

    private mutating func accept(
        _ order: PaymentOrderView, _ admission: Admission, _ payer: ParticipantID,
        _ search: IdentifierTable.Search
    ) {
        let firstFill = position.fillCount + 1
        let slot = place(order, admission, payer, search)
        var answer = outcome(.submitPayment, of: slot)
        answer.firstFill = firstFill
        answer.fillCount = UInt32(position.fillCount + 1 - firstFill)
        report(answer)
    }

    /// Holds what an order can cost, matches it, and lets rest what may.
    @inline(__always)
    mutating func place(
        _ order: PaymentOrderView, _ admission: Admission, _ payer: ParticipantID,
        _ search: IdentifierTable.Search
    ) -> OrderSlot {
        let slot = take(order, admission, payer, search)
        matchAndRest(slot, maximumFills: admission.maximumFills)
        return slot
    }

    /// Puts an order on record that is accepted, and holds what it can cost.
    ///
    /// - Parameter waits: for its settlement date; then nothing is credited before.
    @inline(__always)
    mutating func take(
        _ order: PaymentOrderView, _ admission: Admission, _ payer: ParticipantID,
        _ search: IdentifierTable.Search, waits: Bool = false
    ) -> OrderSlot {
        // From here on it must succeed.
        let credit = waits ? 0 : accounts.open(admission.settlesFor, order.receiveCurrency)
        var newRecord = OrderRecord(
            uetr: order.uetr, contentHash: order.contentHash, amount: order.amount,
            minimumFill: order.minimumFill, held: admission.hold, acceptedAt: now,
            payment: UInt32(position.paymentCount + 1), debitAccount: admission.debitAccount,
            creditAccount: credit, feePartsPerMillion: admission.feePartsPerMillion,
            creditor16: UInt16(admission.creditor))
        newRecord.attachment = order.attachment
        let stated: OrderState = order.limit == .none ? [] : .limitStated
        let slot = record(
            Order(
                tick: admission.tick, payer16: UInt16(payer), remaining: order.amount,
                foreign: order.foreign, side: order.side, fixed: order.fixed,
                timeInForce: order.timeInForce, fillPolicy: order.fillPolicy,
                state: stated.union(
                    waits ? [.open, .new, .dirty, .waiting] : [.open, .new, .dirty])),
            newRecord, search)
        openCount += 1
        arrivalExpiresAt = admission.expiresAt
        corridors[order.foreign].pointee.openOrders += 1
        if !waits || admission.hold != 0,
            accounts.changeHold(admission.debitAccount, by: admission.hold)
        {
            changeCappedHold(orders.record(slot), by: admission.hold)
        }
        dirtyOrders.append(slot)
        return slot
    }
}

/// What an accepted order starts with.
struct Admission: BitwiseCopyable {
    /// Known also when the order is rejected; 0 when its BIC is nobody's.
    var creditor: ParticipantID = 0
    /// The direct participant whose account is credited.
    var settlesFor: ParticipantID = 0
    var debitAccount: AccountID = 0
    var tick: UInt32 = 0
    var feePartsPerMillion: UInt32 = 0
    var hold: Int64 = 0
    var expiresAt: Timestamp = .never
    var maximumFills = 0
    /// Its settlement date has not come.
    var waits = false
}

extension LedgerEngine where Book: ~Copyable {
    /// R15.14 Places the order of a return by the ladder of other orders; a refusal leaves no
    /// trace.
    @inline(never)
    mutating func submitReturn(
        _ order: PaymentOrder, of payer: ParticipantID
    ) -> Result<OrderSlot, FollowUpRefusal> {
        let encoded = EncodedCommands(EncodedCommand(.submitPayment(order)))
        return encoded.withCommands { commands in
            var commands = commands
            guard let view = commands.next() else { preconditionFailure("one was encoded") }
            return submitReturn(view.order, of: payer)
        }
    }

    private mutating func submitReturn(
        _ order: PaymentOrderView, of payer: ParticipantID
    ) -> Result<OrderSlot, FollowUpRefusal> {
        let hash = ordersByUETR.hash(order.uetr.bits)
        guard !knowsPayment(order.uetr, of: payer, hash) else {
            return .failure(FollowUpRefusal(.uetrConflict))
        }
        guard position.paymentCount < UInt64(Limits.payments) else {
            return .failure(FollowUpRefusal(.paymentsFull))
        }
        guard openCount < Limits.openOrders else {
            return .failure(FollowUpRefusal(.openOrdersFull))
        }
        var admission = Admission()
        let code = admit(order, payer, &admission)
        guard code == .accepted else { return .failure(FollowUpRefusal(code)) }
        return .success(place(order, admission, payer, vacancy(hash)))
    }

    /// The ladder of rejections, in the documented order. Changes nothing but `admission`.
    @inline(always)
    private mutating func admit(
        _ order: PaymentOrderView, _ payer: ParticipantID, _ admission: inout Admission
    ) -> ResultCode {
        let terms = admitTerms(order, payer, .arrival, &admission)
        guard terms == .accepted else { return terms }
        return admitFunds(order, payer, &admission)
    }

    /// The ladder up to what the order can cost.
    @inline(always)
    mutating func admitTerms(
        _ order: PaymentOrderView, _ payer: ParticipantID, _ stage: AdmissionStage,
        _ admission: inout Admission
    ) -> ResultCode {
        var creditor = participants.registered(order.creditor)
        if creditor == 0 { creditor = unregisteredCreditor(order) }
        admission.creditor = creditor
        let parties = rejectParties(payer, creditor)
        guard parties == .accepted else { return parties }
        let corridor = corridors[order.foreign]
        let terms = rejectTerms(order, corridor, stage, &admission)
        guard terms == .accepted else { return terms }
        let limit = corridor.pointee.rate(admission.tick)
        if order.fixed == .pay {
            let buys = Purchase(
                order.amount, side: order.side, at: limit, divisor: corridor.pointee.divisor)
            guard !buys.isTooLarge else { return .amountAboveMaximum }
            guard !buys.isNothing else { return .amountBelowMinimum }
        }
        var ppm = corridor.pointee.feePartsPerMillion
        if case .entry(let fee) = stage { ppm = fee }
        admission.feePartsPerMillion = ppm
        guard
            let hold = initialHold(
                order, limit, ppm, admission.maximumFills, corridor.pointee.divisor)
        else { return .amountAboveMaximum }
        admission.hold = hold
        return .accepted
    }

    /// The rest of the ladder: the funds, and the account that is credited.
    @inline(always)
    mutating func admitFunds(
        _ order: PaymentOrderView, _ payer: ParticipantID, _ admission: inout Admission
    ) -> ResultCode {
        let debitor = participants.standing(payer).settlesThrough
        admission.debitAccount = accounts.find(debitor, order.payCurrency)
        guard admission.debitAccount != 0,
            accounts.available(admission.debitAccount) >= admission.hold
        else { return .insufficientFunds }
        admission.settlesFor = participants.standing(admission.creditor).settlesThrough
        if accounts.isCapped(admission.debitAccount) {
            let caps = refusalByCaps(
                admission.debitAccount, towards: admission.settlesFor, admission.hold)
            guard caps == .accepted else { return caps }
        }
        guard accounts.room >= 1 || accounts.find(admission.settlesFor, order.receiveCurrency) != 0
        else { return .accountsFull }
        return .accepted
    }

    @inline(always)
    private func rejectParties(_ payer: ParticipantID, _ creditor: ParticipantID) -> ResultCode {
        let paying = participants.standing(payer)
        guard paying.isActive else { return .payerSuspended }
        guard paying.roles.contains(creditor == payer ? .liquidityProvider : .payer) else {
            return .payerMayNotPay
        }
        guard creditor != 0 else { return .creditorUnknown }
        guard participants.standing(creditor).isActive else { return .creditorSuspended }
        return .accepted
    }

    /// Checks the terms; sets tick, fills and expiry.
    @inline(always)
    private mutating func rejectTerms(
        _ order: PaymentOrderView, _ corridor: UnsafeMutablePointer<CorridorEntry>,
        _ stage: AdmissionStage, _ admission: inout Admission
    ) -> ResultCode {
        guard corridor.pointee.standing == .accepted else { return corridor.pointee.standing }
        var session = (opens: now, cutOff: Timestamp.never)
        if case .dated = stage {
            switch self.session(statedBy: order, corridor) {
            case .failure(let refusal): return refusal.code
            case .success(let stated):
                session = (max(now, stated.opens), stated.cutOff)
                admission.waits = !stated.isRunning(at: now) || cutOff(of: corridor) == nil
            }
        } else {
            guard let cutOff = cutOff(of: corridor) else { return .outsideSession }
            session.cutOff = cutOff
        }
        guard order.amount > 0 else { return .amountNotPositive }
        guard order.amount <= Limits.maximumAmount, let size = sizeInFen(order, corridor)
        else { return .amountAboveMaximum }
        guard size >= corridor.pointee.minimumSize.value else { return .amountBelowMinimum }
        guard size <= corridor.pointee.maximumSize else { return .amountAboveMaximum }
        admission.maximumFills = maximumFills(size, corridor)
        var limit = order.limit
        if limit == .none {
            limit = order.side == .payRenminbi ? corridor.pointee.lowest : corridor.pointee.highest
        }
        guard limit.scaled > 0 else { return .rateOffTick }
        let tick = corridor.pointee.tick.quotient(limit.scaled)
        guard tick &* corridor.pointee.tick.value == limit.scaled else { return .rateOffTick }
        guard limit >= corridor.pointee.lowest, limit <= corridor.pointee.highest else {
            return .rateOutsideCollar
        }
        admission.tick = UInt32(tick)
        return rejectPolicies(order, session, &admission)
    }

    @inline(always)
    private func rejectPolicies(
        _ order: PaymentOrderView, _ session: (opens: Timestamp, cutOff: Timestamp),
        _ admission: inout Admission
    ) -> ResultCode {
        guard (order.timeInForce == .goodTillDate) == (order.expiresAt != 0),
            order.expiresAt == 0 || order.expiresAt > session.opens
        else { return .expiryInvalid }
        guard (order.fillPolicy == .minimum) == (order.minimumFill != 0),
            order.minimumFill >= 0, order.minimumFill <= order.amount
        else { return .minimumFillInvalid }
        switch order.timeInForce {
        case .day: admission.expiresAt = session.cutOff
        case .goodTillDate: admission.expiresAt = order.expiresAt
        case .immediateOrCancel, .fillOrKill, .goodTillCancelled: admission.expiresAt = .never
        }
        return .accepted
    }

    /// The order's amount in fen, at the reference rate when it is fixed in foreign currency.
    @inline(__always)
    private func sizeInFen(
        _ order: PaymentOrderView, _ corridor: UnsafeMutablePointer<CorridorEntry>
    ) -> Int64? {
        (order.side == .payRenminbi) == (order.fixed == .pay)
            ? order.amount
            : multiply(
                order.amount, by: corridor.pointee.divisor.value,
                dividedBy: corridor.pointee.referenceRate, .down)
    }

    /// Fills that the order may cause: enough for its size in parts of the smallest order.
    @inline(__always)
    private func maximumFills(
        _ size: Int64, _ corridor: UnsafeMutablePointer<CorridorEntry>
    ) -> Int {
        Int(min(Int64(Limits.fillsPerCommand), corridor.pointee.minimumSize.quotient(size) + 64))
    }

    /// The worst-case pay amount with its fee, or nil when it passes the largest amount.
    @inline(__always)
    private func initialHold(
        _ order: PaymentOrderView, _ limit: Rate, _ ppm: UInt32, _ maximumFills: Int,
        _ divisor: Divisor
    ) -> Int64? {
        order.fixed == .pay
            ? order.amount + wholeFee(on: order.amount, ppm)
            : initialHold(receiving: order.amount, order.side, limit, ppm, maximumFills, divisor)
    }

    /// Each fill of an arrival is rounded in favour of the resting order. An order that fixes what
    /// is received can lose less than one minor unit on each: of what it pays, or of what it
    /// receives when the resting order fixes that side. The dearer of the two, at the limit, is
    /// held on top for every fill that the arrival may cause, until the step ends.
    @inline(never)
    private func initialHold(
        receiving amount: Int64, _ side: Side, _ limit: Rate, _ ppm: UInt32,
        _ maximumFills: Int, _ divisor: Divisor
    ) -> Int64? {
        guard
            let worst = worstPay(
                amount, side: side, fixed: .receive, limit: limit, divisor: divisor),
            worst <= Limits.maximumAmount
        else { return nil }
        // One minor unit costs no more than the whole amount, and that fitted.
        let one = worstPay(1, side: side, fixed: .receive, limit: limit, divisor: divisor)!
        let reserve = (Int64(maximumFills) + 1) * one
        return worst + reserve + wholeFee(on: worst + reserve, ppm)
    }
}
