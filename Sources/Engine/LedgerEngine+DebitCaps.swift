internal import Domain

// R21 Debit caps. What a cap counts is what open orders hold, and what fills of the running
// business day moved. A fill turns what is held into what was moved, so that the sum changes only
// with new orders, with holds that are given back, and with what comes in.

extension LedgerEngine where Book: ~Copyable {
    /// R21.4 Why an order may not hold so much more on a capped account; accepted if it may.
    ///
    /// - Complexity: O(fills of the batch since somebody asked last).
    @inline(never)
    mutating func refusalByCaps(
        _ debit: AccountID, towards creditor: ParticipantID, _ hold: Int64
    ) -> ResultCode {
        bookCappedFills()
        let payer = accounts.row(debit)
        let day = calendars.number(payer.currency)
        func allows(_ counterparty: ParticipantID) -> Bool {
            debitCaps.row(of: payer.participant, towards: counterparty, in: payer.currency)?
                .allows(hold, on: day) ?? true
        }
        guard allows(0) else { return .debitCapReached }
        return allows(creditor) ? .accepted : .bilateralCapReached
    }

    /// An order of a capped account holds more, or less.
    @inline(never)
    mutating func changeCappedHold(
        _ record: UnsafeMutablePointer<OrderRecord>, by change: Int64
    ) {
        let payee = participants.standing(record.pointee.creditor).settlesThrough
        let payer = accounts.row(record.pointee.debitAccount)
        debitCaps.change(of: payer, towards: payee) { $0.held += change }
    }

    /// Lets the caps know of the fills of this batch.
    mutating func bookCappedFills() {
        let first = debitCaps.fillsBooked
        debitCaps.fillsBooked = effects.fills.count
        guard !debitCaps.isEmpty else { return }
        for fill in effects.fills[first...] {
            bookCapped(fill.renminbiLeg, orderedFor: fill.foreignCredit, by: fill.foreignDebit)
            bookCapped(fill.foreignLeg, orderedFor: fill.renminbiCredit, by: fill.renminbiDebit)
        }
    }

    /// - Parameters:
    ///   - creditor: an account of the bank in whose favour the order is that pays the leg.
    ///   - orderer: one of the bank whose order brings the leg to its creditor.
    private mutating func bookCapped(
        _ leg: Leg, orderedFor creditor: AccountID, by orderer: AccountID
    ) {
        let day = calendars.number(accounts.row(leg.debit).currency)
        if accounts.isCapped(leg.debit) {
            let creditor = accounts.row(creditor).participant
            debitCaps.change(of: accounts.row(leg.debit), towards: creditor) { row in
                row.held -= leg.amount + leg.fee
                row.move(leg.amount + leg.fee, on: day)
            }
        }
        if accounts.isCapped(leg.credit) {
            let orderer = accounts.row(orderer).participant
            debitCaps.change(of: accounts.row(leg.credit), towards: orderer) {
                $0.move(-leg.amount, on: day)
            }
        }
    }

    /// What open orders hold on one account in favour of a bank, or of all.
    ///
    /// - Complexity: O(slots ever used).
    func heldByOrders(_ debit: AccountID, towards counterparty: ParticipantID) -> Int64 {
        orders.openSlots.reduce(0) { sum, slot in
            let record = orders.record(slot).pointee
            guard record.debitAccount == debit,
                counterparty == 0
                    || participants.standing(record.creditor).settlesThrough == counterparty
            else { return sum }
            return sum + record.held
        }
    }

    /// Takes over what the tables say, once orders are there.
    mutating func checkDebitCaps() throws(LoadError) {
        for row in debitCaps.allInForce {
            let account = accounts.find(row.participant, row.currency)
            guard row.held == heldByOrders(account, towards: row.counterparty) else {
                throw .inconsistent("\(DebitCapRow.table) \(row.id)")
            }
        }
    }
}

extension FillRow {
    fileprivate var renminbiLeg: Leg {
        Leg(
            amount: renminbiAmount, fee: renminbiFee, debit: renminbiDebit,
            credit: renminbiCredit, fees: 0)
    }

    fileprivate var foreignLeg: Leg {
        Leg(
            amount: foreignAmount, fee: foreignFee, debit: foreignDebit, credit: foreignCredit,
            fees: 0)
    }
}

extension DebitCapRow {
    /// Adds to the position of the day. A position beyond what an account can have stays there.
    fileprivate mutating func move(_ amount: Int64, on day: DayNumber) {
        let (sum, overflows) = position(on: day).addingReportingOverflow(amount)
        position = overflows ? (amount > 0 ? .max : .min) : sum
        self.day = day
    }
}
