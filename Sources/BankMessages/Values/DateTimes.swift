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

    /// Reads `YYYY-MM-DD`; a time zone after it, which XML Schema would allow, is refused.
    package init?(_ text: some StringProtocol) {
        var digits = DigitReader(text)
        guard let year = digits.number(4), digits.skip("-"), let month = digits.number(2),
            digits.skip("-"), let day = digits.number(2), digits.isAtEnd
        else { return nil }
        self.init(year: year, month: month, day: day)
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
        "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
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
        let nanosecondsPerDay: Int64 = 86_400_000_000_000
        let (days, inDay) = flooredDivision(self, by: nanosecondsPerDay)
        let date = CalendarDate(daysSince1970: Int(days))
        let seconds = Int(inDay / 1_000_000_000)
        let clock = [seconds / 3_600, seconds / 60 % 60, seconds % 60]
        let time = clock.map { padded($0, 2) }.joined(separator: ":")
        return "\(date)T\(time)\(fractionText(Int(inDay % 1_000_000_000)))+00:00"
    }

    /// Reads `YYYY-MM-DDThh:mm:ss[.fraction][Z|±hh:mm]` (ISO 20022 `ISODateTime`).
    ///
    /// A text without an offset counts as UTC. Fractions beyond nanoseconds are cut off. Nil for
    /// anything else and for years outside 1970 to 2261, which 64 bits of nanoseconds hold.
    package init?(isoDateTime text: some StringProtocol) {
        var digits = DigitReader(text)
        guard let year = digits.number(4), digits.skip("-"), let month = digits.number(2),
            digits.skip("-"), let day = digits.number(2), digits.skip("T"),
            let hour = digits.number(2), digits.skip(":"), let minute = digits.number(2),
            digits.skip(":"), let second = digits.number(2),
            let date = CalendarDate(year: year, month: month, day: day),
            (1970...2261).contains(year), hour < 24, minute < 60, second < 60,
            let fraction = digits.fraction(), let offset = digits.offsetMinutes(), digits.isAtEnd
        else { return nil }
        let minutes = (date.daysSince1970 * 24 + hour) * 60 + minute - offset
        self = (Int64(minutes) * 60 + Int64(second)) * 1_000_000_000 + fraction
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

private func fractionText(_ nanoseconds: Int) -> String {
    if nanoseconds == 0 { return "" }
    if nanoseconds % 1_000_000 == 0 { return "." + padded(nanoseconds / 1_000_000, 3) }
    if nanoseconds % 1_000 == 0 { return "." + padded(nanoseconds / 1_000, 6) }
    return "." + padded(nanoseconds, 9)
}

private func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}

/// Takes fixed-width figures off the front of a text.
private struct DigitReader {
    private var rest: ArraySlice<UInt8>

    init(_ text: some StringProtocol) {
        rest = ArraySlice(Array(text.utf8))
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let first = rest.first, UInt32(first) == character.value else { return false }
        rest.removeFirst()
        return true
    }

    /// A number of exactly `width` digits.
    mutating func number(_ width: Int) -> Int? {
        guard rest.count >= width else { return nil }
        var value = 0
        for _ in 0..<width {
            guard let digit = nextDigit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// Nanoseconds after the point; 0 when there is no point.
    mutating func fraction() -> Int64? {
        guard skip(".") else { return 0 }
        var value: Int64 = 0
        var scale: Int64 = 100_000_000
        var digits = 0
        while let digit = nextDigit() {
            value += Int64(digit) * scale
            scale /= 10
            digits += 1
        }
        return digits > 0 ? value : nil
    }

    /// Minutes east of UTC; at most 14 hours, as XML Schema has it.
    mutating func offsetMinutes() -> Int? {
        if rest.isEmpty || skip("Z") { return 0 }
        let sign = skip("-") ? -1 : 1
        guard sign < 0 || skip("+"), let hours = number(2), skip(":"), let minutes = number(2),
            minutes < 60, hours * 60 + minutes <= 840
        else { return nil }
        return sign * (hours * 60 + minutes)
    }

    private mutating func nextDigit() -> Int? {
        guard let byte = rest.first, byte >= 48, byte <= 57 else { return nil }
        rest.removeFirst()
        return Int(byte) - 48
    }
}
