internal import Domain

extension ReturnPayment: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        guard reason.isValid else { return .refused(.reasonInvalid) }
        guard amount > 0, amount <= Limits.maximumAmount else { return .refused(.amountInvalid) }
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
        if let code = ledger.refusal(toReturn: amount, of: before) { return .refused(code) }

        // From here on it must succeed.
        let returned = ledger.record(self, before, attachment)
        var row = before
        row.returned += amount
        row.returns += 1
        guard let closed = ledger.closeCase(answeredBy: &row) else {
            ledger.tellOfFollowUp(.returned(ledger.put(row, after: before), returned))
            return .accepted
        }
        row = ledger.put(row, after: before)
        ledger.tellOfFollowUp(.returned(row, returned))
        ledger.tellOfFollowUp(.changed(row, closed))
        return .accepted(closed.id)
    }
}

extension LedgerEngine where Book: ~Copyable {
    /// What is said to a return before it is asked how the money comes back: it came before, or it
    /// may not be (R15.7, R15.8).
    func verdict(
        onReturn returnKey: UInt128, _ contentHash: UInt128, of amount: Int64,
        from row: FollowUpRow
    ) -> Verdict? {
        let identity = ReturnRow.Identity(returner: row.creditor, returnKey: returnKey)
        if let known = recentReturns.find(identity) {
            guard known.contentHash == contentHash else { return .refused(.returnConflict) }
            return Verdict(code: .accepted, isRepetition: true, order: order(of: known, row))
        }
        guard amount <= row.left - followUps.reserved(row.payment) else {
            return .refused(.returnAboveReceived)
        }
        guard row.returns < Limits.returnsPerPayment else { return .refused(.returnsExhausted) }
        guard participants.standing(row.creditor).isActive,
            participants.standing(row.payer).isActive
        else { return .refused(.sideSuspended) }
        return nil
    }

    /// R15.8 Why the money cannot be moved now.
    fileprivate func refusal(toReturn amount: Int64, of row: FollowUpRow) -> ResultCode? {
        let creditor = participants.standing(row.creditor)
        let payer = participants.standing(row.payer)
        let debit = accounts.find(creditor.settlesThrough, row.receiveCurrency)
        guard debit != 0, accounts.available(debit) >= amount else { return .returnNotCovered }
        let credit = accounts.find(payer.settlesThrough, row.receiveCurrency)
        return credit != 0 || accounts.room >= 1 ? nil : .accountsFull
    }

    /// Moves the money, and puts the return on record.
    fileprivate mutating func record(
        _ wish: ReturnPayment, _ row: FollowUpRow, _ attachment: AttachmentRange
    ) -> ReturnRow {
        let creditor = participants.standing(row.creditor).settlesThrough
        let payer = participants.standing(row.payer).settlesThrough
        let debit = accounts.find(creditor, row.receiveCurrency)
        let credit = accounts.open(payer, row.receiveCurrency)
        accounts.transfer(wish.amount, from: debit, to: credit)
        let returned = ReturnRow(
            id: recentReturns.nextID(in: position.logIndex + 1), timestamp: now,
            returner: row.creditor, returnKey: wish.returnKey, contentHash: wish.contentHash,
            payment: row.payment, amount: wish.amount, reason: wish.reason, debit: debit,
            credit: credit, attachment: attachment)
        put(returned)
        return returned
    }

    /// R15.11 A return is the answer to a request for cancellation, whatever its amount; a rejected
    /// credit is nobody's money until all of it is back.
    mutating func closeCase(answeredBy row: inout FollowUpRow) -> CaseRow? {
        guard row.caseState.isOpen, row.left == 0 || row.credit != .rejected else { return nil }
        let (next, closed) = changeCase(of: row, to: .returned)
        row = next
        return closed
    }
}
