internal import Domain

/// Times in the form of RFC 3339, UTC.
enum EvidenceTime {
    private static let nanosecondsInSecond: Int64 = 1_000_000_000
    private static let secondsInDay: UInt64 = 86_400

    /// - Parameter nanoseconds: since 1970.
    static func text(nanoseconds: Int64) -> String {
        guard nanoseconds >= 0 else { return "\(nanoseconds) ns since 1970" }
        let (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: nanosecondsInSecond)
        return text(seconds: UInt64(seconds), fraction: "." + padded(UInt64(rest), 9))
    }

    /// - Parameter seconds: since 1970; beyond the range of ``CivilDate`` they are said as a number.
    static func text(seconds: UInt64, fraction: String = "") -> String {
        guard let days = UInt16(exactly: seconds / secondsInDay) else {
            return "\(seconds)\(fraction) s since 1970"
        }
        let ofDay = seconds % secondsInDay
        let parts = [ofDay / 3_600, ofDay / 60 % 60, ofDay % 60].map { padded($0, 2) }
        return "\(CivilDate(rawValue: days))T\(parts.joined(separator: ":"))\(fraction)Z"
    }

    private static func padded(_ number: UInt64, _ digits: Int) -> String {
        let text = "\(number)"
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
}
