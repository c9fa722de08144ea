internal import Domain

extension Script {
    /// `stage CUR DATE [closed|make-up] opens= cutoff= turn= [removed]`, `adopt CUR FIRST LAST
    /// [days=] [digest=]`, `calendars CUR on|off`.
    mutating func calendarCommand(
        _ word: String, _ words: [String]
    ) throws -> any DeclaredCommand {
        let currency = try currency(words[0])
        switch word {
        case "stage":
            let day = try calendarDay(currency, words)
            let removed = words.contains("removed")
            if !removed, day.isValid { stagedDays[day.key] = day }
            return StageCalendarDay(day, removed: removed)
        case "adopt":
            let (first, last) = (try date(words[1]), try date(words[2]))
            let days = stagedDays.values.filter { $0.currency == currency }
                .filter { $0.date >= first && $0.date <= last }.sorted { $0.date < $1.date }
            return AdoptCalendar(
                currency, from: first, through: last,
                days: option("days", in: words).flatMap { UInt16($0) } ?? UInt16(days.count),
                digest: option("digest", in: words).flatMap { RowsDigest($0) }
                    ?? CalendarDay.digest(of: days))
        default: return SetCorridorCalendars(foreign: currency, follows: words[1] == "on")
        }
    }

    private func calendarDay(_ currency: Currency, _ words: [String]) throws -> CalendarDay {
        let date = try date(words[1])
        guard !words.contains("closed"), !words.contains("removed") else {
            return CalendarDay(closed: date, currency)
        }
        return CalendarDay(
            currency, date, kind: words.contains("make-up") ? .makeUp : .working,
            opens: try time(option("opens", in: words) ?? ""),
            cutOff: try time(option("cutoff", in: words) ?? ""),
            turn: try time(option("turn", in: words) ?? ""))
    }

    private func date(_ text: String) throws -> CivilDate {
        guard let date = CivilDate(text) else { throw Violation(description: "no date: \(text)") }
        return date
    }
}
