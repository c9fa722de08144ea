package import Domain

/// What the tables know of a UETR, or of an operator's command that is identified by it.
package struct RecordedPayments: Sendable {
    /// Final ones, of all payers.
    package var payments: [PaymentRow] = []
    package var attempts: [AttemptRow] = []
    /// Operators' commands, of all operators.
    package var commands: [OperatorCommandRow] = []

    package init() {}
}

// R2.10 What the ledger has forgotten is answered from the record. Here is what it still knows, and
// what it says of the rest when it is shown the record.
extension LedgerEngine where Book: ~Copyable {
    /// Whether the ledger will still know what the command is about when it applies the batch at
    /// `logIndex`; false of a payment that it never knew.
    package func remembers(_ command: CommandView, at logIndex: UInt64) -> Bool {
        if command.kind == .cancelPayment {
            return legs(of: command.cancellation, nextRules)
                .contains { isKept($0, at: logIndex) }
        }
        let hash = ordersByUETR.hash(command.uetrBits)
        guard let known = known(command.order, hash) else { return false }
        return isKept(known, at: logIndex)
    }

    private func known(_ order: PaymentOrderView, _ hash: UInt64) -> OrderSlot? {
        guard nextRules >= .v3 else {
            let known = searchOrder(order.uetr, hash).number
            return known == 0 ? nil : known
        }
        let payer = payer(order.payer, by: order.submitter, under: nextRules)
        return searchPayment(order, of: payer, hash)
    }

    private func isKept(_ slot: OrderSlot, at logIndex: UInt64) -> Bool {
        orders.pointer(slot).pointee.state.contains(.open)
            || orders.record(slot).pointee.endedIn + UInt64(finals.span) > logIndex
    }

    /// The answer to an operator's command that was given before, or to a repeated or cancelled
    /// payment that is final, as it would be given if the ledger still knew that; nil when nothing
    /// on record is what the command is about.
    ///
    /// - Parameter record: everything on record with the key of the command.
    package func answer(_ command: CommandView, _ record: RecordedPayments) -> Outcome? {
        guard command.isOfPayment else { return answer(command, onRecord: record.commands) }
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
        legs(of: cancellation, nextRules)
            .contains { orders.pointer($0).pointee.state.contains(.open) }
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

    /// Whether the ledger will still know the attempt when it applies the batch at `logIndex`.
    package func remembersAttempt(_ order: PaymentOrderView, at logIndex: UInt64) -> Bool {
        let payer = payer(order.payer, by: order.submitter, under: nextRules)
        let hash = ordersByUETR.hash(order.uetr.bits)
        let known = sameAttempt(order, payer, hash, under: nextRules)
        return known != 0 && orders.record(known).pointee.endedIn + UInt64(finals.span) > logIndex
    }

    /// What the attempts on record say to an order: refused as before, or that there are too many;
    /// nil when they say nothing.
    private func answer(
        _ order: PaymentOrderView, attempts rows: [AttemptRow], hasPayment: Bool
    ) -> Outcome? {
        let payer = payer(order.payer, by: order.submitter, under: nextRules)
        let hash = ordersByUETR.hash(order.uetr.bits)
        let mayAct =
            payer != 0 && participants.mayAct(order.submitter, for: payer, under: nextRules)
        guard let code = refusal(of: order, payer, onRecord: rows) else {
            guard mayAct, !hasPayment, isExhausted(order, payer, hash, rows) else { return nil }
            return Outcome(code: .attemptsExhausted, kind: .submitPayment)
        }
        if mayAct { return Outcome(code: code, kind: .submitPayment, isRepetition: true) }
        // It does not go into the log, where somebody might pay by the time that it is applied.
        guard !hasPayment, searchPayment(order, of: 0, hash) == nil else { return nil }
        let reason = payer == 0 ? unknownPayer(order, under: nextRules) : .submitterNotPayer
        return Outcome(code: reason, kind: .submitPayment)
    }

    private func refusal(
        of order: PaymentOrderView, _ payer: ParticipantID, onRecord rows: [AttemptRow]
    ) -> ResultCode? {
        let same = rows.filter {
            $0.attempt == order.attemptKey
                && mayBeAttempt(of: $0.payer, order, payer, under: nextRules)
        }
        return same.max { $0.id < $1.id }?.code
    }

    private func isExhausted(
        _ order: PaymentOrderView, _ payer: ParticipantID, _ hash: UInt64, _ rows: [AttemptRow]
    ) -> Bool {
        let known = attempts(at: order.uetr, of: payer, hash)
        let count = Set(rows.filter { $0.payer == payer }.map(\.attempt)).union(known.keys).count
        return count >= Limits.attempts && !knowsPayment(order.uetr, of: payer, hash)
    }
}
