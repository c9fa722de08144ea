internal import Domain

extension AdoptCalendar: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        guard let adopted = stagedDays(ledger.calendars), joins(ledger.calendars) else {
            return .refused(.calendarGap)
        }
        guard adopted.count == Int(days), CalendarDay.digest(of: adopted) == digest else {
            return .refused(.calendarDiffers)
        }
        let isFresh = adopted.allSatisfy { $0.isClosed || $0.turn > ledger.now }
        guard isFresh, first > ledger.calendars.begun(currency) else {
            return .refused(.calendarDayBegun)
        }
        guard isInOrder(adopted, ledger.calendars) else { return .refused(.calendarOverlaps) }

        // From here on it must succeed.
        let isFirst = !ledger.calendars.isInForce(currency)
        ledger.calendars.adopt(adopted)
        if isFirst {
            ledger.beginDay(of: currency)
        } else if ledger.calendars.lacksDate(currency) {
            ledger.giveDate(to: currency)
        }
        for foreign in Currency.allCases { ledger.scheduleEntries(of: foreign) }
        return .accepted
    }

    /// All staged dates from the first to the last; nil when one is missing, or they are none.
    ///
    /// - Complexity: O(days), at most ``Limits/stagedDays``.
    private func stagedDays(_ calendars: borrowing Calendars) -> [CalendarDay]? {
        guard first != .none, first <= last else { return nil }
        var found: [CalendarDay] = []
        for number in first.rawValue...last.rawValue {
            guard
                let day = calendars.stagedDay(currency, CivilDate(rawValue: number))
            else { return nil }
            found.append(day)
        }
        return found
    }

    /// Whether nothing is missing between what is in force and the first date.
    private func joins(_ calendars: borrowing Calendars) -> Bool {
        let end = calendars.last(currency)
        return end == .none
            || first >= calendars.first(currency) && first.rawValue - 1 <= end.rawValue
    }

    /// R19.4 Each working day opens no sooner than the one before it turns, also at both edges.
    private func isInOrder(
        _ adopted: [CalendarDay], _ calendars: borrowing Calendars
    ) -> Bool {
        var days = adopted.filter { !$0.isClosed }
        if let before = calendars.workingDay(currency, before: first) { days.insert(before, at: 0) }
        if let behind = calendars.workingDay(currency, after: last) { days.append(behind) }
        return zip(days, days.dropFirst()).allSatisfy { $0.turn <= $1.opens }
    }
}
