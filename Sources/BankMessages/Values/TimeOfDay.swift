package import Domain

/// A time that comes again every day (ISO 20022 `ISOTime`).
package struct TimeOfDay: Hashable, Sendable {
    /// Nanoseconds since midnight; a whole day for `24:00:00`, which ends the day.
    package let nanoseconds: Int64
    /// Minutes east of UTC; nil when the place is left open.
    package let offsetMinutes: Int?

    /// Nil beyond a day, or beyond 14 hours from UTC.
    package init?(nanoseconds: Int64, offsetMinutes: Int? = nil) {
        guard (0...nanosecondsPerDay).contains(nanoseconds),
            (-840...840).contains(offsetMinutes ?? 0)
        else { return nil }
        self.nanoseconds = nanoseconds
        self.offsetMinutes = offsetMinutes
    }

    /// Reads `hh:mm:ss[.fraction][Z|±hh:mm]`; fractions beyond nanoseconds are cut off.
    package init?(_ text: some StringProtocol) { self.init(ArraySlice(text.utf8)) }

    /// Reads the same of UTF-8.
    init?(_ text: ArraySlice<UInt8>) {
        var digits = DigitReader(text)
        guard let nanoseconds = digits.nanosecondsOfDay(), let offset = digits.zone(),
            digits.isAtEnd
        else { return nil }
        self.init(nanoseconds: nanoseconds, offsetMinutes: offset.minutes)
    }

    /// The instant on a date at a place, where a time with its own zone is put into that date.
    ///
    /// Whoever writes 01:00 at +08:00 as 17:00Z, a day earlier, still means the date he names.
    ///
    /// - Parameters:
    ///   - date: the day at the place.
    ///   - placeOffsetMinutes: of the place, east of UTC; for a time without zone too.
    /// - Returns: nanoseconds since 1970 UTC.
    package func instant(on date: CalendarDate, placeOffsetMinutes: Int) -> Timestamp {
        let shift = Int64(placeOffsetMinutes - (offsetMinutes ?? placeOffsetMinutes))
        var local = nanoseconds + shift * nanosecondsPerMinute
        if local > nanosecondsPerDay { local -= nanosecondsPerDay }
        if local < 0 { local += nanosecondsPerDay }
        return Int64(date.daysSince1970) * nanosecondsPerDay + local
            - Int64(placeOffsetMinutes) * nanosecondsPerMinute
    }
}

extension TimeOfDay: CustomStringConvertible {
    /// `hh:mm:ss`, a fraction of 3, 6 or 9 digits where there is one, and the zone if stated.
    package var description: String {
        var text = DigitWriter()
        text.add(clock: nanoseconds)
        guard let offsetMinutes else { return text.text }
        text.add(offsetMinutes < 0 ? "-" : "+")
        text.add(abs(offsetMinutes) / 60, width: 2)
        text.add(":")
        text.add(abs(offsetMinutes) % 60, width: 2)
        return text.text
    }
}

let nanosecondsPerMinute: Int64 = 60_000_000_000
let nanosecondsPerDay: Int64 = 86_400_000_000_000
