internal import Domain

extension SetDatedFunding: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        let id = ledger.participants.registered(participant)
        guard id != 0 else { return .refused(.participantUnknown) }
        guard ledger.dated.funding(of: id) != funding else { return .repetition }

        // From here on it must succeed.
        ledger.dated.setFunding(of: id, to: funding)
        return .accepted
    }
}
