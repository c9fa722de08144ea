internal import Synchronization

/// The payments that the last batches put on record, with all that has become of them since.
///
/// The node gives it every batch before it tells anybody of it, and says how far the tables are. So
/// whoever has heard of a payment finds it here or in the tables, and never older than he heard.
/// A payment is known as long as the batch that put it on record is here; then all of its changes
/// and fills are here too, for they came later. What the tables do not show yet never leaves.
///
/// It copies no rows: batches are kept as they were applied, and are the same that wait for the
/// tables. They lie on *shelves*, in their order. A shelf finds rows by UETR once somebody has
/// asked; who asks for nothing pays for nothing. The oldest shelf leaves as a whole.
///
/// Trades memory for the way to the tables. Not for lists, nor for payments long on record.
public final class RecentPayments: Sendable {
    /// Rows of payments, and bytes, that stay although the tables show them.
    public static let mostRows = 1 << 15
    public static let mostBytes = 16 << 20

    fileprivate struct Place {
        let shelf: Shelf
        /// The log index of the last batch on it.
        var last: UInt64
        var size: Shelf.Size
    }

    fileprivate struct Shared {
        /// The oldest first.
        var places: [Place] = []
        var size = Shelf.Size()
        /// The last batch that the tables show.
        var shown: UInt64 = 0
        /// The last batch that is not here any more, or never was.
        var forgotten: UInt64 = 0
        var late = LateChanges()
        /// Rows that came since somebody last asked for a payment.
        var unindexed = 0
    }

    private let shared = Mutex(Shared())
    private let hits = Atomic<UInt64>(0)
    private let misses = Atomic<UInt64>(0)

    public init() {}

    // MARK: The node's side

    /// Forgets everything; the next batch is the one behind this, which the tables show.
    public func begin(after index: UInt64) {
        shared.withLock {
            $0 = Shared(shown: index, forgotten: index, late: LateChanges(after: index))
        }
    }

    /// Takes in the next batch.
    ///
    /// Whoever wants details erased wants them gone: everything up to that batch is forgotten, so
    /// that they are neither shown from here nor kept here.
    ///
    /// - Returns: what is not here any more, to be freed where it delays nobody.
    /// - Complexity: O(1), and for a batch that changes what was finished O(its rows).
    @discardableResult
    public func put(_ applied: AppliedBatch) -> Departed {
        let effects = applied.effects
        let isErasing =
            !effects.declared.isEmpty && !effects.declared[ErasureRow.self].isEmpty
        let left = shared.withLock {
            $0.late.note(applied)
            if isErasing { return $0.forget(upTo: applied.logIndex) }
            if applied.changesPayments { $0.put(applied) }
            return $0.makeRoom()
        }
        return Departed(left.map(\.shelf))
    }

    /// The tables show this batch; gives what is not here any more, as ``put(_:)`` does.
    @discardableResult
    public func setShown(_ index: UInt64) -> Departed {
        let left = shared.withLock {
            $0.shown = index
            return $0.makeRoom()
        }
        return Departed(left.map(\.shelf))
    }

    /// Batches that have left: thousands of objects, which are freed with it.
    public struct Departed: Sendable {
        private let shelves: [Shelf]
        public var isEmpty: Bool { shelves.isEmpty }

        fileprivate init(_ shelves: [Shelf]) { self.shelves = shelves }
    }

    // MARK: Questions

    /// The payments with this UETR, the oldest first, each as of the last batch taken in; nil when
    /// the tables have to be asked.
    ///
    /// - Parameter payer: whose payment will do, where others may be on record that are not here.
    /// - Complexity: O(shelves + changes of the payments); a shelf that nobody has asked before
    ///   O(its rows).
    public func payments(_ uetr: UETR, of payer: ParticipantID? = nil) -> [RecentPayment]? {
        var gathering = RecentPayment.Gathering()
        let shelves = shared.withLock {
            $0.unindexed = 0
            return $0.shelves(behind: 0)
        }
        for shelf in shelves {
            shelf.find(uetr) { gathering.take($0, $1) }
            if gathering.isOver { break }
        }
        let answer = gathering.payments(of: payer)
        if answer == nil {
            misses.add(1, ordering: .relaxed)
        } else {
            hits.add(1, ordering: .relaxed)
        }
        return answer
    }

