internal import Domain

extension SetMessaging: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        let id = ledger.participants.registered(participant)
        guard id != 0 else { return .refused(.participantUnknown) }
        guard MessageWishes.all.isSuperset(of: wishes),
            !wishes.isSuperset(of: [.creditTransfers, .creditTransferParts]),
            reportInterval <= Limits.longestReportInterval
        else { return .refused(.messagingInvalid) }
        var row = ledger.outbox.row(id)
        let isSame =
            row.wishes == wishes && row.versions == versions
            && row.reportInterval == reportInterval && row.usageRules == usageRules
        guard !isSame else { return .repetition }
        guard !changesParts(row) || !ledger.hasPartlySettled(for: id) else {
            return .refused(.messagingInUse)
        }

        // From here on it must succeed.
        if row.wishes.contains(.notifications), !wishes.contains(.notifications) {
            ledger.notifyLast(id)
            row = ledger.outbox.row(id)
        }
        if row.nextReport != .never { ledger.unscheduleReport(id) }
        row.wishes = wishes
        row.versions = versions
        row.reportInterval = reportInterval
        row.usageRules = usageRules
        row.nextReport = row.report(after: ledger.now)
        ledger.outbox.put(row)
        if let due = row.due { ledger.schedule(due) }
        return .accepted
    }
}

extension SetMessaging {
    /// What was told in parts must not be told whole again, nor the rest of what was not.
    private func changesParts(_ row: MessagingRow) -> Bool {
        row.wishes.contains(.creditTransferParts) != wishes.contains(.creditTransferParts)
    }
}

extension LedgerEngine where Book: ~Copyable {
    /// Whether a payment to this bank received something and is open, or became final in this
    /// batch: at its end the bank is told of that one.
    ///
    /// - Complexity: O(slots ever used).
    fileprivate func hasPartlySettled(for creditor: ParticipantID) -> Bool {
        orders.openSlots.contains { isPartlySettled($0, for: creditor) }
            || effects.payments.contains { $0.creditor == creditor && $0.received > 0 }
    }

    private func isPartlySettled(_ slot: OrderSlot, for creditor: ParticipantID) -> Bool {
        let record = orders.record(slot)
        return record.pointee.creditor == creditor && record.pointee.received > 0
    }

    /// Tells a bank of what was booked before this batch: it does not want to be told any more.
    fileprivate mutating func notifyLast(_ bank: ParticipantID) {
        for currency in Currency.allCases {
            let account = accounts.find(bank, currency)
            if account != 0 { notify(account, until: position.timestamp) }
        }
    }

    fileprivate mutating func unscheduleReport(_ bank: ParticipantID) {
        _ = unschedule(at: outbox.reportPosition(bank))
    }
}
