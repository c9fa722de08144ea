internal import Domain

extension SetParticipantState: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        let id = ledger.participants.registered(bic)
        guard id != 0 else { return .refused(.participantUnknown) }
        var row = ledger.participants.row(id)
        guard row.state != state else { return .accepted }

        // From here on it must succeed.
        row.state = state
        ledger.participants.put(row)
        if state == .suspended { ledger.endOrders(ofSuspended: id) }
        return .accepted
    }
}

extension LedgerEngine where Book: ~Copyable {
    fileprivate mutating func endOrders(ofSuspended id: ParticipantID) {
        let settling = participants.settling(through: id)
        endOrders(.participantSuspended) { order, creditor in
            settling[Int(order.payer)] || settling[Int(creditor)]
        }
    }
}