    /// The batch at which the tables show everything about this payment that was ever told of it.
    ///
    /// - Complexity: as for ``payments(_:)``, of the batches that the tables do not show.
    public func lastChange(of uetr: UETR) -> UInt64 {
        let (forgotten, shelves) = shared.withLock {
            ($0.forgotten, $0.shelves(behind: $0.shown))
        }
        var last = forgotten
        for shelf in shelves where last == forgotten {
            shelf.find(uetr) { applied, _ in last = max(last, applied.logIndex) }
        }
        return last
    }

    /// Whether the next question has to put so many rows in order first that it takes milliseconds.
    public var hasMuchToIndex: Bool { shared.withLock { $0.unindexed > RecentPayments.fewRows } }

    private static let fewRows = 1 << 12

    /// Up to this batch everything that was told of finished payments counts no more.
    public var floor: UInt64 { shared.withLock { $0.late.floor } }

    /// Whether nothing has happened to finished payments with this UETR since the tables showed
    /// this batch and no later one.
    ///
    /// - Complexity: O(1).
    public func isUnchanged(_ uetr: UETR, since index: UInt64) -> Bool {
        shared.withLock { $0.late.isUnchanged(uetr, since: index) }
    }

    /// All shelves, the newest first, and the last batch on them.
    var contents: (shelves: [Shelf], moment: UInt64) {
        shared.withLock { ($0.shelves(behind: 0), $0.places.last?.last ?? 0) }
    }

    /// What is here, and how often it answered.
    public var counts: Counts {
        let size = shared.withLock { $0.size }
        return Counts(
            hits: hits.load(ordering: .relaxed), misses: misses.load(ordering: .relaxed),
            rows: size.rows, bytes: size.bytes)
    }

    public struct Counts: Equatable, Sendable {
        /// Questions answered, and those that were not.
        public var hits: UInt64
        public var misses: UInt64
        /// Rows of payments.
        public var rows: Int
        /// About so much memory.
        public var bytes: Int
    }
}

extension RecentPayments.Shared {
    /// The shelves with batches behind this one, the newest first.
    fileprivate func shelves(behind index: UInt64) -> [Shelf] {
        places.reversed().prefix { $0.last > index }.map(\.shelf)
    }

    fileprivate mutating func put(_ applied: AppliedBatch) {
        let size = Shelf.Size(applied)
        if let last = places.last, last.size.hasRoom(for: size) {
            places[places.count - 1].last = applied.logIndex
            places[places.count - 1].size += size
        } else {
            places.append(.init(shelf: Shelf(), last: applied.logIndex, size: size))
        }
        places[places.count - 1].shelf.put(applied)
        self.size += size
        unindexed += size.rows
    }

    /// Nothing up to this batch stays; gives what has left.
    fileprivate mutating func forget(upTo index: UInt64) -> [RecentPayments.Place] {
        defer { self = Self(shown: shown, forgotten: index, late: late) }
        return places
    }

    /// The oldest shelves leave, as far as the tables show what they hold; gives them.
    fileprivate mutating func makeRoom() -> [RecentPayments.Place] {
        var left: [RecentPayments.Place] = []
        while size.rows > RecentPayments.mostRows || size.bytes > RecentPayments.mostBytes,
            places.count > 1, places[0].last <= shown
        {
            forgotten = places[0].last
            size -= places[0].size
            left.append(places.removeFirst())
        }
        return left
    }
}

extension AppliedBatch {
    /// Whether something else is to be read of some payment than before.
    fileprivate var changesPayments: Bool {
        !effects.payments.isEmpty
            || !effects.declared.isEmpty && !effects.declared[FollowUpRow.self].isEmpty
    }
}
