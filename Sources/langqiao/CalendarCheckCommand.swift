internal import ArgumentParser
internal import Clients
internal import Domain
internal import Gateway
internal import Terminal

struct CalendarCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Compare files of hours and holidays with what is in force.",
        discussion: """
            Prints each date from today on that would be another one, and how far the calendar \
            goes. Exit status 1 when there is such a date, or when the calendar ends within 400 \
            days: a date that is missing when it comes is a closed day.
            """)

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var currency: CurrencyOption
    @OptionGroup var files: CalendarFiles

    func run() async throws {
        let currency = try currency.value()
        let (hours, holidays) = try files.read(currency)
        let today = CalendarFiles.today(hours)
        let known = try await connection.connected {
            try await $0.calendarDays(currency, from: today)
        }
        let end = known.last?.date ?? today
        let wanted = try hours.days(from: known.first?.date ?? today, through: end, holidays)
        let inForce = Dictionary(known.map { ($0.date, $0) }) { first, _ in first }
        let others = known.isEmpty ? [] : wanted.filter { inForce[$0.date] != $0 }
        let ahead = known.isEmpty ? 0 : Int(end.rawValue - today.rawValue)
        if connection.json {
            try printJSON(ProtoListCalendarDaysResponse(others))
        } else {
            if !others.isEmpty { print(others.table) }
            print(
                "\(currency.code): \(others.count) dates differ, \(ahead) ahead are in force; "
                    + "\(hours.zone) by time zone data \(CalendarHours.zoneData)")
        }
        guard others.isEmpty, ahead >= KnownCalendar.wantedDays else {
            let reason =
                others.isEmpty
                ? "the calendar ends in \(ahead) days, \(KnownCalendar.wantedDays) are wanted"
                : "the calendar in force is another one"
            Failure.print(reason, code: "CALENDAR", json: connection.json)
            throw ExitCode.failure
        }
    }
}
