package import Domain

/// The business days of one currency, as its calendar knows them: how far dates lie apart.
///
/// A date that is none counts as the next one that is. Outside the range that is known, Mondays to
/// Fridays are business days: a window at its edge is then a guess that an operator sees.
package struct BusinessDays: Sendable {
    private let first: CivilDate
    private let last: CivilDate
    /// By date, up to the one behind ``last``: business days from ``first`` to before it.
    private let before: [Int32]

    /// - Parameters:
    ///   - dates: Business days; order and repetitions are of no account.
    ///   - range: The dates of which `dates` knows whether they are some.
    /// - Complexity: O(dates in the range).
    package init(_ dates: [CivilDate], knownIn range: ClosedRange<CivilDate>) {
        first = range.lowerBound
        last = range.upperBound
        let span = Int(last.rawValue) - Int(first.rawValue) + 1
        var isOpen = [Bool](repeating: false, count: span)
        for date in dates where range.contains(date) {
            isOpen[Int(date.rawValue) - Int(first.rawValue)] = true
        }
        var before: [Int32] = [0]
        before.reserveCapacity(span + 1)
        for open in isOpen { before.append(before[before.count - 1] + (open ? 1 : 0)) }
        self.before = before
    }

    /// The place of a date among the business days: two dates lie as many days apart as their
    /// places do.
    ///
    /// - Complexity: O(1).
    package func place(of date: CivilDate) -> Int {
        if date < first {
            return BusinessDays.weekdays(before: date.rawValue)
                - BusinessDays.weekdays(before: first.rawValue)
        }
        guard date > last else { return Int(before[Int(date.rawValue) - Int(first.rawValue)]) }
        let known = Int(before[before.count - 1])
        return known + BusinessDays.weekdays(before: date.rawValue)
            - BusinessDays.weekdays(before: last.rawValue &+ 1)
    }

    /// Business days from one date to another; negative backwards.
    package func distance(from: CivilDate, to: CivilDate) -> Int { place(of: to) - place(of: from) }

    /// Mondays to Fridays from 1970-01-01, a Thursday, to before the day of a number.
    private static func weekdays(before day: UInt16) -> Int {
        // Counted from Monday 1969-12-29, three days earlier.
        let (weeks, rest) = (Int(day) + 3).quotientAndRemainder(dividingBy: 7)
        return weeks * 5 + min(rest, 5) - 3
    }
}

/// Where an expected entry stands in time: waiting is no break.
package enum DueState: UInt8, BitwiseCopyable, CaseIterable, Hashable, Sendable {
    /// Its date is still to come.
    case expected = 0
    /// Its date is today.
    case due
    /// Its date is past.
    case missing
}

extension DueState {
    /// By the business days of the currency.
    package init(due: CivilDate, today: CivilDate, days: BusinessDays) {
        switch days.distance(from: due, to: today) {
        case ..<0: self = .expected
        case 0: self = .due
        default: self = .missing
        }
    }
}
