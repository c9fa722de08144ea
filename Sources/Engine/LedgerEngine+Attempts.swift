internal import Domain

// R2.14 An order that is refused for a passing reason is an attempt, not a payment. It stands among
// the orders that the ledger knows, final from the beginning, and is forgotten like a payment.

extension PaymentOrderView {
    /// What tells one attempt at a payment from another.
    var attemptKey: UInt128 { attempt == 0 ? contentHash : attempt }

    /// Whether an attempt on record, with the same identification, is one at this order. Attempts
    /// of one bank are not another's. But who the order means may have changed after it was refused
    /// (R3.14, R3.16): then its content tells a late duplicate, which must not pay.
    ///
    /// - Parameters:
    ///   - recorded: whose attempt it is.
    ///   - content: of the order that was refused.
    ///   - payer: found now.
    func isAttempt(
        by recorded: ParticipantID, _ content: UInt128, _ payer: ParticipantID
    ) -> Bool {
        recorded == payer || content == contentHash
    }
}

extension LedgerEngine where Book: ~Copyable {
    /// Puts the refusal of an attempt on record, unless eight are there. The order says how many of
    /// them are forgotten (R2.15).
    ///
    /// - Parameter search: found no payment with the UETR.
    @inline(never)
    mutating func attempt(
        _ order: PaymentOrderView, _ code: ResultCode, _ payer: ParticipantID,
        _ search: IdentifierTable.Search, _ hash: UInt64
    ) {
        let known = attempts(at: order.uetr, of: payer, hash).count
        guard known + Int(order.forgottenAttempts) < Limits.attempts else {
            return report(Outcome(code: .attemptsExhausted, kind: .submitPayment))
        }
        let row = AttemptRow(
            id: AttemptRow.id(position.logIndex + 1, attemptsInBatch), timestamp: now,
            payer: payer, uetr: order.uetr, attempt: order.attemptKey,
            contentHash: order.contentHash, code: code, attachment: order.attachment)
        let slot = remember(row, search)
        becomeFinal(slot, in: position.logIndex + 1)
        attemptsInBatch += 1
        position.finalsHash &+= row.stateHash
        effects.declared.append(row)
        report(Outcome(code: code, kind: .submitPayment))
    }

    /// Takes an attempt among the orders that the ledger knows.
    mutating func remember(_ row: AttemptRow, _ search: IdentifierTable.Search) -> OrderSlot {
        // Its number stands for no payment, and falls within a batch; 0 is a slot that is free.
        var record = OrderRecord(
            uetr: row.uetr, contentHash: row.attempt, amount: 0,
            payment: .max - UInt32(row.place))
        record.attemptedContent = row.contentHash
        let slot = orders.take(
            Order(
                tick: 0, payer16: UInt16(row.payer), code: row.code, remaining: 0, foreign: .cny,
                side: .payRenminbi, fixed: .pay, timeInForce: .immediateOrCancel,
                fillPolicy: .any, state: .attempt),
            record)
        index(slot, search)
        return slot
    }

    /// The refusal of the same attempt, if the ledger knows it.
    func refusal(
        of order: PaymentOrderView, _ payer: ParticipantID, _ hash: UInt64
    ) -> ResultCode? {
        let known = sameAttempt(order, payer, hash)
        return known == 0 ? nil : orders.pointer(known).pointee.code
    }

    /// The newest record of the same attempt, or 0: while any is known, that one is.
    ///
    /// - Complexity: O(payments and attempts with the UETR).
    func sameAttempt(
        _ order: PaymentOrderView, _ payer: ParticipantID, _ hash: UInt64
    ) -> OrderSlot {
        var newest: OrderSlot = 0
        ordersByUETR.eachCandidate(hash: hash) { slot in
            let known = orders.pointer(slot).pointee
            let record = orders.record(slot).pointee
            guard known.state.contains(.attempt), record.uetr == order.uetr,
                record.contentHash == order.attemptKey,
                order.isAttempt(by: known.payer, record.attemptedContent, payer)
            else { return }
            if newest == 0 || isNewer(record, orders.record(newest).pointee) { newest = slot }
        }
        return newest
    }

    private func isNewer(_ attempt: OrderRecord, _ other: OrderRecord) -> Bool {
        (attempt.endedIn, other.payment) > (other.endedIn, attempt.payment)
    }

    /// The attempts at a payment that the ledger knows.
    ///
    /// - Complexity: O(payments and attempts with the UETR).
    func attempts(at uetr: UETR, of payer: ParticipantID, _ hash: UInt64) -> [UInt128] {
        var found: [UInt128] = []
        ordersByUETR.eachCandidate(hash: hash) { slot in
            let order = orders.pointer(slot).pointee
            guard order.state.contains(.attempt), order.payer == payer,
                orders.record(slot).pointee.uetr == uetr
            else { return }
            found.append(orders.record(slot).pointee.contentHash)
        }
        return found
    }
}
