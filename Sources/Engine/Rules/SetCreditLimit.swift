internal import Domain

extension SetCreditLimit: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        guard limit.minorUnits >= 0, limit.minorUnits <= Limits.maximumAmount else {
            return .refused(.amountInvalid)
        }
        let id = ledger.participants.registered(bic)
        guard id != 0 else { return .refused(.participantUnknown) }
        guard ledger.participants.isDirect(id) else { return .refused(.participantNotDirect) }
        let known = ledger.accounts.find(id, limit.currency)
        guard known != 0 || ledger.accounts.room >= 1 else { return .refused(.accountsFull) }
        let row =
            known != 0
            ? ledger.accounts.row(known)
            : AccountRow(id: 0, kind: .settlement, participant: id, currency: limit.currency)
        let growth = limit.minorUnits - row.creditLimit
        guard growth <= 0 || ledger.accounts.exposureAllows(limit.currency, growth: growth) else {
            return .refused(.currencyTotalExceeded)
        }
        guard row.available + growth >= 0 else { return .refused(.creditLimitInUse) }

        // From here on it must succeed.
        let account = ledger.accounts.open(id, limit.currency)
        ledger.accounts.setCreditLimit(account, to: limit.minorUnits)
        return .accepted
    }
}
