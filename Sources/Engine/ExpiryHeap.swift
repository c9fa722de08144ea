internal import Domain

/// The orders that end by themselves, soonest first; among equals the older payment first.
///
/// A binary heap; each order knows its position, so any can be taken out in O(log n).
struct ExpiryHeap: ~Copyable {
    private struct Entry: BitwiseCopyable {
        var time: Timestamp
        var slot: OrderSlot
        var payment: UInt32
    }

    private var entries: UnsafeMutablePointer<Entry>
    private var capacity = 1_024
    private var count = 0

    init() {
        entries = .allocate(capacity: capacity)
    }

    deinit { entries.deallocate() }

    /// Bytes that the heap takes.
    var byteCount: Int { capacity * MemoryLayout<Entry>.stride }

    /// The order that ends first, or 0.
    var first: OrderSlot { count == 0 ? 0 : entries[0].slot }

    /// When it ends.
    var firstTime: Timestamp { count == 0 ? .never : entries[0].time }

    /// When the order at a position, counted from 1, ends.
    @inline(__always)
    func time(at position: UInt32) -> Timestamp {
        require(position > 0 && position <= count, "position in the expiry heap")
        return entries[Int(position) - 1].time
    }

    mutating func insert(_ slot: OrderSlot, _ time: Timestamp, in orders: borrowing OrderSlab) {
        if count == capacity { grow() }
        count += 1
        let entry = Entry(time: time, slot: slot, payment: orders.payment(slot))
        place(entry, at: count - 1, in: orders)
        siftUp(count - 1, in: orders)
    }

    /// Takes out an order that is in the heap.
    mutating func remove(_ slot: OrderSlot, in orders: borrowing OrderSlab) {
        let position = Int(orders.record(slot).pointee.heapPosition) - 1
        require(position >= 0 && position < count, "order is in the expiry heap")
        orders.record(slot).pointee.heapPosition = 0
        count -= 1
        guard position < count else { return }
        place(entries[count], at: position, in: orders)
        siftUp(position, in: orders)
        siftDown(position, in: orders)
    }

    private func place(_ entry: Entry, at position: Int, in orders: borrowing OrderSlab) {
        entries[position] = entry
        orders.record(entry.slot).pointee.heapPosition = UInt32(position + 1)
    }

    private func precedes(_ a: Int, _ b: Int) -> Bool {
        (entries[a].time, entries[a].payment) < (entries[b].time, entries[b].payment)
    }

    private func siftUp(_ start: Int, in orders: borrowing OrderSlab) {
        var position = start
        while position > 0 {
            let parent = (position - 1) / 2
            guard precedes(position, parent) else { return }
            swap(position, parent, in: orders)
            position = parent
        }
    }

    private func siftDown(_ start: Int, in orders: borrowing OrderSlab) {
        var position = start
        while true {
            var least = position
            let children = 2 * position + 1
            for child in children...children + 1 where child < count && precedes(child, least) {
                least = child
            }
            guard least != position else { return }
            swap(position, least, in: orders)
            position = least
        }
    }

    private func swap(_ a: Int, _ b: Int, in orders: borrowing OrderSlab) {
        let entry = entries[a]
        place(entries[b], at: a, in: orders)
        place(entry, at: b, in: orders)
    }

    @inline(never)
    private mutating func grow() {
        let larger = UnsafeMutablePointer<Entry>.allocate(capacity: capacity * 2)
        larger.moveInitialize(from: entries, count: count)
        entries.deallocate()
        entries = larger
        capacity *= 2
    }
}
