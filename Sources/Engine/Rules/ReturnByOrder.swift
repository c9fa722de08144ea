internal import Domain

extension ReturnByOrder: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        guard reason.isValid else { return .refused(.reasonInvalid) }
        guard amount > 0, amount <= Limits.maximumAmount else { return .refused(.amountInvalid) }
        guard limit != .none else { return .refused(.rateOffTick) }
        let before: FollowUpRow
        switch ledger.settled(forCreditor: about) {
        case .failure(let refusal): return .refused(refusal.code)
        case .success(let row): before = row
        }
        if let verdict = ledger.verdict(
            onReturn: returnKey, contentHash, of: amount, from: before)
        {
            return verdict
        }
        guard !ledger.returnOrders.isFull else { return .refused(.openOrdersFull) }
        switch ledger.place(self, before, attachment) {
        case .failure(let refusal): return .refused(refusal.code)
        case .success(let slot): return .accepted(order: slot)
        }
    }
}
