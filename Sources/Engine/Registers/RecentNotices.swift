internal import Domain

/// Which notices the ledger still knows, so that the same one again is a repetition (R16.4).
///
/// Invariant: while batch P is applied these are the ones of P and of the `span` − 1 batches before
/// it, at most ``Limits/recentNotices``. Of older ones their sender has found in the tables that
/// there is none. Nothing but membership is asked, so a notice takes some 100 bytes.
struct RecentNotices: ~Copyable {
    struct Identity: Hashable {
        var sender: ParticipantID
        var contentHash: UInt128
    }

    private let span: Int
    private var known: Set<Identity> = []
    /// In the order in which they came, from `first` on.
    private var queue: [(logIndex: UInt64, identity: Identity)] = []
    private var first = 0
    /// How many of these each bank has sent.
    private var counts: [ParticipantID: Int] = [:]
    /// Of the batch that is being applied.
    private var placesTaken = 0

    /// - Parameter span: batches during which a notice is known, its own included.
    init(span: Int) { self.span = span }

    var count: Int { queue.count - first }

    /// - Complexity: O(1).
    func contains(_ identity: Identity) -> Bool { known.contains(identity) }

    /// R16.5 Whether one more of this bank can be kept in mind.
    ///
    /// - Complexity: O(1).
    func hasRoom(for sender: ParticipantID) -> Bool {
        count < Limits.recentNotices && counts[sender, default: 0] < Limits.recentNoticesOfBank
    }

    /// The next number of a row of the batch at this index.
    mutating func nextID(in logIndex: UInt64) -> UInt64 {
        defer { placesTaken += 1 }
        return NoticeRow.id(logIndex, placesTaken)
    }

    /// False when it is known already.
    @discardableResult
    mutating func add(_ row: NoticeRow) -> Bool {
        queue.append((row.logIndex, row.identity))
        counts[row.sender, default: 0] += 1
        return known.insert(row.identity).inserted
    }

    /// Begins the batch at this index: forgets what is too old by then.
    ///
    /// - Complexity: O(notices forgotten), amortized.
    mutating func begin(_ logIndex: UInt64) {
        placesTaken = 0
        while first < queue.count, queue[first].logIndex + UInt64(span) <= logIndex {
            forget(queue[first].identity)
            first += 1
        }
        if first > 1_024, first * 2 > queue.count {
            queue.removeFirst(first)
            first = 0
        }
    }

    private mutating func forget(_ identity: Identity) {
        known.remove(identity)
        let left = counts[identity.sender, default: 0] - 1
        require(left >= 0, "what is forgotten was known")
        counts[identity.sender] = left == 0 ? nil : left
    }
}

extension NoticeRow {
    /// R16.4 A notice is known by its sender and its content.
    var identity: RecentNotices.Identity {
        RecentNotices.Identity(sender: sender, contentHash: contentHash)
    }
}
