package import Domain

/// What the tables know of a UETR, or of an operator's command that is identified by it.
package struct RecordedPayments: Sendable {
    /// Final ones, of all payers.
    package var payments: [PaymentRow] = []
    package var attempts: [AttemptRow] = []
    /// The settlement dates that the payments state.
    package var dates: [PaymentID: CivilDate] = [:]
    /// Operators' commands, of all operators.
    package var commands: [OperatorCommandRow] = []
    /// Their proposals, where they became some.
    package var proposals: [ProposalRow] = []

    package init() {}

    /// Takes in a proposal as it stands now.
    package mutating func put(_ proposal: ProposalRow) {
        proposals.removeAll { $0.id == proposal.id }
        proposals.append(proposal)
    }
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

    /// R2.16 The payment of the order's content. That the payer has another one says nothing: this
    /// one may be forgotten.
    private func known(_ order: PaymentOrderView, _ hash: UInt64) -> OrderSlot? {
        guard nextRules >= .v3 else {
            let known = searchOrder(order.uetr, hash).number
            return known == 0 ? nil : known
        }
        return searchPayment(order, of: 0, hash)
    }

    private func isKept(_ slot: OrderSlot, at logIndex: UInt64) -> Bool {
        orders.pointer(slot).pointee.state.contains(.open)
            || isKept(endedIn: orders.record(slot).pointee.endedIn, at: logIndex)
    }

    private func isKept(endedIn batch: UInt64, at logIndex: UInt64) -> Bool {
        batch + UInt64(finals.span) > logIndex
    }

    /// The answer to an operator's command that was given before, to a repeated or cancelled
    /// payment that is final, or to an attempt, as it would be given if the ledger still knew what
    /// the record shows; nil when none of that is what the command is about.
    ///
    /// - Parameter record: everything on record with the key of the command.
    package func answer(_ command: CommandView, _ record: RecordedPayments) -> Outcome? {
        guard command.isOfPayment else { return answerToOperator(command, record) }
        let rows = record.payments
        require(rows.allSatisfy { $0.status.isFinal }, "a forgotten payment is final")
        if command.kind == .cancelPayment { return answer(command.cancellation, onRecord: rows) }
        let order = command.order
        guard nextRules >= .v3 else { return answerUnderVersion2(order, rows) }
        let payer = payer(order.payer, by: order.submitter, under: nextRules)
        return answer(order, payer, attempts: record.attempts)
            ?? answer(order, payer, onRecord: rows, record.dates)
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

    /// R2.16 The payment of this content comes first, whoever pays; then another one of this payer.
    private func answer(
        _ order: PaymentOrderView, _ payer: ParticipantID, onRecord rows: [PaymentRow],
        _ dates: [PaymentID: CivilDate]
    ) -> Outcome? {
        let same = rows.first { $0.contentHash == order.contentHash }
        let earlier = rows.first { $0.payer == payer && isContent(of: $0, order) }
        if let row = same ?? earlier {
            guard mayAct(order, for: payer) || mayAct(order, for: row.payer) else {
                let code = payer == 0 ? unknownPayer(order, under: nextRules) : .submitterNotPayer
                return Outcome(code: code, kind: .submitPayment)
            }
            guard !order.settlementDate.contradicts(dates[row.id] ?? .none) else {
                return Outcome(code: .uetrConflict, kind: .submitPayment)
            }
            return outcome(.submitPayment, onRecord: row)
        }
        // One that the ledger knows and the record does not show is answered by the ledger, which
        // will still know it. The payer's other payment may be forgotten by then.
        guard mayAct(order, for: payer), rows.contains(where: { $0.payer == payer }),
            searchPayment(order, of: 0, ordersByUETR.hash(order.uetr.bits)) == nil
        else { return nil }
        return Outcome(code: .uetrConflict, kind: .submitPayment)
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
        let known = sameAttempt(order, payer, ordersByUETR.hash(order.uetr.bits))
        return known != 0 && isKept(endedIn: orders.record(known).pointee.endedIn, at: logIndex)
    }

    /// R2.15 How many attempts at the order's payment the ledger will have forgotten when it
    /// applies the batch at `logIndex`.
    ///
    /// - Parameter rows: attempts on record with the UETR. Those may be missing that the ledger
    ///   will still know then.
    package func forgottenAttempts(
        at order: PaymentOrderView, among rows: [AttemptRow], in logIndex: UInt64
    ) -> Int {
        let payer = payer(order.payer, by: order.submitter, under: nextRules)
        let forgotten = rows.count {
            $0.payer == payer && !isKept(endedIn: $0.logIndex, at: logIndex)
        }
        return min(forgotten, Limits.attempts)
    }

    /// The refusal of the same attempt, which the ledger or the record knows.
    private func answer(
        _ order: PaymentOrderView, _ payer: ParticipantID, attempts rows: [AttemptRow]
    ) -> Outcome? {
        guard mayAct(order, for: payer) else { return nil }
        let same = rows.filter {
            $0.attempt == order.attemptKey && order.isAttempt(by: $0.payer, $0.contentHash, payer)
        }
        let known = refusal(of: order, payer, ordersByUETR.hash(order.uetr.bits))
        guard let code = known ?? same.max(by: { $0.id < $1.id })?.code else { return nil }
        return Outcome(code: code, kind: .submitPayment, isRepetition: true)
    }
}
