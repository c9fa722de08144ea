package import Domain

/// A pending line whose booked one has come: the booked one stands for it.
package struct Replacement: Hashable, Sendable {
    package var pending: LineNumber
    package var booked: LineNumber
    /// The reference that both bear; nil when only amount and date say so.
    package var reference: Reference?

    package init(pending: LineNumber, booked: LineNumber, reference: Reference?) {
        self.pending = pending
        self.booked = booked
        self.reference = reference
    }
}

/// Which pending lines of an account the booked ones replace, also where the agent gave the booked
/// one another identification.
///
/// First by a reference that both bear (the booked amount is the final one, whatever was announced,
/// but the direction is the same), then by equal amounts, booked on the pending line's date or
/// later, within `window` business days. Each line stands in one replacement at most; of equal ones
/// the earliest replace the earliest. A pending line that none replaces goes on waiting.
///
/// - Parameters:
///   - pending: Of interim reports, notifications and pending entries. They never settle anything.
///   - booked: Those that replaced nothing before.
/// - Returns: In the order of the pending lines' numbers.
/// - Complexity: O(n log n) in lines and references.
package func replacements(
    of pending: [OpenLine], by booked: [OpenLine], window: Int = 5, days: BusinessDays
) -> [Replacement] {
    let pending = pending.sorted { $0.number < $1.number }
    let booked = booked.sorted { $0.number < $1.number }
    var run = ReplacementRun(pending: pending, booked: booked)
    run.pairByReference()
    run.pairByAmount(window, days)
    return run.found.sorted { $0.pending < $1.pending }
}

private struct ReplacementRun {
    let pending: [OpenLine]
    let booked: [OpenLine]
    var isReplaced: [Bool]
    var isUsed: [Bool]
    var found: [Replacement] = []

    init(pending: [OpenLine], booked: [OpenLine]) {
        self.pending = pending
        self.booked = booked
        isReplaced = [Bool](repeating: false, count: pending.count)
        isUsed = [Bool](repeating: false, count: booked.count)
    }

    private mutating func pair(_ old: Int, _ new: Int, by reference: Reference?) {
        isReplaced[old] = true
        isUsed[new] = true
        found.append(
            Replacement(
                pending: pending[old].number, booked: booked[new].number, reference: reference))
    }

    /// A line where those that may replace each other stand together, the earliest first.
    private struct Key: Comparable {
        var reference: Reference
        var currency: UInt8
        var amount: Int64
        var date: CivilDate
        var line: Int

        static func < (a: Key, b: Key) -> Bool {
            if a.reference != b.reference { return a.reference < b.reference }
            return (a.currency, a.amount, a.date.rawValue, a.line)
                < (b.currency, b.amount, b.date.rawValue, b.line)
        }

        func isInFront(of other: Key, withAmount: Bool) -> Bool {
            if reference != other.reference { return reference < other.reference }
            let (mine, others) =
                withAmount
                ? (amount, other.amount)
                : (amount.signum(), other.amount.signum())
            return (currency, mine) < (other.currency, others)
        }
    }

    private func keys(_ lines: [OpenLine], without done: [Bool], byReference: Bool) -> [Key] {
        var keys: [Key] = []
        for (position, line) in lines.enumerated() where !done[position] {
            let none = Reference(UETR(bits: 0))
            for reference in byReference ? line.references : [none] {
                keys.append(
                    Key(
                        reference: reference, currency: line.currency.rawValue,
                        amount: line.amount, date: line.bookingDate, line: position))
            }
        }
        return keys.sorted()
    }

    /// Equal amounts of a reference first, then whatever its booked amount became.
    mutating func pairByReference() {
        for withAmount in [true, false] {
            let old = keys(pending, without: isReplaced, byReference: true)
            let new = keys(booked, without: isUsed, byReference: true)
            var (next, other) = (0, 0)
            while next < old.count, other < new.count {
                if isReplaced[old[next].line] {
                    next += 1
                } else if isUsed[new[other].line] {
                    other += 1
                } else if old[next].isInFront(of: new[other], withAmount: withAmount) {
                    next += 1
                } else if new[other].isInFront(of: old[next], withAmount: withAmount) {
                    other += 1
                } else {
                    pair(old[next].line, new[other].line, by: old[next].reference)
                }
            }
        }
    }

    mutating func pairByAmount(_ window: Int, _ days: BusinessDays) {
        let old = keys(pending, without: isReplaced, byReference: false)
        let new = keys(booked, without: isUsed, byReference: false)
        var (next, other) = (0, 0)
        while next < old.count, other < new.count {
            if old[next].isInFront(of: new[other], withAmount: true) {
                next += 1
            } else if new[other].isInFront(of: old[next], withAmount: true) {
                other += 1
            } else if new[other].date < old[next].date {
                other += 1
            } else if days.distance(from: old[next].date, to: new[other].date) > window {
                next += 1
            } else {
                pair(old[next].line, new[other].line, by: nil)
                next += 1
                other += 1
            }
        }
    }
}
