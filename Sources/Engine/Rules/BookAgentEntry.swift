internal import Domain

extension BookAgentEntry: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        let entries = ledger.registers.of(AgentEntryRow.self)
        if let known = entries.find(reference.bits) {
            return known.contentHash == contentHash ? .repetition : .refused(.referenceConflict)
        }
        guard !ledger.isTaken(reference) else { return .refused(.referenceConflict) }
        guard amount != 0, amount.magnitude <= UInt64(Limits.maximumAmount) else {
            return .refused(.amountInvalid)
        }
        guard entry == .transfer ? nostro != otherNostro : otherNostro == 0 else {
            return .refused(.agentEntryInvalid)
        }
        if let code = ledger.refusal(nostro, currency) { return .refused(code) }
        if let code = ledger.refusal(otherNostro, currency) { return .refused(code) }
        guard !entries.isFull else { return .refused(.agentEntriesFull) }
        if let code = refusal(by: ledger.accounts) { return .refused(code) }

        // From here on it must succeed.
        let account = ledger.accounts.open(nostro: nostro, currency)
        let counter = openCounterAccount(of: &ledger.accounts)
        if amount > 0 {
            ledger.accounts.transfer(amount, from: account, to: counter)
        } else {
            ledger.accounts.transfer(-amount, from: counter, to: account)
        }
        entries.put(
            AgentEntryRow(
                reference: reference, contentHash: contentHash, kind: entry, account: account,
                counterAccount: counter, amount: amount, timestamp: ledger.now,
                attachment: attachment))
        return .accepted
    }

    private func refusal(by accounts: borrowing Accounts) -> ResultCode? {
        let account = accounts.find(nostro: nostro, currency)
        let counter =
            switch entry {
            case .fee: accounts.find(.agentCharges, currency)
            case .interest: accounts.find(.agentInterest, currency)
            case .transfer: accounts.find(nostro: otherNostro, currency)
            }
        let missing = (account == 0 ? 1 : 0) + (counter == 0 ? 1 : 0)
        guard accounts.room >= missing else { return .accountsFull }
        return accounts.allows(account, change: -amount)
            && accounts.allows(counter, change: amount) ? nil : .currencyTotalExceeded
    }

    private func openCounterAccount(of accounts: inout Accounts) -> AccountID {
        switch entry {
        case .fee: accounts.open(.agentCharges, currency)
        case .interest: accounts.open(.agentInterest, currency)
        case .transfer: accounts.open(nostro: otherNostro, currency)
        }
    }
}
