internal import Domain

/// Times in the form of RFC 3339, UTC; a part of a second only where there is one. Beyond the range
/// of ``CivilDate`` they are said as a number.
enum EvidenceTime {
    private static let nanosecondsInSecond: Int64 = 1_000_000_000
    private static let secondsInDay: UInt64 = 86_400

    /// - Parameter nanoseconds: since 1970.
    static func text(nanoseconds: Int64) -> String {
        let (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: nanosecondsInSecond)
        guard nanoseconds >= 0, let instant = text(UInt64(seconds), rest: UInt64(rest)) else {
            return "\(nanoseconds) ns since 1970"
        }
        return instant
    }

    /// - Parameter seconds: since 1970.
    static func text(seconds: UInt64) -> String {
        text(seconds, rest: 0)
            ?? "\(UInt128(seconds) * UInt128(nanosecondsInSecond)) ns since 1970"
    }

    private static func text(_ seconds: UInt64, rest: UInt64) -> String? {
        guard let days = UInt16(exactly: seconds / secondsInDay) else { return nil }
        let ofDay = seconds % secondsInDay
        let parts = [ofDay / 3_600, ofDay / 60 % 60, ofDay % 60].map { padded($0, 2) }
        let fraction = rest > 0 ? "." + padded(rest, 9) : ""
        return "\(CivilDate(rawValue: days))T\(parts.joined(separator: ":"))\(fraction)Z"
    }

    private static func padded(_ number: UInt64, _ digits: Int) -> String {
        let text = "\(number)"
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
}
