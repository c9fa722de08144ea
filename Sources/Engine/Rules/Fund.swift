internal import Domain

extension Fund: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        let fundings = ledger.registers.of(FundingRow.self)
        if let known = fundings.find(reference.bits) {
            return known.contentHash == contentHash ? .repetition : .refused(.referenceConflict)
        }
        guard amount != 0, amount.magnitude <= UInt64(Limits.maximumAmount) else {
            return .refused(.amountInvalid)
        }
        let id = ledger.participants.find(participant, under: ledger.rules)
        guard id != 0 else { return .refused(.participantUnknown) }
        guard ledger.participants.isDirect(id) else { return .refused(.participantNotDirect) }
        guard !fundings.isFull else { return .refused(.fundingsFull) }
        if let code = refusal(by: ledger.accounts, of: id) { return .refused(code) }

        // From here on it must succeed.
        let account = ledger.accounts.open(id, currency)
        let nostro = ledger.accounts.open(.nostro, currency)
        ledger.accounts.changeExposure(currency, by: amount)
        if amount > 0 {
            ledger.accounts.transfer(amount, from: nostro, to: account)
        } else {
            ledger.accounts.transfer(-amount, from: account, to: nostro)
        }
        fundings.put(
            FundingRow(
                reference: reference, contentHash: contentHash, account: account, amount: amount,
                timestamp: ledger.now, attachment: attachment))
        return .accepted
    }

    private func refusal(
        by accounts: borrowing Accounts, of participant: ParticipantID
    ) -> ResultCode? {
        let account = accounts.find(participant, currency)
        let missing = (account == 0 ? 1 : 0) + (accounts.find(.nostro, currency) == 0 ? 1 : 0)
        guard accounts.room >= missing else { return .accountsFull }
        guard amount < 0 else {
            return accounts.exposureAllows(currency, growth: amount)
                ? nil : .currencyTotalExceeded
        }
        guard account != 0 else { return .balanceInsufficient }
        let row = accounts.row(account)
        return row.balance - row.held >= -amount ? nil : .balanceInsufficient
    }
}
