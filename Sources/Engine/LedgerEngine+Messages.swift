internal import Domain

// R14 What banks are told without asking: decided at the end of a batch, from what it changed.

extension LedgerEngine where Book: ~Copyable {
    /// Puts a message on record under the bank's next number.
    mutating func tell(_ bank: ParticipantID, _ message: BankMessageRow) {
        var message = message
        message.id = BankMessageRow.id(of: bank, outbox.takeNumber(of: bank))
        position.finalsHash &+= message.stateHash
        effects.declared.append(message)
    }

    /// Tells banks what the batch changed.
    @inline(never)
    mutating func tellOfBatch() {
        let wanted = outbox.wanted
        if wanted.contains(.creditTransferParts) { tellOfFills() }
        var answers = 0
        for place in placesOfWanted { tellOfPayment(at: place, &answers) }
        for (bank, message) in outbox.postponed { tellIfWanted(bank, message) }
        if wanted.contains(.notifications) { countEntries() }
    }

    // MARK: Payments

    /// Where the payments of the batch stand of which a bank wants to be told, by their numbers.
    private var placesOfWanted: [Int] {
        let told: MessageWishes = [.statusReports, .creditTransfers]
        return effects.payments.indices
            .filter { place in
                let row = effects.payments[place]
                return !outbox.wishes(of: row.payer).isDisjoint(with: told)
                    || !outbox.wishes(of: row.creditor).isDisjoint(with: told)
            }
            .sorted { effects.payments[$0].id < effects.payments[$1].id }
    }

    private mutating func tellOfPayment(at place: Int, _ answers: inout Int) {
        let row = effects.payments[place]
        if outbox.wishes(of: row.payer).contains(.statusReports),
            !row.isNew || hasChanged(row, sinceItsAnswer: &answers)
        {
            tell(row.payer, message(.statusReport, row))
        }
        guard row.status.isFinal, row.received > 0, row.payer != row.creditor,
            outbox.wishes(of: row.creditor).contains(.creditTransfers),
            !isReturn(row.id)
        else { return }
        tell(row.creditor, message(.creditTransfer, row))
    }

    /// R15.17 What a return order brings is told by a pacs.004 alone.
    private func isReturn(_ changed: PaymentID) -> Bool { returnOrders.changed.contains(changed) }

    /// Whether a new payment stands otherwise than the answer to its order says: a later command
    /// of the batch has changed it.
    ///
    /// - Parameter next: where its answer is looked for. New payments and the answers to their
    ///   orders come in one order, so it only moves forward.
    private func hasChanged(_ row: PaymentRow, sinceItsAnswer next: inout Int) -> Bool {
        while next < effects.outcomes.count {
            let answer = effects.outcomes[next]
            next += 1
            guard answer.isOfOrder, answer.payment == row.id, !answer.isRepetition
            else { continue }
            return answer.status != row.status || answer.endReason != row.endReason
                || answer.paid != row.paid || answer.received != row.received
        }
        preconditionFailure("the order of a new payment has an answer")
    }

    private func message(_ kind: MessageKind, _ row: PaymentRow) -> BankMessageRow {
        var message = BankMessageRow(
            kind, about: row.id, at: now, status: row.status, reason: row.endReason)
        message.paid = row.paid
        message.received = row.received
        if row.endReason == .entryRefused {
            message.code = ReasonCode(dated.refusal(of: row.id).isoReason) ?? .none
        }
        return message
    }

    private mutating func tellOfFills() {
        // Every payment with a fill in the batch has its row there.
        var places: [PaymentID: Int] = [:]
        for (place, row) in effects.payments.enumerated() { places[row.id] = place }
        for fill in effects.fills {
            let (renminbi, foreign) = (fill.renminbiAmount, fill.foreignAmount)
            tell(of: fill, to: places[fill.renminbiPayment], renminbi, foreign)
            tell(of: fill, to: places[fill.foreignPayment], foreign, renminbi)
        }
    }

    private mutating func tell(
        of fill: FillRow, to place: Int?, _ paid: Int64, _ received: Int64
    ) {
        guard let place else { preconditionFailure("a payment with a fill has changed") }
        let row = effects.payments[place]
        guard row.payer != row.creditor,
            outbox.wishes(of: row.creditor).contains(.creditTransferParts), !isReturn(row.id)
        else { return }
        var message = message(.creditTransfer, row)
        message.fill = fill.id
        message.paid = paid
        message.received = received
        tell(row.creditor, message)
    }

    // MARK: After settlement

