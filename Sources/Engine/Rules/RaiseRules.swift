internal import Domain

extension RaiseRules: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        guard let raised = RuleVersion(rawValue: version), raised >= ledger.nextRules else {
            return .refused(.rulesInvalid)
        }
        guard raised > ledger.nextRules else { return .repetition }

        // From here on it must succeed.
        ledger.setRules(raised)
        return .accepted
    }
}
