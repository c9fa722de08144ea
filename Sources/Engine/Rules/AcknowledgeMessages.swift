internal import Domain

extension AcknowledgeMessages: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        let id = ledger.participants.find(participant, under: ledger.rules)
        guard id != 0 else { return .refused(.participantUnknown) }
        var row = ledger.outbox.row(id)
        guard number > 0, number <= row.newest else { return .refused(.messageUnknown) }
        guard number > row.acknowledged else { return .repetition }

        // From here on it must succeed.
        row.acknowledged = number
        ledger.outbox.put(row)
        return .accepted
    }
}
