/// A date of the civil calendar: days since 1970-01-01, up to 2149-06-06. 0 is none.
///
/// It has no time zone: which instants belong to it the rows of a calendar say.
public struct CivilDate: RawRepresentable, BitwiseCopyable, Hashable, Sendable {
    public let rawValue: UInt16

    @inlinable public static var none: CivilDate { CivilDate(rawValue: 0) }

    @inlinable
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Nil for a date that does not exist or lies outside the range.
    ///
    /// The days of the proleptic Gregorian calendar before a year that begins in March, so that
    /// the leap day comes last.
    public init?(year: Int, month: Int, day: Int) {
        guard (1_970...2_149).contains(year), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        let years = month > 2 ? year : year - 1
        let months = month > 2 ? month - 3 : month + 9
        let number =
            years * 365 + years / 4 - years / 100 + years / 400 + (153 * months + 2) / 5 + day
            - 719_469
        guard let rawValue = UInt16(exactly: number) else { return nil }
        self.init(rawValue: rawValue)
        guard parts == (year, month, day) else { return nil }
    }

    /// Reads `2026-11-30`.
    public init?(_ text: some StringProtocol) {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.map(\.count) == [4, 2, 2] else { return nil }
        var numbers: [Int] = []
        for part in parts {
            guard part.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
                return nil
            }
            numbers.append(part.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) })
        }
        self.init(year: numbers[0], month: numbers[1], day: numbers[2])
    }

    /// Year, month and day of the Gregorian calendar.
    public var parts: (year: Int, month: Int, day: Int) {
        // Counted from 0000-03-01; the range lies behind 1600, so nothing is negative.
        let days = Int(rawValue) + 719_468
        let era = days / 146_097
        let dayOfEra = days % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let year = yearOfEra + era * 400 + (month >= 10 ? 1 : 0)
        return (year, month < 10 ? month + 3 : month - 9, dayOfYear - (153 * month + 2) / 5 + 1)
    }

    /// 1 is Monday, 7 Sunday. 1970-01-01 was a Thursday.
    public var weekday: Int { (Int(rawValue) + 3) % 7 + 1 }

    /// The date so many days later; nil outside the range.
    public func advanced(by days: Int) -> CivilDate? {
        UInt16(exactly: Int(rawValue) + days).map { CivilDate(rawValue: $0) }
    }

    /// Midnight UTC at its beginning.
    public var midnight: Timestamp { Timestamp(rawValue) * 86_400_000_000_000 }
}

extension CivilDate: Comparable {
    public static func < (a: CivilDate, b: CivilDate) -> Bool { a.rawValue < b.rawValue }
}

extension CivilDate: CustomStringConvertible {
    /// `2026-11-30`.
    public var description: String {
        let (year, month, day) = parts
        return "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
    }
}

extension CivilDate: FieldValue {
    public var bits: UInt16 { rawValue }
    public init(bits: UInt16) { self.init(rawValue: bits) }
    public static var column: FieldColumn { .text }
    public var text: String? { self == .none ? nil : description }
    public init?(text: String?) {
        guard let text else {
            self = .none
            return
        }
        guard let read = CivilDate(text) else { return nil }
        self = read
    }
}
