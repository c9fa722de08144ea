internal import Domain

/// A row that is known by something else than its number.
protocol RecentRow: NumberedInBatch {
    associatedtype Identity: Hashable
    /// By which it is asked for; of two rows on record never the same.
    var identity: Identity { get }
}

/// Final rows of the last batches, so that what led to one and comes again gets the same answer.
///
/// Invariant: while batch P is applied these are the ones of P and of the `span` − 1 batches before
/// it, as with final payments. Later the tables answer for them.
struct RecentRows<Row: RecentRow>: ~Copyable {
    private let span: Int
    private var rows: [Row.Identity: Row] = [:]
    /// In the order in which they came, from `first` on.
    private var queue: [Row] = []
    private var first = 0
    /// Of the batch that is being applied.
    private var placesTaken = 0

    /// - Parameter span: batches during which a row is known, its own included.
    init(span: Int) { self.span = span }

    var count: Int { queue.count - first }

    /// - Complexity: O(1).
    func find(_ identity: Row.Identity) -> Row? { rows[identity] }

    /// Whether a known row is still known when the batch at this index is applied.
    func isKept(_ row: Row, at logIndex: UInt64) -> Bool {
        row.logIndex + UInt64(span) > logIndex
    }

    /// The next number of a row of the batch at this index.
    mutating func nextID(in logIndex: UInt64) -> UInt64 {
        defer { placesTaken += 1 }
        return Row.id(logIndex, placesTaken)
    }

    /// False when it is known already.
    @discardableResult
    mutating func add(_ row: Row) -> Bool {
        queue.append(row)
        return rows.updateValue(row, forKey: row.identity) == nil
    }

    /// Begins the batch at this index: forgets what is too old by then.
    ///
    /// - Complexity: O(rows forgotten), amortized.
    mutating func begin(_ logIndex: UInt64) {
        placesTaken = 0
        while first < queue.count, !isKept(queue[first], at: logIndex) {
            rows[queue[first].identity] = nil
            first += 1
        }
        if first > 1_024, first * 2 > queue.count {
            queue.removeFirst(first)
            first = 0
        }
    }
}

/// R13.4 An operator's command is known by him and by its identification.
extension OperatorCommandRow: RecentRow {
    struct Identity: Hashable {
        var operatorID: OperatorID
        var commandID: UETR
    }

    var identity: Identity { Identity(operatorID: operatorID, commandID: commandID) }
}

/// R15.7 A return is known by the bank that returns and by its identification.
extension ReturnRow: RecentRow {
    struct Identity: Hashable {
        var returner: ParticipantID
        var returnKey: UInt128
    }

    var identity: Identity { Identity(returner: returner, returnKey: returnKey) }
}
