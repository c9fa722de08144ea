internal import Domain

/// What followed settled payments, as far as the ledger knows it.
///
/// Invariant: while batch P is applied these are the rows that changed in P or in the `span` − 1
/// batches before it, and those with an open case, whose deadline the ledger has to keep. Of others
/// a command brings the row.
struct FollowUps: ~Copyable {
    private let span: Int
    private var rows: [PaymentID: FollowUpRow] = [:]
    /// Changes in the order of their batches, from `first` on.
    private var queue: [(changedIn: UInt64, payment: PaymentID)] = []
    private var first = 0
    private var changed = ChangedRows<FollowUpRow>()

    /// - Parameter span: batches during which a change is known, its own included.
    init(span: Int) { self.span = span }

    var count: Int { rows.count }

    /// - Complexity: O(1).
    func find(_ payment: PaymentID) -> FollowUpRow? { rows[payment] }

    /// Puts a row on record, or the state of it that follows another one.
    mutating func put(_ row: FollowUpRow, after before: FollowUpRow) {
        require(row.returned >= 0 && row.returned <= row.received, "no more is returned than came")
        require(row.payment == before.payment, "a row follows its own")
        changed.put(row, before: before.isOnRecord ? before : nil)
        rows[row.payment] = row
    }

    /// Begins the batch at this index: forgets what is too old by then.
    ///
    /// - Complexity: O(changes forgotten), amortized.
    mutating func begin(_ logIndex: UInt64) {
        while first < queue.count, queue[first].changedIn + UInt64(span) <= logIndex {
            forget(queue[first].payment, in: queue[first].changedIn)
            first += 1
        }
        if first > 1_024, first * 2 > queue.count {
            queue.removeFirst(first)
            first = 0
        }
    }

    /// A later change has an entry of its own, and so has the end of a case.
    private mutating func forget(_ payment: PaymentID, in changedIn: UInt64) {
        guard let row = rows[payment], row.changedIn == changedIn, !row.caseState.isOpen else {
            return
        }
        rows[payment] = nil
    }

    /// Ends the batch: gives the changed rows, and the change of the state hash.
    mutating func takeChanges(into effects: inout Effects) -> UInt64 {
        for row in changed.rows { queue.append((row.changedIn, row.payment)) }
        return changed.take(into: &effects)
    }

    /// Takes in what the tables hold, in the order of changes; false of a payment that is known.
    mutating func load(_ row: FollowUpRow) -> Bool {
        queue.append((row.changedIn, row.payment))
        return rows.updateValue(row, forKey: row.payment) == nil
    }
}
