internal import ArgumentParser
internal import Clients
internal import Domain
internal import Foundation
internal import Gateway
internal import Terminal

struct CalendarCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calendar",
        abstract: "Make, adopt, check and show calendars of currencies.",
        discussion: """
            A calendar says of each date of a currency when it opens, its cut-off and its turn. \
            'import' makes its dates of local hours and holidays (docs/calendars has examples) and \
            stages them; 'adopt' puts them in force; 'check' compares the files with what is in \
            force and warns when it ends within 400 days.

            Examples:
              langqiao calendar import --as operator --currency THB --hours hours.csv \
            --holidays holidays.csv
              langqiao calendar adopt --as second-operator --currency THB --first 2026-12-01 \
            --last 2028-01-04 --digest 0f1e…
              langqiao calendar check --as operator --currency THB --hours hours.csv \
            --holidays holidays.csv
              langqiao calendar show --as operator --currency THB
            """,
        subcommands: [
            CalendarImportCommand.self, CalendarAdoptCommand.self, CalendarCheckCommand.self,
            CalendarShowCommand.self,
        ])
}

/// A currency as an argument.
struct CurrencyOption: ParsableArguments {
    @Option(help: ArgumentHelp("The currency.", valueName: "code"))
    var currency: String

    func validate() throws { _ = try value() }

    func value() throws -> Currency {
        guard let known = Currency(code: currency) else {
            throw ValidationError("no currency of the ledger: \(currency)")
        }
        return known
    }
}

/// The files of which a calendar is made.
struct CalendarFiles: ParsableArguments {
    @Option(help: ArgumentHelp("A CSV file of hours, a row for each currency.", valueName: "file"))
    var hours: String

    @Option(help: ArgumentHelp("A CSV file of holidays; none when left out.", valueName: "file"))
    var holidays: String?

    /// - Throws: a validation error that names the file.
    func read(_ currency: Currency) throws -> (hours: CalendarHours, holidays: HolidayFile) {
        do {
            let all = try CalendarHours.read(try bytes(hours), of: hours)
            guard let own = all.first(where: { $0.currency == currency }) else {
                throw ValidationError("\(hours) has no row for \(currency.code)")
            }
            let days = try holidays.map { try HolidayFile(try bytes($0), of: $0) }
            return (own, days ?? HolidayFile())
        } catch let fault as CalendarFault {
            throw ValidationError(fault.description)
        }
    }

    private func bytes(_ file: String) throws -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw ValidationError("cannot read \(file)")
        }
        return Array(data)
    }

    static var now: Timestamp { Timestamp(Date().timeIntervalSince1970) * 1_000_000_000 }

    /// The current date in the currency's zone.
    static func today(_ hours: CalendarHours) -> CivilDate { hours.date(at: now) }
}

extension APIClient {
    /// The dates of a calendar that are in force from a date on.
    func calendarDays(_ currency: Currency, from first: CivilDate) async throws -> [CalendarDay] {
        var request = ProtoListCalendarDaysRequest()
        request.currency = currency.code
        request.firstDate = first.description
        let answer: ProtoListCalendarDaysResponse = try await call(
            "CalendarService/ListCalendarDays", request)
        return try answer.days.map { try CalendarDay($0) }
    }

    /// What is staged of it.
    func stagedDays(_ currency: Currency) async throws -> [CalendarDay] {
        var request = ProtoListStagedDaysRequest()
        request.currency = currency.code
        let answer: ProtoListCalendarDaysResponse = try await call(
            "CalendarService/ListStagedDays", request)
        return try answer.days.map { try CalendarDay($0) }
    }
}

extension [CalendarDay] {
    /// The days as a table, their times in UTC.
    var table: String {
        var table = TextTable([
            ("date", .left), ("kind", .left), ("opens", .left), ("cut-off", .left),
            ("turn", .left),
        ])
        for day in self {
            let times = day.isClosed ? [] : [day.opens, day.cutOff, day.turn].map(shown)
            table.add([day.date.description, day.kind.word] + times + closed(day))
        }
        return table.text
    }

    private func closed(_ day: CalendarDay) -> [String] { day.isClosed ? ["", "", ""] : [] }

    private func shown(_ time: Timestamp) -> String {
        Date(timeIntervalSince1970: Double(time / 1_000_000_000)).formatted(.iso8601)
    }
}
