/// What anybody may know of a currency's calendar at once: where it ends, and the day that runs.
public struct KnownCalendar: Sendable {
    public let currency: Currency
    /// The last date in force; none before the first adoption.
    public private(set) var last = CivilDate.none
    /// The business day that runs.
    public private(set) var running: BusinessDayRow?
    /// From the running day's on.
    private var days: [CivilDate: CalendarDay] = [:]

    /// Dates before this one are not among them; nil before the first business day with a date.
    private var forgotten: CivilDate?

    init(currency: Currency) { self.currency = currency }

    /// The times of the day that runs; nil while it has no date.
    public var day: CalendarDay? { running.flatMap { days[$0.date] } }

    /// Of the running day, while it is open.
    func cutOff(at now: Timestamp) -> Timestamp? {
        guard let day, !day.isClosed, day.opens <= now, now < day.cutOff else { return nil }
        return day.cutOff
    }

    /// So many dates ahead are wanted in force: whoever watches a calendar is told when there are
    /// fewer, for a date that is missing when it comes is a closed day (R19.6).
    public static let wantedDays = 400

    /// How many dates are in force behind this one.
    public func days(after date: CivilDate) -> Int {
        max(0, Int(last.rawValue) - Int(date.rawValue))
    }

    mutating func set(_ day: CalendarDay) {
        last = max(last, day.date)
        if day.date >= forgotten ?? .none { days[day.date] = day }
    }

    /// - Complexity: O(dates since the day that ran), of the first one O(dates in force).
    mutating func set(_ row: BusinessDayRow) {
        guard row.number >= running?.number ?? 0 else { return }
        if row.date != .none { forget(before: row.date) }
        running = row
    }

    private mutating func forget(before date: CivilDate) {
        guard var past = forgotten else {
            days = days.filter { $0.key >= date }
            forgotten = date
            return
        }
        while past < date, let next = past.advanced(by: 1) {
            days[past] = nil
            past = next
        }
        forgotten = max(past, date)
    }
}
