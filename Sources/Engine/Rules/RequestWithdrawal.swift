internal import Domain

extension RequestWithdrawal: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        let withdrawals = ledger.registers.of(WithdrawalRow.self)
        if let known = withdrawals.find(reference.bits) {
            return known.contentHash == contentHash ? .repetition : .refused(.referenceConflict)
        }
        guard !ledger.isTaken(reference) else { return .refused(.referenceConflict) }
        guard amount > 0, amount <= Limits.maximumAmount else { return .refused(.amountInvalid) }
        let id = ledger.participants.find(participant, under: ledger.rules)
        guard id != 0 else { return .refused(.participantUnknown) }
        guard ledger.participants.isDirect(id) else { return .refused(.participantNotDirect) }
        guard ledger.participants.standing(id).isActive else {
            return .refused(.participantSuspended)
        }
        if let code = ledger.refusal(nostro, currency) { return .refused(code) }
        guard !withdrawals.isFull else { return .refused(.withdrawalsFull) }
        let account = ledger.accounts.find(id, currency)
        guard account != 0, ledger.accounts.row(account).free >= amount else {
            return .refused(.balanceInsufficient)
        }
        let underWay = ledger.withdrawalsUnderWay[account, default: 0]
        guard underWay < Limits.withdrawalsUnderWay else { return .refused(.withdrawalsFull) }

        // From here on it must succeed.
        ledger.withdrawalsUnderWay[account] = underWay + 1
        ledger.accounts.changeHold(account, by: amount)
        withdrawals.put(
            WithdrawalRow(
                reference: reference, contentHash: contentHash, account: account, nostro: nostro,
                amount: amount, requestedAt: ledger.now, attachment: attachment))
        return .accepted
    }
}

extension AccountRow {
    /// What can be withdrawn: credit limits cannot.
    fileprivate var free: Int64 { balance - held }
}
