internal import Domain

/// The open orders by which banks return payments (R15.13), so that what they bring is put on
/// record at the end of the batch in which they bring it. Matching knows nothing of them.
struct ReturnOrders: ~Copyable {
    /// An open return order, and what of it is on record.
    struct Entry {
        let row: ReturnRow
        let slot: OrderSlot
        /// What it has paid and received, in minor units.
        var paid: Int64 = 0
        var received: Int64 = 0
    }

    /// In the order of their payments' numbers.
    private var entries: [Entry] = []
    /// The payments of those that were filled or ended in the batch.
    private(set) var changed: Set<PaymentID> = []

    var count: Int { entries.count }
    var isEmpty: Bool { entries.isEmpty }
    var isFull: Bool { entries.count >= Limits.openReturnOrders }

    subscript(place: Int) -> Entry {
        get { entries[place] }
        set { entries[place] = newValue }
    }

    /// Begins a batch.
    mutating func begin() {
        if !changed.isEmpty { changed.removeAll() }
    }

    /// - Precondition: its payment has a higher number than those of all others.
    mutating func add(_ entry: Entry) {
        require(
            entries.last.map { $0.row.order < entry.row.order } ?? true, "orders come in order")
        entries.append(entry)
    }

    /// Notes that the order at a place was filled or ended in the batch.
    mutating func noteChange(at place: Int) { changed.insert(entries[place].row.order) }

    /// Takes out those that are over.
    ///
    /// - Complexity: O(open return orders).
    mutating func remove(where isOver: (Entry) -> Bool) { entries.removeAll(where: isOver) }

    /// The places of those among these payments, in the order of their numbers.
    ///
    /// - Complexity: O(n + m log n) or O(n), whichever is less, of n open return orders and m
    ///   payments.
    func places(among payments: [PaymentRow]) -> [Int] {
        guard payments.count < entries.count else { return Array(entries.indices) }
        return payments.compactMap { place(of: $0.id) }.sorted()
    }

    private func place(of payment: PaymentID) -> Int? {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].row.order < payment { low = middle + 1 } else { high = middle }
        }
        return low < entries.count && entries[low].row.order == payment ? low : nil
    }
}
