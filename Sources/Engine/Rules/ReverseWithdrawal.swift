internal import Domain

extension ReverseWithdrawal: Rule, OfWithdrawal {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        guard reason != .none else { return .refused(.reasonMissing) }
        let withdrawals = ledger.registers.of(WithdrawalRow.self)
        guard var row = withdrawals.find(reference.bits) else {
            return .refused(.withdrawalUnknown)
        }
        guard row.state != .reversed || row.reason != reason else { return .repetition }
        guard WithdrawalState.reversed.mayFollow(row.state) else {
            return .refused(.withdrawalNotInState)
        }

        // From here on it must succeed.
        ledger.withdrawalsUnderWay[row.account, default: 1] -= 1
        ledger.accounts.changeHold(row.account, by: -row.amount)
        row.state = .reversed
        row.reason = reason
        row.updatedAt = ledger.now
        withdrawals.put(row)
        return .accepted
    }
}
