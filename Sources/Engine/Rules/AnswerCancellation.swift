internal import Domain

extension AnswerCancellation: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        guard reason.isValid || !isRefused && reason == .none else {
            return .refused(.reasonInvalid)
        }
        let before: FollowUpRow
        switch ledger.settled(forCreditor: about) {
        case .failure(let refusal): return .refused(refusal.code)
        case .success(let row): before = row
        }
        guard caseID > 0, before.caseID == caseID else { return .refused(.caseNotOpen) }
        let state = isRefused ? CaseState.refused : .pending
        guard before.caseState != state || before.caseReason != reason else {
            return .repetition(caseID)
        }
        guard before.caseState.isOpen else { return .refused(.caseNotOpen) }
        guard before.credit != .rejected else { return .refused(.caseNeedsReturn) }

        // From here on it must succeed.
        let (row, changed) = ledger.changeCase(of: before, to: state, answer: reason)
        ledger.tellOfFollowUp(.changed(ledger.put(row, after: before), changed))
        return .accepted(caseID)
    }
}
