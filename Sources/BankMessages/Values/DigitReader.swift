/// Takes fixed-width figures off the front of a text.
struct DigitReader {
    private var rest: ArraySlice<UInt8>

    init(_ text: ArraySlice<UInt8>) { rest = text }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let first = rest.first, UInt32(first) == character.value else { return false }
        rest.removeFirst()
        return true
    }

    /// `YYYY-MM-DD`.
    mutating func date() -> CalendarDate? {
        guard let year = number(4), skip("-"), let month = number(2), skip("-"),
            let day = number(2)
        else { return nil }
        return CalendarDate(year: year, month: month, day: day)
    }

    /// `hh:mm:ss[.fraction]`; `24:00:00` ends the day, as XML Schema has it.
    mutating func nanosecondsOfDay() -> Int64? {
        guard let hour = number(2), skip(":"), let minute = number(2), skip(":"),
            let second = number(2), minute < 60, second < 60, let fraction = fraction()
        else { return nil }
        let seconds = Int64(hour * 3_600 + minute * 60 + second)
        let nanoseconds = seconds * 1_000_000_000 + fraction
        return nanoseconds <= nanosecondsPerDay ? nanoseconds : nil
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

    /// Nanoseconds after the point, those of digits beyond cut off; 0 when there is no point.
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

    /// A time zone behind a date or a time.
    struct Zone {
        /// East of UTC; nil when none is stated.
        var minutes: Int?
    }

    /// Nothing, `Z` or `±hh:mm`, at most 14 hours, as XML Schema has it.
    mutating func zone() -> Zone? {
        if rest.isEmpty { return Zone(minutes: nil) }
        if skip("Z") { return Zone(minutes: 0) }
        let sign = skip("-") ? -1 : 1
        guard sign < 0 || skip("+"), let hours = number(2), skip(":"), let minutes = number(2),
            minutes < 60, hours * 60 + minutes <= 840
        else { return nil }
        return Zone(minutes: sign * (hours * 60 + minutes))
    }

    private mutating func nextDigit() -> Int? {
        guard let byte = rest.first, byte >= 48, byte <= 57 else { return nil }
        rest.removeFirst()
        return Int(byte) - 48
    }
}
