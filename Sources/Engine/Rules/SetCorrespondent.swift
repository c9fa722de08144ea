internal import Domain

extension SetCorrespondent: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        let id = ledger.participants.registered(correspondent)
        guard id != 0 else { return .refused(.participantUnknown) }
        let correspondence = Correspondence(ledger.participants.bic(id), of: bank)
        let known = ledger.correspondents.row(correspondence)
        guard (known?.isActive ?? false) == ended else { return .repetition }
        guard ended || mayHaveCorrespondent(ledger) else {
            return .refused(.correspondentInvalid)
        }
        guard known != nil || !ledger.correspondents.isFull else {
            return .refused(.correspondentsFull)
        }

        // From here on it must succeed.
        ledger.correspondents.put(CorrespondentRow(correspondence, isActive: !ended))
        return .accepted
    }

    private func mayHaveCorrespondent<Book>(
        _ ledger: borrowing LedgerEngine<Book>
    ) -> Bool where Book: OrderBook & ~Copyable {
        BIC("\(bank)") == bank && ledger.participants.find(bank, under: ledger.rules) == 0
    }
}
