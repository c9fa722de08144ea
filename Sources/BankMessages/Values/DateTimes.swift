internal import Domain

/// A day of the Gregorian calendar (ISO 20022 `ISODate`).
package struct CalendarDate: Hashable, Sendable {
    package let year: Int
    /// 1 to 12.
    package let month: Int
    /// 1 to the length of the month.
    package let day: Int

    /// Nil unless the day exists and the year lies in 1 to 9999.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...9_999).contains(year), (1...12).contains(month),
            day >= 1, day <= daysInMonth(month, year: year)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// Reads `YYYY-MM-DD[Z|±hh:mm]`. A zone is read and dropped: programs put theirs behind every
    /// date, and mean the day they name, wherever it is reckoned.
    package init?(_ text: some StringProtocol) { self.init(ArraySlice(text.utf8)) }

    /// Reads the same of UTF-8.
    init?(_ text: ArraySlice<UInt8>) {
        var digits = DigitReader(text)
        guard let date = digits.date(), digits.zone() != nil, digits.isAtEnd else { return nil }
        self = date
    }

    /// Days since 1970-01-01; negative before. O(1), by Hinnant's days-from-civil.
    package var daysSince1970: Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The day that lies `days` after 1970-01-01; used for years 1 to 9999 only.
    package init(daysSince1970 days: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }
}

extension CalendarDate: CustomStringConvertible {
    /// `YYYY-MM-DD`.
    package var description: String {
        var text = DigitWriter()
        text.add(self)
        return text.text
    }
}

extension Timestamp {
    /// The instant as ISO 8601 in UTC, for example `2026-01-01T10:00:00.250+00:00`.
    ///
    /// The offset is written as `+00:00`, not `Z`, because the CBPR+ usage guidelines demand an
    /// offset in figures. The fraction has 0, 3, 6 or 9 digits, as many as it needs.
    ///
    /// - Complexity: O(1).
    package var isoDateTime: String {
        let (days, inDay) = flooredDivision(self, by: nanosecondsPerDay)
        var text = DigitWriter()
        text.add(CalendarDate(daysSince1970: Int(days)))
        text.add("T")
        text.add(clock: inDay)
        text.add("+00:00")
        return text.text
    }

    /// Reads `YYYY-MM-DDThh:mm:ss[.fraction][Z|±hh:mm]` (ISO 20022 `ISODateTime`).
    ///
    /// A text without an offset counts as UTC. Fractions beyond nanoseconds are cut off. Nil for
    /// anything else and for years outside 1970 to 2261, which 64 bits of nanoseconds hold.
    package init?(isoDateTime text: some StringProtocol) {
        self.init(isoDateTime: ArraySlice(text.utf8))
    }

    /// Reads the same of UTF-8.
    init?(isoDateTime text: ArraySlice<UInt8>) {
        var digits = DigitReader(text)
        guard let date = digits.date(), (1970...2261).contains(date.year), digits.skip("T"),
            let inDay = digits.nanosecondsOfDay(), let zone = digits.zone(), digits.isAtEnd
        else { return nil }
        let days = Int64(date.daysSince1970)
        self = days * nanosecondsPerDay + inDay - Int64(zone.minutes ?? 0) * nanosecondsPerMinute
    }
}

private func daysInMonth(_ month: Int, year: Int) -> Int {
    switch month {
    case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
}

private func flooredDivision(_ value: Int64, by divisor: Int64) -> (Int64, Int64) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
}
