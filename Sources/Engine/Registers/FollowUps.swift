internal import Domain

/// What followed settled payments, as far as the ledger knows it.
///
/// Invariant: while batch P is applied these are the rows that changed in P or in the `span` − 1
/// batches before it, those with an open case, whose deadline the ledger has to keep, and those
/// with an open return order. Of others a command brings the row.
struct FollowUps: ~Copyable {
    private let span: Int
    private var rows: [PaymentID: FollowUpRow] = [:]
    /// Changes in the order of their batches, from `first` on.
    private var queue: [(changedIn: UInt64, payment: PaymentID)] = []
    private var first = 0
    /// What open return orders may still give back, by the payment that they return.
    private var reserves: [PaymentID: Int64] = [:]
    private var changed = ChangedRows<FollowUpRow>()

    /// - Parameter span: batches during which a change is known, its own included.
    init(span: Int) { self.span = span }

    var count: Int { rows.count }

    /// - Complexity: O(1).
    func find(_ payment: PaymentID) -> FollowUpRow? { rows[payment] }

    /// R15.15 What open return orders may still give back of a payment, in minor units.
    func reserved(_ payment: PaymentID) -> Int64 { reserves[payment] ?? 0 }

    /// Keeps an amount back for a return order, or lets some of it go.
    ///
    /// - Precondition: who lets the last of it go puts the row on record anew in the same batch.
    mutating func changeReserve(of payment: PaymentID, by amount: Int64) {
        let reserve = reserved(payment) + amount
        require(reserve >= 0, "no more is let go than was kept back")
        reserves[payment] = reserve == 0 ? nil : reserve
    }

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

    /// A later change has an entry of its own, and so has the end of a case or return order.
    private mutating func forget(_ payment: PaymentID, in changedIn: UInt64) {
        guard let row = rows[payment], row.changedIn == changedIn, !row.caseState.isOpen,
            reserves[payment] == nil
        else { return }
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
