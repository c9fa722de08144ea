package import Domain

/// Holidays and make-up working days of several calendars, as a file says them.
package struct HolidayFile: Sendable {
    enum Kind: Sendable {
        case holiday
        case makeUp
    }

    private var kinds: [String: [CivilDate: Kind]] = [:]
    private var lastDates: [String: CivilDate] = [:]

    /// A file without any.
    package init() {}

    /// Reads columns `calendar`, `date` and `name`, and `kind` where there is one: `holiday` or
    /// `make-up`. The date behind `substituted from` in a name is a make-up day.
    ///
    /// - Throws: ``CalendarFault``.
    package init(_ text: [UInt8], of file: String) throws(CalendarFault) {
        let table = try CalendarTable(text, of: file, columns: ["calendar", "date", "name"])
        for row in table.rows {
            guard let date = CivilDate(row["date"]) else {
                throw CalendarFault("\(file), line \(row.line): no date: \(row["date"])")
            }
            let kind: Kind
            switch row["kind"] {
            case "", "holiday": kind = .holiday
            case "make-up": kind = .makeUp
            default: throw CalendarFault("\(file), line \(row.line): no kind: \(row["kind"])")
            }
            note(date, kind, in: row["calendar"])
            if let instead = HolidayFile.substituted(row["name"]) {
                note(instead, .makeUp, in: row["calendar"])
            }
        }
    }

    private mutating func note(_ date: CivilDate, _ kind: Kind, in calendar: String) {
        kinds[calendar, default: [:]][date] = kind
        lastDates[calendar] = max(lastDates[calendar] ?? .none, date)
    }

    /// `Day off (substituted from 01/04/2026)`: month, day, year.
    private static func substituted(_ name: String) -> CivilDate? {
        guard let place = name.firstRange(of: "substituted from ") else { return nil }
        let parts = name[place.upperBound...].prefix { $0 != ")" }.split(separator: "/")
        guard parts.count == 3 else { return nil }
        return CivilDate("\(parts[2])-\(parts[0])-\(parts[1])")
    }

    func kind(of date: CivilDate, in calendar: String) -> Kind? { kinds[calendar]?[date] }

    /// The last date that a calendar names; behind it nobody has said what is a holiday.
    package func last(in calendar: String) -> CivilDate? { lastDates[calendar] }
}
