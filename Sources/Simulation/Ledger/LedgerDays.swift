internal import Domain

/// Business days of simulated ledgers that turn in the midst of the faults: those of the renminbi
/// and the baht last seconds, not hours. The corridor to Indonesia keeps its fixed hours.
enum LedgerDays {
    /// When a date opens, ends its session and turns, in seconds behind the beginning. The last one
    /// does not end in any run.
    private static let seconds: [(opens: Int64, cutOff: Int64, turn: Int64)] = [
        (-3_600, 6, 7), (8, 15, 16), (17, 24, 25), (26, 100_000, 100_000),
    ]

    /// From Saturday, 3 January 2026, 49 hours before the beginning: an instant may lie so far from
    /// its date (R19.1) that four dates find room in half a minute.
    static let dates: [CivilDate] = seconds.indices.compactMap {
        CivilDate(year: 2_026, month: 1, day: 3 + $0)
    }

    /// The calendar of a currency; the baht's turns come a moment later.
    private static func calendar(_ currency: Currency) -> [CalendarDay] {
        let late: Int64 = currency == .cny ? 0 : 500_000_000
        return zip(dates, seconds).map { date, times in
            let at = { MachineClock.epoch + $0 * 1_000_000_000 + late }
            return CalendarDay(
                currency, date, opens: at(times.opens), cutOff: at(times.cutOff),
                turn: at(times.turn))
        }
    }

    /// Puts the corridor to Thailand on these calendars.
    static var opening: [any DeclaredCommand] {
        var commands: [any DeclaredCommand] = []
        for currency in [Currency.cny, .thb] {
            let days = calendar(currency)
            commands += days.map { StageCalendarDay($0) }
            commands.append(
                AdoptCalendar(
                    currency, from: days[0].date, through: days[days.count - 1].date,
                    days: UInt16(days.count), digest: CalendarDay.digest(of: days)))
        }
        return commands + [SetCorridorCalendars(foreign: .thb, follows: true)]
    }

    /// Whether a payment of this date may be in the book at a time (R22.6), and a business day of
    /// this date have begun (R20): not while the one before runs.
    static func mayEnter(_ row: DatedPaymentRow, at time: Timestamp) -> Bool {
        guard row.foreign == .thb else { return time >= row.date.midnight - 8 * 3_600_000_000_000 }
        return [Currency.cny, .thb].allSatisfy { currency in
            calendar(currency).contains { $0.date >= row.date && $0.opens <= time }
        }
    }

    /// Whether the business day behind the last one of these has begun at its turn or later.
    static func mayBegin(_ row: BusinessDayRow) -> Bool {
        guard let place = dates.firstIndex(of: row.date), place > 0 else { return true }
        return row.began >= calendar(row.currency)[place - 1].turn
    }
}
