package import Domain

// R2.14 An order that is refused for a passing reason is an attempt, not a payment. It stands among
// the orders that the ledger knows, final from the beginning, and is forgotten like a payment.

extension PaymentOrderView {
    /// What tells one attempt at a payment from another.
    var attemptKey: UInt128 { attempt == 0 ? contentHash : attempt }
}

extension LedgerEngine where Book: ~Copyable {
    /// Puts the refusal of an attempt on record.
    ///
    /// - Parameter search: found no payment with the UETR.
    @inline(never)
    mutating func attempt(
        _ order: PaymentOrderView, _ code: ResultCode, _ payer: ParticipantID,
        _ search: IdentifierTable.Search, _ hash: UInt64
    ) {
        guard attempts(at: order.uetr, of: payer, hash).count < Limits.attempts else {
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
        let slot = orders.take(
            Order(
                tick: 0, payer16: UInt16(row.payer), code: row.code, remaining: 0, foreign: .cny,
                side: .payRenminbi, fixed: .pay, timeInForce: .immediateOrCancel,
                fillPolicy: .any, state: .attempt),
            // Its number stands for no payment; 0 is a slot that is free.
            OrderRecord(uetr: row.uetr, contentHash: row.attempt, amount: 0, payment: .max))
        index(slot, search)
        attemptCount += 1
        return slot
    }

    mutating func repeatedAttempt(_ code: ResultCode) {
        report(Outcome(code: code, kind: .submitPayment, isRepetition: true))
    }

    /// The refusal of the same attempt, if the ledger knows it.
    @inline(never)
    func refusal(
        of order: PaymentOrderView, _ payer: ParticipantID, _ hash: UInt64
    ) -> ResultCode? {
        attempts(at: order.uetr, of: payer, hash)[order.attemptKey]
    }

    /// The attempts at a payment that the ledger knows, and why each was refused.
    ///
    /// - Complexity: O(payments and attempts with the UETR).
    func attempts(
        at uetr: UETR, of payer: ParticipantID, _ hash: UInt64
    ) -> [UInt128: ResultCode] {
        var found: [UInt128: ResultCode] = [:]
        ordersByUETR.eachCandidate(hash: hash) { slot in
            let order = orders.pointer(slot).pointee
            guard order.state.contains(.attempt), order.payer == payer,
                orders.record(slot).pointee.uetr == uetr
            else { return }
            found[orders.record(slot).pointee.contentHash] = order.code
        }
        return found
    }

    /// Whether the ledger will still know the attempt when it applies the batch at `logIndex`.
    package func remembersAttempt(_ order: PaymentOrderView, at logIndex: UInt64) -> Bool {
        let payer = payer(order.payer, by: order.submitter, under: nextRules)
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
    func answer(
        _ order: PaymentOrderView, attempts rows: [AttemptRow], hasPayment: Bool
    ) -> Outcome? {
        let payer = payer(order.payer, by: order.submitter, under: nextRules)
        guard payer != 0, participants.mayAct(order.submitter, for: payer, under: nextRules) else {
            return nil
        }
        let own = rows.filter { $0.payer == payer }
        if let same = own.first(where: { $0.attempt == order.attemptKey }) {
            return Outcome(code: same.code, kind: .submitPayment, isRepetition: true)
        }
        let hash = ordersByUETR.hash(order.uetr.bits)
        let known = attempts(at: order.uetr, of: payer, hash)
        var isShared = false
        let count = Set(own.map(\.attempt)).union(known.keys).count
        guard count >= Limits.attempts, !hasPayment,
            searchOrder(order.uetr, of: payer, hash, &isShared).number == 0
        else { return nil }
        return Outcome(code: .attemptsExhausted, kind: .submitPayment)
    }
}
