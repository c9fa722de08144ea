internal import Domain

extension OrderWithdrawal: Rule, OfWithdrawal {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        let withdrawals = ledger.registers.of(WithdrawalRow.self)
        guard var row = withdrawals.find(reference.bits) else {
            return .refused(.withdrawalUnknown)
        }
        guard row.state != .ordered else { return .repetition }
        guard WithdrawalState.ordered.mayFollow(row.state) else {
            return .refused(.withdrawalNotInState)
        }
        let currency = ledger.accounts.row(row.account).currency
        if let code = ledger.refusal(row.nostro, currency) { return .refused(code) }

        // From here on it must succeed.
        row.state = .ordered
        row.updatedAt = ledger.now
        withdrawals.put(row)
        return .accepted
    }
}
