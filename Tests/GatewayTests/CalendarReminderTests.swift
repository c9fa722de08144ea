internal import Domain
internal import Gateway
internal import Scenarios
internal import Testing

/// What is said of calendars before it is too late.
@Suite struct CalendarReminderTests {
    private static let hour: Timestamp = 3_600_000_000_000
    private static let today = CivilDate(rawValue: 20_787)

    private static func day(
        _ currency: Currency, ahead: Int = 0, cutOff: Timestamp = 16
    ) -> CalendarDayRow {
        let date = today.advanced(by: ahead) ?? .none
        let midnight = date.midnight
        return CalendarDayRow(
            CalendarDay(
                currency, date, opens: midnight + hour, cutOff: midnight + cutOff * hour,
                turn: midnight + 20 * hour))
    }

    private static func running(_ currency: Currency) -> BusinessDayRow {
        BusinessDayRow(currency, 1, date: today, beganIn: 7, at: today.midnight)
    }

    @Test("A calendar that ends within 400 days is named, with what is left")
    func ending() {
        let directory = Banks.directory([
            Self.day(.cny, ahead: 400), Self.day(.thb, ahead: 399), Self.day(.sgd, ahead: -3),
        ])
        let named = CalendarReminder.ending(directory.calendars, Self.today)
        #expect(named.map(\.currency) == [.thb, .sgd])
        #expect(named.map(\.days) == [399, 0])
        #expect(CalendarReminder.ending(Banks.directory.calendars, Self.today).isEmpty)
    }

    @Test("A corridor on calendars ends with the earlier cut-off of both (R4.7)")
    func cutOffs() {
        var corridor = CorridorRow()
        corridor.corridor.foreign = .thb
        corridor.state = .open
        corridor.followsCalendars = true
        let directory = Banks.directory([
            corridor, Self.day(.cny), Self.day(.thb, cutOff: 10), Self.running(.cny),
            Self.running(.thb),
        ])
        let midnight = Self.today.midnight
        for (hours, end) in [(0, nil), (1, 10), (9, 10), (10, nil), (15, nil)] as [(Int64, Int64?)]
        {
            let found = directory.cutOff(of: corridor, at: midnight + hours * Self.hour)
            #expect(found == end.map { midnight + $0 * Self.hour })
        }
        let one = Banks.directory([corridor, Self.day(.cny), Self.running(.cny)])
        #expect(one.cutOff(of: corridor, at: midnight + 2 * Self.hour) == nil)
    }
}
