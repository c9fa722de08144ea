internal import Domain

extension Fund: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        book(on: &ledger, at: 0, attachment)
    }

    /// - Parameter nostro: where the money comes in or goes out; 0 is the currency's default one.
    func book<Book>(
        on ledger: inout LedgerEngine<Book>, at nostro: NostroID, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        let fundings = ledger.registers.of(FundingRow.self)
        if let known = fundings.find(reference.bits) {
            return isRepeated(known, on: ledger, at: nostro)
                ? .repetition : .refused(.referenceConflict)
        }
        guard !ledger.isTaken(reference) else { return .refused(.referenceConflict) }
        guard amount != 0, amount.magnitude <= UInt64(Limits.maximumAmount) else {
            return .refused(.amountInvalid)
        }
        let id = ledger.participants.registered(participant)
        guard id != 0 else { return .refused(.participantUnknown) }
        guard ledger.participants.isDirect(id) else { return .refused(.participantNotDirect) }
        if let code = ledger.refusal(nostro, currency) { return .refused(code) }
        guard !fundings.isFull else { return .refused(.fundingsFull) }
        if let code = refusal(by: ledger.accounts, of: id, at: nostro) { return .refused(code) }

        // From here on it must succeed.
        let account = ledger.accounts.open(id, currency)
        let mirror = ledger.accounts.open(nostro: nostro, currency)
        ledger.accounts.changeExposure(currency, by: amount)
        if amount > 0 {
            ledger.accounts.transfer(amount, from: mirror, to: account)
        } else {
            ledger.accounts.transfer(-amount, from: account, to: mirror)
        }
        ledger.outbox.book(account)
        fundings.put(
            FundingRow(
                reference: reference, contentHash: contentHash, account: account, amount: amount,
                timestamp: ledger.now, nostro: nostro, attachment: attachment))
        return .accepted
    }

    private func isRepeated<Book>(
        _ known: FundingRow, on ledger: borrowing LedgerEngine<Book>, at nostro: NostroID
    ) -> Bool where Book: OrderBook & ~Copyable {
        if known.contentHash == contentHash { return true }
        let id = ledger.participants.find(participant, under: ledger.rules)
        return ledger.predatesKey(known.timestamp) && known.amount == amount
            && known.nostro == nostro && known.account == ledger.accounts.find(id, currency)
    }

    private func refusal(
        by accounts: borrowing Accounts, of participant: ParticipantID, at nostro: NostroID
    ) -> ResultCode? {
        let account = accounts.find(participant, currency)
        let mirror = accounts.find(nostro: nostro, currency)
        let missing = (account == 0 ? 1 : 0) + (mirror == 0 ? 1 : 0)
        guard accounts.room >= missing else { return .accountsFull }
        let isWithin = accounts.allows(mirror, change: -amount)
        guard amount < 0 else {
            return isWithin && accounts.exposureAllows(currency, growth: amount)
                ? nil : .currencyTotalExceeded
        }
        guard account != 0 else { return .balanceInsufficient }
        let row = accounts.row(account)
        guard row.balance - row.held >= -amount else { return .balanceInsufficient }
        return isWithin ? nil : .currencyTotalExceeded
    }
}
