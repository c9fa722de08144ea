internal import Domain

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
        switch meant(by: cancellation, hash) {
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
    private mutating func meant(by cancellation: Cancellation, _ hash: UInt64) -> Meant {
        var open: OrderSlot = 0
        var isAmbiguous = false
        var last: OrderSlot = 0
        var candidates = ordersByUETR.candidates(hash: hash)
        while let slot = candidates.next() {
            guard isPayment(slot, cancellation.uetr), isMeant(slot, by: cancellation) else {
                continue
            }
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

    @inline(__always)
    private func isPayment(_ slot: OrderSlot, _ uetr: UETR) -> Bool {
        orders.record(slot).pointee.uetr == uetr
            && !orders.pointer(slot).pointee.state.contains(.attempt)
    }

    @inline(__always)
    private mutating func isMeant(_ slot: OrderSlot, by cancellation: Cancellation) -> Bool {
        let payer = orders.pointer(slot).pointee.payer
        if cancellation.payer == .none, participants.settles(payer, cancellation.submitter) {
            return true
        }
        return mayBeMeant(payer, by: cancellation)
    }

    /// Seldom, and `mutating` like what is seldom in a submission.
    @inline(never)
    private mutating func mayBeMeant(
        _ payer: ParticipantID, by cancellation: Cancellation
    ) -> Bool {
        mayCancel(cancellation, payer, rules)
    }

    /// The payments in memory that the cancellation may be about.
    ///
    /// - Complexity: O(payments and attempts with the UETR).
    func legs(of cancellation: Cancellation, _ rules: RuleVersion) -> [OrderSlot] {
        var legs: [OrderSlot] = []
        ordersByUETR.eachCandidate(hash: ordersByUETR.hash(cancellation.uetr.bits)) { slot in
            if isPayment(slot, cancellation.uetr),
                mayCancel(cancellation, orders.pointer(slot).pointee.payer, rules)
            {
                legs.append(slot)
            }
        }
        return legs
    }

    /// R3.13 Whether the cancellation may be about a payment of this payer.
    func mayCancel(
        _ cancellation: Cancellation, _ payer: ParticipantID, _ rules: RuleVersion
    ) -> Bool {
        participants.mayAct(cancellation.submitter, for: payer, under: rules)
            && (cancellation.payer == .none
                || self.payer(namedBy: cancellation, under: rules) == payer)
    }
}
