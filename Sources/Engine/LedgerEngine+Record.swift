package import Domain

/// What the tables know of a UETR.
package struct RecordedPayments: Sendable {
    /// Final ones, of all payers.
    package var payments: [PaymentRow] = []
    package var attempts: [AttemptRow] = []

    package init() {}
}

// R2.10 What the ledger has forgotten is answered from the record. Here is what it still knows, and
// what it says of the rest when it is shown the record.
extension LedgerEngine where Book: ~Copyable {
    /// Whether the ledger will still know what the command is about when it applies the batch at
    /// `logIndex`; false of a payment that it never knew.
    package func remembers(_ command: CommandView, at logIndex: UInt64) -> Bool {
        let hash = ordersByUETR.hash(command.uetrBits)
        if command.kind == .cancelPayment {
            var remembers = false
            eachLeg(of: command.cancellation, hash) { slot in
                remembers = remembers || isKept(slot, at: logIndex)
            }
            return remembers
        }
        let uetr = command.order.uetr
        let known =
            nextRules >= .v3
            ? searchOrder(uetr, of: participants.find(command.order.payer), hash).number
            : searchOrder(uetr, hash).number
        return known != 0 && isKept(known, at: logIndex)
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
        let own = rows.filter { mayCancel(cancellation, $0.payer) }
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
        eachLeg(of: cancellation, ordersByUETR.hash(cancellation.uetr.bits)) { slot in
            isOpen = isOpen || orders.pointer(slot).pointee.state.contains(.open)
        }
        return isOpen
    }

    private func answer(_ order: PaymentOrderView, onRecord rows: [PaymentRow]) -> Outcome? {
        let isOfPayer = nextRules >= .v3
        let payer = participants.find(order.payer)
        guard let row = rows.first(where: { !isOfPayer || $0.payer == payer }) else { return nil }
        let mayAct = participants.mayAct(order.submitter, for: row.payer)
        // The ladder names this first.
        guard mayAct || !isOfPayer else { return nil }
        guard mayAct, row.contentHash == order.contentHash else {
            return Outcome(code: .uetrConflict, kind: .submitPayment)
        }
        return outcome(.submitPayment, onRecord: row)
    }

    private func outcome(_ kind: CommandKind, onRecord row: PaymentRow) -> Outcome {
        Outcome(
            code: row.code, kind: kind, status: row.status, endReason: row.endReason,
            isRepetition: true, payment: row.id, paid: row.paid, received: row.received)
    }

    /// Whether the ledger will still know the attempt when it applies the batch at `logIndex`.
    package func remembersAttempt(_ order: PaymentOrderView, at logIndex: UInt64) -> Bool {
        let payer = participants.find(order.payer)
        var remembers = false
        ordersByUETR.eachCandidate(hash: ordersByUETR.hash(order.uetr.bits)) { slot in
            let record = orders.record(slot).pointee
            guard orders.pointer(slot).pointee.state.contains(.attempt),
                orders.pointer(slot).pointee.payer == payer, record.uetr == order.uetr,
                record.contentHash == order.attemptKey
            else { return }
            remembers = record.endedIn + UInt64(finals.span) > logIndex
        }
        return remembers
    }

    /// What the attempts on record say to an order: refused as before, or that there are too many;
    /// nil when they say nothing.
    private func answer(
        _ order: PaymentOrderView, attempts rows: [AttemptRow], hasPayment: Bool
    ) -> Outcome? {
        let payer = participants.find(order.payer)
        guard participants.mayAct(order.submitter, for: payer) else { return nil }
        let own = rows.filter { $0.payer == payer }
        if let same = own.first(where: { $0.attempt == order.attemptKey }) {
            return Outcome(code: same.code, kind: .submitPayment, isRepetition: true)
        }
        let hash = ordersByUETR.hash(order.uetr.bits)
        let known = attempts(at: order.uetr, of: payer, hash)
        let count = Set(own.map(\.attempt)).union(known.keys).count
        guard count >= Limits.attempts, !hasPayment,
            searchOrder(order.uetr, of: payer, hash).number == 0
        else { return nil }
        return Outcome(code: .attemptsExhausted, kind: .submitPayment)
    }
}
