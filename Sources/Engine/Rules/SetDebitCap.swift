internal import Domain

extension SetDebitCap: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        guard cap.minorUnits >= 0, cap.minorUnits <= Limits.maximumAmount else {
            return .refused(.amountInvalid)
        }
        let payer = ledger.participants.registered(participant)
        var payee: ParticipantID = 0
        if counterparty != .none { payee = ledger.participants.registered(counterparty) }
        guard payer != 0, counterparty == .none || payee != 0 else {
            return .refused(.participantUnknown)
        }
        guard ledger.participants.isDirect(payer),
            payee == 0 || ledger.participants.isDirect(payee)
        else { return .refused(.participantNotDirect) }
        guard payer != payee else { return .refused(.debitCapInvalid) }
        ledger.bookCappedFills()
        let known = ledger.debitCaps.row(of: payer, towards: payee, in: cap.currency)
        let wasInForce = known.map { !$0.removed } ?? false
        guard wasInForce || !removed, !wasInForce || removed || known?.cap != cap.minorUnits else {
            return .repetition
        }
        guard known != nil || !ledger.debitCaps.isFull else { return .refused(.debitCapsFull) }
        let account = ledger.accounts.find(payer, cap.currency)
        guard account != 0 || ledger.accounts.room >= 1 else { return .refused(.accountsFull) }

        // From here on it must succeed.
        var row = known ?? DebitCapRow(payer, towards: payee, in: cap.currency)
        ledger.put(&row, self, wasInForce: wasInForce)
        return .accepted
    }
}

extension LedgerEngine where Book: ~Copyable {
    /// R21.2 A cap that comes in force begins with what is held now, and with nothing moved.
    fileprivate mutating func put(_ row: inout DebitCapRow, _ it: SetDebitCap, wasInForce: Bool) {
        let account = accounts.open(row.participant, row.currency)
        row.removed = it.removed
        if it.removed {
            (row.position, row.held, row.day) = (0, 0, 0)
        } else {
            row.cap = it.cap.minorUnits
            if !wasInForce { row.held = heldByOrders(on: account, towards: row.counterparty) }
        }
        accounts.setCapped(account, debitCaps.put(row, of: account))
    }
}
