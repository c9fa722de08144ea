internal import Domain

/// The operators' commands of the last batches, so that the same one again gets the same answer.
///
/// Invariant: while batch P is applied these are the ones of P and of the `span` − 1 batches before
/// it, as with final payments. Later the tables answer for them.
struct RecentCommands: ~Copyable {
    private struct Key: Hashable {
        var operatorID: OperatorID
        var commandID: UETR
    }

    private let span: Int
    private var rows: [Key: OperatorCommandRow] = [:]
    /// In the order in which they were given, from `first` on.
    private var queue: [OperatorCommandRow] = []
    private var first = 0
    /// Of the batch that is being applied.
    private var placesTaken = 0

    /// - Parameter span: batches during which a command is known, its own included.
    init(span: Int) { self.span = span }

    var count: Int { queue.count - first }

    /// - Complexity: O(1).
    func find(_ operatorID: OperatorID, _ commandID: UETR) -> OperatorCommandRow? {
        rows[Key(operatorID: operatorID, commandID: commandID)]
    }

    /// Whether a known command is still known when the batch at this index is applied.
    func isKept(_ row: OperatorCommandRow, at logIndex: UInt64) -> Bool {
        row.logIndex + UInt64(span) > logIndex
    }

    /// The next number of a command of the batch at this index.
    mutating func nextID(in logIndex: UInt64) -> UInt64 {
        defer { placesTaken += 1 }
        return OperatorCommandRow.id(logIndex, placesTaken)
    }

    /// False when it is known already.
    @discardableResult
    mutating func add(_ row: OperatorCommandRow) -> Bool {
        queue.append(row)
        return rows.updateValue(row, forKey: key(row)) == nil
    }

    /// Begins the batch at this index: forgets what is too old by then.
    ///
    /// - Complexity: O(commands forgotten), amortized.
    mutating func begin(_ logIndex: UInt64) {
        placesTaken = 0
        while first < queue.count, !isKept(queue[first], at: logIndex) {
            rows[key(queue[first])] = nil
            first += 1
        }
        if first > 1_024, first * 2 > queue.count {
            queue.removeFirst(first)
            first = 0
        }
    }

    private func key(_ row: OperatorCommandRow) -> Key {
        Key(operatorID: row.operatorID, commandID: row.commandID)
    }
}
