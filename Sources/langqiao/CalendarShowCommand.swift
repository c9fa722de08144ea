internal import ArgumentParser
internal import Clients
internal import Domain
internal import Gateway

struct CalendarShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the calendar of a currency that is in force.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var currency: CurrencyOption

    @Flag(help: "Show what waits to be adopted instead.")
    var staged = false

    @Option(help: ArgumentHelp("The first date; all when left out.", valueName: "date"))
    var from: String?

    func validate() throws {
        guard from == nil || from.flatMap({ CivilDate($0) }) != nil else {
            throw ValidationError("--from is a date such as 2026-11-30")
        }
    }

    func run() async throws {
        let currency = try currency.value()
        let (first, isStaged) = (from.flatMap { CivilDate($0) }, staged)
        let days = try await connection.connected { client in
            let days =
                isStaged
                ? try await client.stagedDays(currency)
                : try await client.calendarDays(currency, from: CivilDate(rawValue: 1))
            return days.filter { $0.date >= first ?? .none }
        }
        if connection.json { return try printJSON(ProtoListCalendarDaysResponse(days)) }
        print(days.table)
        print("digest \(CalendarDay.digest(of: days))")
    }
}
