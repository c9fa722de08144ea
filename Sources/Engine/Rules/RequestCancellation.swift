internal import Domain

extension RequestCancellation: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        guard reason.isValid else { return .refused(.reasonInvalid) }
        switch ledger.followed(about) {
        case .refused(let code): return .refused(code)
        case .open(let slot):
            guard ledger.mayAct(about, for: ledger.orders.pointer(slot).pointee.payer) else {
                return .refused(.paymentUnknown)
            }
            return ledger.cancel(slot, self, attachment)
        case .final(let row):
            guard ledger.mayAct(about, for: row.payer) else { return .refused(.paymentUnknown) }
            guard row.received > 0 else { return .refused(.nothingSettled) }
            return ledger.ask(self, row, attachment)
        }
    }
}

extension LedgerEngine where Book: ~Copyable {
    /// R15.9 What rests ends; of what was filled a case opens.
    fileprivate mutating func cancel(
        _ slot: OrderSlot, _ wish: RequestCancellation, _ attachment: AttachmentRange
    ) -> Verdict {
        let opensCase = orders.record(slot).pointee.received > 0
        guard !opensCase || !cases.isFull else { return .refused(.casesFull) }

        // From here on it must succeed.
        end(slot, .cancelledByBank)
        return opensCase ? ask(wish, beginning(slot), attachment) : .accepted
    }

    /// Opens a case, unless one is open or the request comes again.
    fileprivate mutating func ask(
        _ wish: RequestCancellation, _ before: FollowUpRow, _ attachment: AttachmentRange
    ) -> Verdict {
        let isSame = before.caseID > 0 && before.caseKey == wish.requestKey
        guard !isSame, !before.caseState.isOpen else { return .repetition(before.caseID) }
        guard before.left > 0 else { return .refused(.paymentReturned) }
        guard !cases.isFull else { return .refused(.casesFull) }

        // From here on it must succeed.
        let (row, opened) = openCase(
            .cancellation, before, reason: wish.reason, key: wish.requestKey,
            by: wish.about.submitter, attachment)
        tellOfFollowUp(.changed(put(row, after: before), opened))
        return .accepted(opened.id)
    }
}
