internal import Domain

extension ConfirmWithdrawal: Rule, OfWithdrawal {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        let withdrawals = ledger.registers.of(WithdrawalRow.self)
        guard var row = withdrawals.find(reference.bits) else {
            return .refused(.withdrawalUnknown)
        }
        guard row.state != .confirmed else { return .repetition }
        guard WithdrawalState.confirmed.mayFollow(row.state) else {
            return .refused(.withdrawalNotInState)
        }
        if let code = ledger.refusal(toPay: row) { return .refused(code) }

        // From here on it must succeed.
        ledger.pay(row)
        row.state = .confirmed
        row.updatedAt = ledger.now
        withdrawals.put(row)
        return .accepted
    }
}

extension LedgerEngine where Book: ~Copyable {
    fileprivate func refusal(toPay row: WithdrawalRow) -> ResultCode? {
        let currency = accounts.row(row.account).currency
        if let code = refusal(row.nostro, currency) { return code }
        guard !registers.of(FundingRow.self).isFull else { return .fundingsFull }
        let mirror = accounts.find(nostro: row.nostro, currency)
        guard mirror != 0 || accounts.room >= 1 else { return .accountsFull }
        return accounts.allows(mirror, change: row.amount) ? nil : .currencyTotalExceeded
    }

    /// What was held goes out, and is a funding of the same reference that went out.
    fileprivate mutating func pay(_ row: WithdrawalRow) {
        let currency = accounts.row(row.account).currency
        let mirror = accounts.open(nostro: row.nostro, currency)
        withdrawalsUnderWay[row.account, default: 1] -= 1
        accounts.changeHold(row.account, by: -row.amount)
        accounts.transfer(row.amount, from: row.account, to: mirror)
        outbox.book(row.account)
        accounts.changeExposure(currency, by: -row.amount)
        registers.of(FundingRow.self).put(
            FundingRow(
                reference: row.reference, contentHash: row.contentHash, account: row.account,
                amount: -row.amount, timestamp: now, nostro: row.nostro))
    }
}