    /// R14.10 Tells the banks concerned of what follows a payment.
    mutating func tellOfFollowUp(_ news: FollowUpNews) {
        switch news {
        case .credit(let row):
            guard outbox.wishes(of: row.payer).contains(.statusReports) else { return }
            var told = message(.statusReport, row)
            told.credit = row.credit
            told.code = row.creditReason
            tell(row.payer, told)
        case .returned(let row, let returned):
            outbox.book(returned.debit)
            outbox.book(returned.credit)
            var told = message(.paymentReturn, row)
            told.subject = returned.id
            told.received = returned.amount
            told.code = returned.reason
            tellIfWanted(row.payer, told)
        case .broughtBack(let row, let returned, let paid, let received):
            var told = message(.paymentReturn, row)
            told.subject = returned.id
            told.paid = paid
            told.received = received
            told.code = returned.reason
            tellIfWanted(row.payer, told)
        case .changed(let row, let changed):
            guard changed.kind == .cancellation, changed.state != .returned else { return }
            let isNew = changed.state == .open
            var told = message(isNew ? .cancellationRequest : .resolution, row)
            told.subject = UInt64(changed.id)
            told.caseState = changed.state
            told.code = isNew ? changed.reason : changed.answer
            // The creditor's bank is told first that the money came, if this batch settled it.
            if isNew { return outbox.postpone(told, to: row.creditor) }
            tellIfWanted(row.payer, told)
        }
    }

    private mutating func tellIfWanted(_ bank: ParticipantID, _ message: BankMessageRow) {
        if !outbox.wishes(of: bank).isEmpty { tell(bank, message) }
    }

    private func message(_ kind: MessageKind, _ row: FollowUpRow) -> BankMessageRow {
        var message = BankMessageRow(kind, about: row.payment, at: now, status: .settled)
        message.paid = row.paid
        message.received = row.received
        return message
    }

    // MARK: Accounts

    /// Counts the entries of the batch on accounts whose banks want to be told, and tells of those
    /// that have come to a message.
    private mutating func countEntries() {
        var counts: [AccountID: UInt32] = [:]
        for fill in effects.fills {
            counts[fill.renminbiDebit, default: 0] += fill.renminbiFee > 0 ? 2 : 1
            counts[fill.renminbiCredit, default: 0] += 1
            counts[fill.foreignDebit, default: 0] += fill.foreignFee > 0 ? 2 : 1
            counts[fill.foreignCredit, default: 0] += 1
        }
        for account in outbox.booked { counts[account, default: 0] += 1 }
        let ordered = counts.sorted {
            (accounts.row($0.key).currency.rawValue, $0.key)
                < (accounts.row($1.key).currency.rawValue, $1.key)
        }
        for (account, entries) in ordered { note(entries, on: account) }
    }

    private mutating func note(_ entries: UInt32, on account: AccountID) {
        let owner = accounts.row(account).owner
        guard owner != 0, outbox.wishes(of: owner).contains(.notifications) else { return }
        var row = outbox.untold(account) ?? NotificationRow(account: account)
        let isFirst = row.entries == 0
        if isFirst {
            row.since = position.timestamp
            row.first = now
        }
        row.entries += entries
        outbox.put(row)
        if isFirst, let due = row.due { schedule(due) }
        if row.entries >= Limits.entriesPerMessage { notify(account, until: now) }
    }

    /// Tells a bank of all entries of an account that it was not told of yet.
    mutating func notify(_ account: AccountID, until: Timestamp) {
        guard let row = outbox.untold(account), row.entries > 0 else { return }
        _ = unschedule(at: outbox.notificationPosition(account))
        let size = Limits.entriesPerMessage
        let parts = UInt32((Int(row.entries) + size - 1) / size)
        for part in 1...parts {
            var message = BankMessageRow(.notification, about: UInt64(account), at: now)
            message.since = row.since
            message.until = until
            message.part = part
            message.parts = parts
            tell(accounts.row(account).owner, message)
        }
        outbox.put(NotificationRow(account: account))
    }

    /// R14.8 Tells a bank how its accounts stood before this batch, and when it is told again.
    mutating func report(to bank: ParticipantID) {
        _ = unschedule(at: outbox.reportPosition(bank))
        for currency in Currency.allCases {
            let account = accounts.find(bank, currency)
            guard account != 0 else { continue }
            var message = BankMessageRow(.accountReport, about: UInt64(account), at: now)
            message.until = position.timestamp
            message.received = accounts.row(account).balance
            tell(bank, message)
        }
        var row = outbox.row(bank)
        row.nextReport = row.report(after: now)
        outbox.put(row)
        if let due = row.due { schedule(due) }
    }
}

extension MessagingRow {
    /// The next full interval of the day by UTC; never without an interval.
    func report(after time: Timestamp) -> Timestamp {
        guard reportInterval > 0 else { return .never }
        let interval = Timestamp(reportInterval) * 60_000_000_000
        let (next, overflows) = (time / interval + 1).multipliedReportingOverflow(by: interval)
        return overflows ? .never : next
    }
}

extension Outcome {
    /// Whether the command was one that puts an order into the book.
    fileprivate var isOfOrder: Bool { kind == .submitPayment || kind == ReturnByOrder.kind }
}
