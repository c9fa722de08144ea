internal import Domain

/// What a run has decided about a line or an entry so far.
enum Standing: UInt8, BitwiseCopyable {
    case free = 0
    case matched
    /// In a proposal that agrees in everything.
    case proposed
    /// In an ``Unmatched``.
    case unmatched
    /// A line that another one takes back, and that one.
    case reversed
    /// A match took all of it before this run.
    case settled
}

/// What matching looks at of a line or an entry; everything else stays where it came.
struct Item: BitwiseCopyable {
    /// What is left of it.
    var remaining: Int64
    /// What it was.
    var amount: Int64
    /// Of the value date or due date among the business days.
    var place: Int32
    /// Value date or due date.
    var date: CivilDate
    var bookingDate: CivilDate
    var currency: Currency
    var standing: Standing
    var isReversal: Bool
    var kinds: ExpectedKinds
    var participant: ParticipantID

    init(_ line: OpenLine, _ days: BusinessDays) {
        remaining = line.remaining
        amount = line.amount
        place = Int32(days.place(of: line.valueDate))
        date = line.valueDate
        bookingDate = line.bookingDate
        currency = line.currency
        standing = line.remaining == 0 ? .settled : .free
        isReversal = line.isReversal
        kinds = []
        participant = line.participant
    }

    init(_ entry: OpenEntry, _ days: BusinessDays) {
        remaining = entry.remaining
        amount = entry.amount
        place = Int32(days.place(of: entry.dueDate))
        date = entry.dueDate
        bookingDate = entry.dueDate
        currency = entry.currency
        standing = entry.remaining == 0 ? .settled : .free
        isReversal = false
        kinds = ExpectedKinds(entry.kind)
        participant = entry.participant
    }
}

/// A line or an entry where it is sorted by currency, amount, day and number: equal amounts stand
/// together, and whoever came first stands first.
struct Slot: BitwiseCopyable, Comparable {
    var currency: UInt8
    var amount: Int64
    var place: Int32
    /// Position among the lines or entries, which are in the order of their numbers.
    var item: Int32

    static func < (a: Slot, b: Slot) -> Bool {
        if a.currency != b.currency { return a.currency < b.currency }
        if a.amount != b.amount { return a.amount < b.amount }
        return a.place != b.place ? a.place < b.place : a.item < b.item
    }

    /// Whether it stands for the same amount of the same currency.
    func equals(_ other: Slot) -> Bool { currency == other.currency && amount == other.amount }
}

extension Array where Element == Slot {
    /// The first one at which a condition holds that holds for all behind it too.
    ///
    /// - Complexity: O(log n).
    func firstPosition(where holds: (Slot) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// The end of the run of equal currency and amount that begins at a position.
    func endOfRun(from start: Int) -> Int {
        var end = start + 1
        while end < count, self[end].equals(self[start]) { end += 1 }
        return end
    }
}
