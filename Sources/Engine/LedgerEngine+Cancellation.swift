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
    private func meant(by cancellation: Cancellation, _ hash: UInt64) -> Meant {
        var open: OrderSlot = 0
        var isAmbiguous = false
        var last: OrderSlot = 0
        eachLeg(of: cancellation, hash) { slot in
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
    func eachLeg(
        of cancellation: Cancellation, _ hash: UInt64, _ visit: (OrderSlot) -> Void
    ) {
        ordersByUETR.eachCandidate(hash: hash) { slot in
            guard orders.record(slot).pointee.uetr == cancellation.uetr,
                !orders.pointer(slot).pointee.state.contains(.attempt)
            else { return }
            if mayCancel(cancellation, orders.pointer(slot).pointee.payer) { visit(slot) }
        }
    }

    @inline(__always)
    func mayCancel(_ cancellation: Cancellation, _ payer: ParticipantID) -> Bool {
        participants.mayAct(cancellation.submitter, for: payer)
            && (cancellation.payer == .none || cancellation.payer == participants.bic(payer))
    }
}
