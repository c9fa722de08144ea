internal import Domain

extension Metrics {
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
