internal import Domain

extension StageCalendarDay: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        let known = ledger.calendars.stagedDay(day.currency, day.date)
        guard !removed else { return takeBack(known, ledger.calendars) }
        guard day.isValid else { return .refused(.calendarInvalid) }
        guard known != day else { return .repetition }
        guard known != nil || ledger.calendars.hasRoom(day.currency) else {
            return .refused(.stagedDaysFull)
        }

        // From here on it must succeed.
        ledger.calendars.stage(day)
        return .accepted
    }

    private func takeBack(
        _ known: CalendarDay?, _ calendars: borrowing Calendars
    ) -> Verdict {
        guard let known else { return .repetition }
        calendars.unstage(known, as: .removed)
        return .accepted
    }
}
