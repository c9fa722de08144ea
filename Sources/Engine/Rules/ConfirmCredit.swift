internal import Domain

extension ConfirmCredit: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        guard isFitting else { return .refused(.reasonInvalid) }
        let before: FollowUpRow
        switch ledger.settled(forCreditor: about) {
        case .failure(let refusal): return .refused(refusal.code)
        case .success(let row): before = row
        }
        guard before.credit != credit || before.creditReason != reason else { return .repetition }
        guard !before.credit.isFinal else { return .refused(.creditFinal) }
        guard before.left > 0 else { return .refused(.paymentReturned) }
        let opensCase = credit == .rejected && !before.caseState.isOpen
        guard !opensCase || !ledger.cases.isFull else { return .refused(.casesFull) }

        // From here on it must succeed.
        var row = before
        row.credit = credit
        row.creditReason = reason
        row.creditAt = ledger.now
        guard opensCase else {
            ledger.tellOfFollowUp(.credit(ledger.put(row, after: before)))
            return .accepted
        }
        let (next, opened) = ledger.openCase(
            .creditRejected, row, reason: reason, key: 0, by: about.submitter, .none)
        row = ledger.put(next, after: before)
        ledger.tellOfFollowUp(.credit(row))
        ledger.tellOfFollowUp(.changed(row, opened))
        return .accepted(opened.id)
    }

    /// R15.5 A rejection says why, a credit needs no reason.
    private var isFitting: Bool {
        switch credit {
        case .none: false
        case .credited: reason == .none
        case .rejected: reason.isValid
        case .pending: reason == .none || reason.isValid
        }
    }
}
