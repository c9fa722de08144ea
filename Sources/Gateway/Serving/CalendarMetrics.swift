internal import Domain

extension Metrics {
    /// How long each open corridor takes orders still; a corridor outside its session has no line.
    static func hoursToCutOff(_ directory: Directory, at now: Timestamp) -> String {
        let name = "langqiao_hours_to_cut_off"
        let lines = directory.corridors.filter { $0.state == .open }.compactMap { row in
            directory.cutOff(of: row, at: now).map { end in
                let hundredths = (end - now) / 36_000_000_000
                let rest = hundredths % 100
                return "\(name){corridor=\"\(row.corridor.foreign.code)\"} "
                    + "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)\n"
            }
        }
        guard !lines.isEmpty else { return "" }
        return "# HELP \(name) Hours to the end of the session.\n# TYPE \(name) gauge\n"
            + lines.joined()
    }

    /// Where calendars end, and the business days that run; empty without any calendar. Times are
    /// seconds since 1970, so that whoever reads them says how long that is.
    static func calendars(_ directory: Directory) -> String {
        let calendars = directory.calendars
        guard !calendars.isEmpty else { return "" }
        return family(
            "langqiao_calendar_end_seconds", "Midnight UTC at the last date in force.", calendars
        ) { $0.last.midnight / 1_000_000_000 }
            + family("langqiao_business_day", "The number of the day that runs.", calendars) {
                $0.running.map { Int64($0.number) }
            }
            + family("langqiao_cut_off_seconds", "The cut-off of the day that runs.", calendars) {
                $0.day.map { $0.cutOff / 1_000_000_000 }
            }
            + family("langqiao_turn_seconds", "The turn of the day that runs.", calendars) {
                $0.day.map { $0.turn / 1_000_000_000 }
            }
    }

    private static func family(
        _ name: String, _ help: String, _ calendars: [KnownCalendar],
        _ value: (KnownCalendar) -> Int64?
    ) -> String {
        calendars.reduce(into: "# HELP \(name) \(help)\n# TYPE \(name) gauge\n") { text, calendar in
            guard let value = value(calendar) else { return }
            text += "\(name){currency=\"\(calendar.currency.code)\"} \(value)\n"
        }
    }
}
