internal import ArgumentParser
internal import Clients
internal import Domain
internal import Gateway

struct CalendarImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Make dates of a calendar and stage them.",
        discussion: """
            What is staged is not in force: somebody adopts it by the digest that is printed. \
            Staging the same again changes nothing, so an interrupted import is repeated as it is.
            """)

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var currency: CurrencyOption
    @OptionGroup var files: CalendarFiles

    @Option(
        help: ArgumentHelp(
            "The first date; the one behind what is in force when left out, or today.",
            valueName: "date"))
    var from: String?

    @Option(help: ArgumentHelp("How many dates.", valueName: "number"))
    var days = KnownCalendar.wantedDays + 1

    @Flag(help: "Print the dates and send nothing.")
    var dryRun = false

    func validate() throws {
        guard (1...Limits.stagedDays).contains(days) else {
            throw ValidationError("--days is 1 to \(Limits.stagedDays)")
        }
        guard from == nil || from.flatMap({ CivilDate($0) }) != nil else {
            throw ValidationError("--from is a date such as 2026-11-30")
        }
    }

    func run() async throws {
        let currency = try currency.value()
        let (hours, holidays) = try files.read(currency)
        let stated = from.flatMap { CivilDate($0) }
        let count = days
        let isDry = dryRun
        let made = try await connection.connected { client in
            var first = stated
            if first == nil {
                let known = try await client.calendarDays(
                    currency, from: CivilDate(rawValue: 1))
                first = try known.last?.date.advanced(by: 1) ?? firstDate(hours, holidays)
            }
            let last = first?.advanced(by: count - 1) ?? CivilDate(rawValue: .max)
            let days = try hours.days(from: first ?? .none, through: last, holidays)
            guard !isDry else { return days }
            try await client.stage(days)
            return days
        }
        try show(made, hours, holidays)
    }

    /// Today, unless its turn has passed: then nobody could adopt it any more.
    private func firstDate(
        _ hours: CalendarHours, _ holidays: HolidayFile
    ) throws -> CivilDate? {
        let today = CalendarFiles.today(hours)
        let days = try hours.days(from: today, through: today, holidays)
        let isOver = days.contains { !$0.isClosed && $0.turn <= CalendarFiles.now }
        return isOver ? today.advanced(by: 1) : today
    }

    private func show(
        _ days: [CalendarDay], _ hours: CalendarHours, _ holidays: HolidayFile
    ) throws {
        if connection.json { return try printJSON(ProtoListCalendarDaysResponse(days)) }
        if dryRun { print(days.table) }
        guard let first = days.first?.date, let last = days.last?.date else { return }
        let working = days.count { !$0.isClosed }
        print(
            "\(hours.currency.code): \(days.count) dates from \(first) to \(last), \(working) of "
                + "them working; \(hours.zone) by time zone data \(CalendarHours.zoneData)")
        if holidays.last(in: hours.holidays) ?? .none < last {
            let end = holidays.last(in: hours.holidays)?.description ?? "nowhere"
            print("Warning: the holidays of '\(hours.holidays)' end with \(end).")
        }
        guard !dryRun else { return }
        print(
            "Staged. To put them in force: langqiao calendar adopt --currency "
                + "\(hours.currency.code) --first \(first) --last \(last) --digest "
                + "\(CalendarDay.digest(of: days))")
    }
}

extension APIClient {
    /// Stages days, some at a time: those share batches.
    fileprivate func stage(_ days: [CalendarDay]) async throws {
        for start in stride(from: 0, to: days.count, by: 64) {
            try await withThrowingTaskGroup { group in
                for day in days[start..<min(start + 64, days.count)] {
                    group.addTask {
                        let _: ProtoCommandAnswer = try await call(
                            "OperatorService/StageCalendarDay", ProtoStageCalendarDayRequest(day))
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
