internal import Domain

// R21 Debit caps. What a cap counts is what open orders hold, and what fills of the running
// business day moved. A fill turns what is held into what was moved, so that the sum changes only
// with new orders, with holds that are given back, and with what comes in.

extension LedgerEngine where Book: ~Copyable {
    /// R21.4 The last rung of the ladder on a capped account: counts what the order is going to
    /// hold, or says why it may not.
    ///
    /// - Complexity: O(fills of the batch since somebody asked last).
    @inline(never)
    mutating func holdUnderCaps(_ admission: Admission) -> ResultCode {
        bookCappedFills()
        let payer = accounts.row(admission.debitAccount)
        let day = calendars.number(payer.currency)
        func allows(_ counterparty: ParticipantID) -> Bool {
            debitCaps.row(of: payer.participant, towards: counterparty, in: payer.currency)?
                .allows(admission.hold, on: day) ?? true
        }
        guard allows(0) else { return .debitCapReached }
        guard allows(admission.settlesFor) else { return .bilateralCapReached }
        debitCaps.change(of: payer, towards: admission.settlesFor) { $0.held += admission.hold }
        return .accepted
    }

    /// An order of a capped account holds less.
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
        let unbooked = debitCaps.takeUnbooked(of: effects.fills.count)
        guard !debitCaps.isEmpty else { return }
        for fill in effects.fills[unbooked] {
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

    /// What open orders hold, by their paying accounts and the banks in whose favour they are; with
    /// bank 0, all together.
    ///
    /// - Complexity: O(slots ever used).
    private func heldByOrders() -> [DebitCaps.Exposure: Int64] {
        var held: [DebitCaps.Exposure: Int64] = [:]
        orders.eachOpen { slot in
            let record = orders.record(slot).pointee
            guard record.held > 0 else { return }
            let payee = participants.standing(record.creditor).settlesThrough
            for bank in [0, payee] {
                held[DebitCaps.Exposure(account: record.debitAccount, towards: bank), default: 0] +=
                    record.held
            }
        }
        return held
    }

    /// What open orders hold on one account in favour of a bank, or of all with bank 0.
    ///
    /// - Complexity: O(slots ever used) for the first of commands that follow each other.
    mutating func heldByOrders(on account: AccountID, towards bank: ParticipantID) -> Int64 {
        let place = outcomes.count
        if debitCaps.heldBefore?.place != place {
            debitCaps.heldBefore = (place, heldByOrders())
        }
        debitCaps.heldBefore?.place = place + 1
        return debitCaps.heldBefore?
            .held[DebitCaps.Exposure(account: account, towards: bank)] ?? 0
    }

    /// Takes over what the tables say, once orders are there.
    func checkDebitCaps() throws(LoadError) {
        guard !debitCaps.isEmpty else { return }
        let held = heldByOrders()
        for row in debitCaps.allInForce {
            let account = accounts.find(row.participant, row.currency)
            let exposure = DebitCaps.Exposure(account: account, towards: row.counterparty)
            guard row.held == held[exposure] ?? 0 else {
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
