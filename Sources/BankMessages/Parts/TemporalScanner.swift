/// Recognises dates and times of XML Schema; what they mean is not asked.
struct TemporalScanner {
    private var rest: ArraySlice<UInt8>

    init(_ text: ArraySlice<UInt8>) { rest = text }

    /// `YYYY-MM-DD`, perhaps with a zone.
    var isDate: Bool {
        mutating get { takeDate() && takeZone() && rest.isEmpty }
    }

    /// A date, `T`, a time, perhaps with a fraction and a zone.
    var isDateTime: Bool {
        mutating get { takeDate() && take("T") && takeTime() && takeZone() && rest.isEmpty }
    }

    var isTime: Bool {
        mutating get { takeTime() && takeZone() && rest.isEmpty }
    }

    var isYear: Bool {
        mutating get { (number(4) ?? 0) > 0 && takeZone() && rest.isEmpty }
    }

    private mutating func takeDate() -> Bool {
        guard let year = number(4), take("-"), let month = number(2), take("-"),
            let day = number(2)
        else { return false }
        return CalendarDate(year: year, month: month, day: day) != nil
    }

    /// The end of a day may be written `24:00:00`.
    private mutating func takeTime() -> Bool {
        guard let hour = number(2), take(":"), let minute = number(2), take(":"),
            let second = number(2), hour <= 24, minute < 60, second < 60
        else { return false }
        var isZero = minute == 0 && second == 0
        if take(".") {
            let digits = rest.prefix { $0 >= 48 && $0 <= 57 }
            guard !digits.isEmpty else { return false }
            isZero = isZero && digits.allSatisfy { $0 == 48 }
            rest = rest.dropFirst(digits.count)
        }
        return hour < 24 || isZero
    }

    /// Nothing, `Z`, or at most 14 hours from UTC.
    private mutating func takeZone() -> Bool {
        if rest.isEmpty || take("Z") { return true }
        guard take("+") || take("-"), let hours = number(2), take(":"), let minutes = number(2)
        else { return false }
        return minutes < 60 && hours * 60 + minutes <= 840
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func number(_ width: Int) -> Int? {
        guard rest.count >= width else { return nil }
        var value = 0
        for byte in rest.prefix(width) {
            guard byte >= 48, byte <= 57 else { return nil }
            value = value * 10 + Int(byte - 48)
        }
        rest = rest.dropFirst(width)
        return value
    }
}
