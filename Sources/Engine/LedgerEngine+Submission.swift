internal import Domain

extension LedgerEngine where Book: ~Copyable {
    /// Takes a payment order: refuses it by the ladder of the rulebook, or accepts, matches and
    /// settles it in this one step.
    ///
    /// - Parameter hash: that of the UETR.
    mutating func submit(_ order: PaymentOrderView, _ hash: UInt64) {
        submit(order, hash, asksCaps: false)
    }

    /// The same while debit caps are in force (R21). Twice in the program, so that a ledger without
    /// them pays nothing for the question.
    @inline(never)
    mutating func submitUnderCaps(_ order: PaymentOrderView, _ hash: UInt64) {
        submit(order, hash, asksCaps: true)
    }

    @inline(always)
    private mutating func submit(_ order: PaymentOrderView, _ hash: UInt64, asksCaps: Bool) {
        guard let (payer, search) = newcomer(order, hash) else { return }

        // From here on the order goes on record: accepted, rejected, or as an attempt.
        var admission = Admission()
        let code = admit(order, payer, asksCaps: asksCaps, &admission)
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
                acceptedAt: now, payment: number, creditorAndDate: UInt32(creditor)),
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
            creditorAndDate: UInt32(admission.creditor))
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
        if !waits || admission.hold != 0 {
            accounts.changeHold(admission.debitAccount, by: admission.hold)
        }
        dirtyOrders.append(slot)
        return slot
    }
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
        let code = admit(order, payer, asksCaps: true, &admission)
        guard code == .accepted else { return .failure(FollowUpRefusal(code)) }
        return .success(place(order, admission, payer, vacancy(hash)))
    }
}
