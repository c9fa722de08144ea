package import Domain
internal import Foundation

/// When a currency's working days open, close and turn in local time, and what is no working day.
///
/// From it, a time zone's rules and a file of holidays come the instants of a calendar (R19). The
/// ledger sees only these.
package struct CalendarHours: Sendable {
    package let currency: Currency
    /// Of the time zone database: `Asia/Bangkok`.
    package let zone: String
    /// Minutes from the midnight at which the date begins, as clocks on the wall show them.
    private let opens: Int
    private let cutOff: Int
    private let turn: Int
    /// 1 is Monday.
    private let weekend: Set<Int>
    /// Its name in the file of holidays.
    package let holidays: String
    private let calendar: Calendar

    /// The database of time zones that is used, by its own name.
    package static var zoneData: String { TimeZone.timeZoneDataVersion }

    /// Reads a file of hours: a row for each currency.
    ///
    /// - Throws: ``CalendarFault``.
    package static func read(
        _ text: [UInt8], of file: String
    ) throws(CalendarFault) -> [CalendarHours] {
        let columns = ["currency", "zone", "opens", "cut_off", "turn", "weekend", "holidays"]
        let table = try CalendarTable(text, of: file, columns: columns)
        var hours: [CalendarHours] = []
        for row in table.rows {
            do throws(CalendarFault) {
                hours.append(try CalendarHours(row))
            } catch {
                throw CalendarFault("\(file), line \(row.line): \(error)")
            }
        }
        return hours
    }

    private init(_ row: CalendarTable.Row) throws(CalendarFault) {
        guard let currency = Currency(code: row["currency"]) else {
            throw CalendarFault("no currency: \(row["currency"])")
        }
        guard let zone = TimeZone(identifier: row["zone"]) else {
            throw CalendarFault("no time zone: \(row["zone"])")
        }
        self.currency = currency
        self.zone = row["zone"]
        opens = try CalendarHours.minutes(row["opens"])
        cutOff = try CalendarHours.minutes(row["cut_off"])
        turn = try CalendarHours.minutes(row["turn"])
        var days: Set<Int> = []
        for day in row["weekend"].split(separator: "+") {
            guard let number = Int(day), (1...7).contains(number) else {
                throw CalendarFault("no weekday from 1 to 7: \(day)")
            }
            days.insert(number)
        }
        weekend = days
        holidays = row["holidays"]
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        self.calendar = calendar
        guard opens < cutOff, cutOff <= turn else {
            throw CalendarFault("opens before the cut-off, turns at it or later")
        }
    }

    /// `09:30`; `25:30` is half past one of the next day, `-06:00` six hours before midnight.
    private static func minutes(_ text: String) throws(CalendarFault) -> Int {
        let isBefore = text.hasPrefix("-")
        let parts = text.drop { $0 == "-" }.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }), let hours = Int(parts[0]),
            let minutes = Int(parts[1]), (0..<(isBefore ? 24 : 48)).contains(hours),
            (0..<60).contains(minutes)
        else { throw CalendarFault("no local time HH:MM: \(text)") }
        return (isBefore ? -1 : 1) * (hours * 60 + minutes)
    }

    /// The dates of a calendar, each in the instants that the zone's rules make of the hours.
    ///
    /// - Throws: ``CalendarFault`` for a date whose hours fall together or apart, as at a change of
    ///   the clocks.
    package func days(
        from first: CivilDate, through last: CivilDate, _ holidays: HolidayFile
    ) throws(CalendarFault) -> [CalendarDay] {
        var days: [CalendarDay] = []
        var next = first
        while next <= last {
            days.append(try day(next, holidays.kind(of: next, in: self.holidays)))
            guard let following = next.advanced(by: 1) else { break }
            next = following
        }
        return days
    }

    private func day(
        _ date: CivilDate, _ stated: HolidayFile.Kind?
    ) throws(CalendarFault) -> CalendarDay {
        let isWeekend = weekend.contains(date.weekday)
        if stated == .holiday || isWeekend && stated != .makeUp {
            return CalendarDay(closed: date, currency)
        }
        let day = CalendarDay(
            currency, date, kind: isWeekend ? .makeUp : .working, opens: instant(date, opens),
            cutOff: instant(date, cutOff), turn: instant(date, turn))
        guard day.isValid else {
            throw CalendarFault(
                "\(currency.code) \(date): the clocks of \(zone) forbid these hours")
        }
        return day
    }

    /// What clocks on the wall show so many minutes from midnight. A time that they leave out is
    /// the one behind it, one that they show twice the first of the two.
    private func instant(_ date: CivilDate, _ minutes: Int) -> Timestamp {
        let days = minutes < 0 ? -1 : minutes / 1_440
        let local = (date.advanced(by: days) ?? date).parts
        let rest = minutes - days * 1_440
        let parts = DateComponents(
            year: local.year, month: local.month, day: local.day, hour: rest / 60,
            minute: rest % 60)
        guard let found = calendar.date(from: parts) else { return 0 }
        return Timestamp(found.timeIntervalSince1970.rounded()) * 1_000_000_000
    }

    /// The date that clocks on the wall show at a time.
    package func date(at time: Timestamp) -> CivilDate {
        let moment = Date(timeIntervalSince1970: Double(time / 1_000_000_000))
        let parts = calendar.dateComponents([.year, .month, .day], from: moment)
        return CivilDate(
            year: parts.year ?? 0, month: parts.month ?? 0, day: parts.day ?? 0) ?? .none
    }

    /// What clocks on the wall show at a time: `2026-11-30 09:00`.
    package func wall(_ time: Timestamp) -> String {
        let moment = Date(timeIntervalSince1970: Double(time / 1_000_000_000))
        let parts = calendar.dateComponents([.hour, .minute], from: moment)
        let (hour, minute) = (parts.hour ?? 0, parts.minute ?? 0)
        return "\(date(at: time)) \(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
    }
}
