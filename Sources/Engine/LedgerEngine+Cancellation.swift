package import Domain

/// The payment that a cancellation is about. Two banks may have payments with one UETR, and one
/// bank may act for both.
private enum Meant {
    case none
    case one(OrderSlot)
    case several
}

extension LedgerEngine where Book: ~Copyable {
    /// Ends the unfilled rest of a bank's own order.
    mutating func cancel(_ cancellation: Cancellation, _ hash: UInt64) {
        switch meant(by: cancellation, hash, rules) {
        case .none: report(Outcome(code: .paymentUnknown, kind: .cancelPayment))
        case .several: report(Outcome(code: .paymentAmbiguous, kind: .cancelPayment))
        case .one(let slot): cancel(slot)
        }
    }

    private mutating func cancel(_ slot: OrderSlot) {
        if orders.pointer(slot).pointee.state.contains(.open) {
            end(slot, .cancelledByBank)
            return report(outcome(.cancelPayment, of: slot))
        }
        var answer = outcome(.cancelPayment, of: slot)
        answer.isRepetition = answer.endReason == .cancelledByBank
        answer.code = answer.isRepetition ? .accepted : .paymentFinal
        report(answer)
    }

    /// R3.13 The open payment; when none is open, the one that ended last. Those that are forgotten
    /// ended before those that are known.
    @inline(always)
    private func meant(
        by cancellation: Cancellation, _ hash: UInt64, _ rules: RuleVersion
    ) -> Meant {
        var open: OrderSlot = 0
        var isAmbiguous = false
        var last: OrderSlot = 0
        eachLeg(of: cancellation, hash, rules) { slot in
            if orders.pointer(slot).pointee.state.contains(.open) {
                isAmbiguous = isAmbiguous || open != 0
                open = slot
            } else if last == 0 || ended(slot) > ended(last) {
                last = slot
            }
        }
        if isAmbiguous { return .several }
        let slot = open != 0 ? open : last
        return slot == 0 ? .none : .one(slot)
    }

    @inline(__always)
    private func ended(_ slot: OrderSlot) -> (in: UInt64, payment: UInt32) {
        let record = orders.record(slot)
        return (record.pointee.endedIn, record.pointee.payment)
    }

    /// The payments in memory that the cancellation may be about.
    @inline(always)
    private func eachLeg(
        of cancellation: Cancellation, _ hash: UInt64, _ rules: RuleVersion,
        _ visit: (OrderSlot) -> Void
    ) {
        ordersByUETR.eachCandidate(hash: hash) { slot in
            guard orders.record(slot).pointee.uetr == cancellation.uetr,
                !orders.pointer(slot).pointee.state.contains(.attempt)
            else { return }
            if mayCancel(cancellation, orders.pointer(slot).pointee.payer, rules) { visit(slot) }
        }
    }

    @inline(__always)
    private func mayCancel(
        _ cancellation: Cancellation, _ payer: ParticipantID, _ rules: RuleVersion
    ) -> Bool {
        participants.mayAct(cancellation.submitter, for: payer, under: rules)
            && (cancellation.payer == .none
                || self.payer(cancellation.payer, by: cancellation.submitter, under: rules)
                    == payer)
    }

    // MARK: Payments that are forgotten

    /// Whether the ledger will still know what the command is about when it applies the batch at
    /// `logIndex`; false of a payment that it never knew.
    package func remembers(_ command: CommandView, at logIndex: UInt64) -> Bool {
        let hash = ordersByUETR.hash(command.uetrBits)
        if command.kind == .cancelPayment {
            var remembers = false
            eachLeg(of: command.cancellation, hash, nextRules) { slot in
                remembers = remembers || isKept(slot, at: logIndex)
            }
            return remembers
        }
        let known = known(command.order, hash)
        return known != 0 && isKept(known, at: logIndex)
    }

    private func known(_ order: PaymentOrderView, _ hash: UInt64) -> OrderSlot {
        guard nextRules >= .v3 else { return searchOrder(order.uetr, hash).number }
        let payer = payer(order.payer, by: order.submitter, under: nextRules)
        var isShared = false
        let own = searchOrder(order.uetr, of: payer, hash, &isShared).number
        return own == 0 && isShared ? searchContent(order, hash) ?? 0 : own
    }

