internal import Domain

/// The final payments that the ledger still knows, in the order in which they ended.
///
/// Invariant: at position P these are the ones that ended in the last `span` batches. They are
/// chained through their orders' `next`, so that remembering costs a link and forgetting is O(1).
struct FinalQueue: ~Copyable {
    let span: Int
    private var first: OrderSlot = 0
    private var last: OrderSlot = 0
    /// How many had ended after each of the last `span` batches, at `logIndex % span`.
    private var endedAfter: [UInt64]
    private var ended: UInt64 = 0
    private var forgotten: UInt64 = 0

    /// - Parameter span: batches during which an ended payment is known, its own included.
    init(span: Int) {
        require(span > 0, "a payment is known in its own batch")
        self.span = span
        endedAfter = Array(repeating: 0, count: span)
    }

    var count: Int { Int(ended - forgotten) }

    @inline(__always)
    mutating func append(_ slot: OrderSlot, in orders: borrowing OrderSlab) {
        orders.pointer(slot).pointee.next = 0
        if first == 0 { first = slot } else { orders.pointer(last).pointee.next = slot }
        last = slot
        ended += 1
    }

    /// How many are to be forgotten before the batch at this index is applied.
    func due(before logIndex: UInt64) -> Int {
        let target = endedAfter[Int(logIndex % UInt64(span))]
        return target > forgotten ? Int(target - forgotten) : 0
    }

    /// Takes out the one that ended first.
    mutating func removeFirst(in orders: borrowing OrderSlab) -> OrderSlot {
        require(first != 0, "there is a final payment")
        let slot = first
        first = orders.pointer(slot).pointee.next
        forgotten += 1
        return slot
    }

    /// The batch at this index is done.
    mutating func finishBatch(_ logIndex: UInt64) {
        endedAfter[Int(logIndex % UInt64(span))] = ended
    }
}
