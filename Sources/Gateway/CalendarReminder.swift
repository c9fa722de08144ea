package import Domain
internal import Foundation
package import Logging

/// Says in the log, once a day for each currency, that its calendar ends soon.
///
/// Any node says so that knows of a calendar: whoever reads one log alone must not miss it.
package final class CalendarReminder: Sendable {
    private static let period = Duration.seconds(60)

    private let task: Task<Void, any Error>

    /// Begins to look, now and then every minute.
    package init(_ directory: @escaping @Sendable () -> Directory, logger: Logger) {
        task = Task {
            var told: [Currency: CivilDate] = [:]
            while true {
                let today = CivilDate(
                    rawValue: UInt16(clamping: WallClock.now / 86_400_000_000_000))
                for (currency, days) in Self.ending(directory().calendars, today)
                where told[currency] != today {
                    told[currency] = today
                    logger.warning(
                        "a calendar ends soon: dates behind it are closed days",
                        metadata: [
                            "currency": "\(currency.code)", "days": "\(days)",
                            "wanted": "\(KnownCalendar.wantedDays)",
                        ])
                }
                try await Task.sleep(for: Self.period)
            }
        }
    }

    package func end() { task.cancel() }

    /// The calendars of which fewer dates are left than are wanted, and how many are.
    package static func ending(
        _ calendars: [KnownCalendar], _ today: CivilDate
    ) -> [(currency: Currency, days: Int)] {
        calendars.map { (currency: $0.currency, days: $0.days(after: today)) }
            .filter { $0.days < KnownCalendar.wantedDays }
    }
}

/// The time of day, for what is said to people; nothing that the ledger decides depends on it.
enum WallClock {
    static var now: Timestamp { Timestamp(Date().timeIntervalSince1970 * 1_000) * 1_000_000 }
}