    private func isKept(_ slot: OrderSlot, at logIndex: UInt64) -> Bool {
        orders.pointer(slot).pointee.state.contains(.open)
            || orders.record(slot).pointee.endedIn + UInt64(finals.span) > logIndex
    }

    /// The answer to a repeated or cancelled payment that is final, as `submit` and `cancel` would
    /// give it if they still knew the payment; nil when none of them is what the command is about.
    ///
    /// - Parameter record: everything on record with the UETR of the command.
    package func answer(_ command: CommandView, _ record: RecordedPayments) -> Outcome? {
        let rows = record.payments
        require(rows.allSatisfy { $0.status.isFinal }, "a forgotten payment is final")
        if command.kind == .cancelPayment { return answer(command.cancellation, onRecord: rows) }
        let paid = answer(command.order, onRecord: rows)
        guard nextRules >= .v3 else { return paid }
        return answer(command.order, attempts: record.attempts, hasPayment: paid != nil) ?? paid
    }

    private func answer(_ cancellation: Cancellation, onRecord rows: [PaymentRow]) -> Outcome? {
        // An open one may have come meanwhile, and then it is meant.
        guard !hasOpenLeg(cancellation) else { return nil }
        let own = rows.filter { mayCancel(cancellation, $0.payer, nextRules) }
        guard let row = own.max(by: { ($0.updatedAt, $0.id) < ($1.updatedAt, $1.id) }) else {
            return nil
        }
        var answer = outcome(.cancelPayment, onRecord: row)
        answer.isRepetition = row.endReason == .cancelledByBank
        answer.code = answer.isRepetition ? .accepted : .paymentFinal
        return answer
    }

    private func hasOpenLeg(_ cancellation: Cancellation) -> Bool {
        var isOpen = false
        let hash = ordersByUETR.hash(cancellation.uetr.bits)
        eachLeg(of: cancellation, hash, nextRules) { slot in
            isOpen = isOpen || orders.pointer(slot).pointee.state.contains(.open)
        }
        return isOpen
    }

    private func answer(_ order: PaymentOrderView, onRecord rows: [PaymentRow]) -> Outcome? {
        guard nextRules >= .v3 else { return answerUnderVersion2(order, rows) }
        let payer = payer(order.payer, by: order.submitter, under: nextRules)
        let mayAct = mayAct(order, for: payer)
        if mayAct, let own = rows.first(where: { $0.payer == payer }),
            own.contentHash != order.contentHash
        {
            return Outcome(code: .uetrConflict, kind: .submitPayment)
        }
        // R2.16 Whoever was found as its payer. That this is not a new order is certain, also when
        // its BICs mean others by the time that a batch would be applied.
        guard let row = rows.first(where: { $0.contentHash == order.contentHash }) else {
            return nil
        }
        guard mayAct || self.mayAct(order, for: row.payer) else {
            let code = payer == 0 ? unknownPayer(order, under: nextRules) : .submitterNotPayer
            return Outcome(code: code, kind: .submitPayment)
        }
        return outcome(.submitPayment, onRecord: row)
    }

    private func answerUnderVersion2(
        _ order: PaymentOrderView, _ rows: [PaymentRow]
    ) -> Outcome? {
        guard let row = rows.first else { return nil }
        guard mayAct(order, for: row.payer), row.contentHash == order.contentHash else {
            return Outcome(code: .uetrConflict, kind: .submitPayment)
        }
        return outcome(.submitPayment, onRecord: row)
    }

    private func mayAct(_ order: PaymentOrderView, for payer: ParticipantID) -> Bool {
        payer != 0 && participants.mayAct(order.submitter, for: payer, under: nextRules)
    }

    private func outcome(_ kind: CommandKind, onRecord row: PaymentRow) -> Outcome {
        Outcome(
            code: row.code, kind: kind, status: row.status, endReason: row.endReason,
            isRepetition: true, payment: row.id, paid: row.paid, received: row.received)
    }
}

/// What the tables know of a UETR.
package struct RecordedPayments: Sendable {
    /// Final ones, of all payers.
    package var payments: [PaymentRow] = []
    package var attempts: [AttemptRow] = []

    package init() {}
}
