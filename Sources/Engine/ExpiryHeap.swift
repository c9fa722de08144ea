internal import Domain

/// The orders that end by themselves, soonest first; among equals the older payment first.
///
/// A binary heap of slots; each order knows its position, so any can be taken out in O(log n).
struct ExpiryHeap: ~Copyable {
    private var slots: UnsafeMutablePointer<OrderSlot>
    private var capacity = 1_024
    private var count = 0

    init() {
        slots = .allocate(capacity: capacity)
    }

    deinit { slots.deallocate() }

    /// The order that ends first, or 0.
    var first: OrderSlot { count == 0 ? 0 : slots[0] }

    mutating func insert(_ slot: OrderSlot, in orders: borrowing OrderSlab) {
        if count == capacity { grow() }
        count += 1
        place(slot, at: count - 1, in: orders)
        siftUp(count - 1, in: orders)
    }

    /// Takes out an order that is in the heap.
    mutating func remove(_ slot: OrderSlot, in orders: borrowing OrderSlab) {
        let position = Int(orders.pointer(slot).pointee.heapPosition) - 1
        require(position >= 0 && position < count, "order is in the expiry heap")
        orders.pointer(slot).pointee.heapPosition = 0
        count -= 1
        guard position < count else { return }
        place(slots[count], at: position, in: orders)
        siftUp(position, in: orders)
        siftDown(position, in: orders)
    }

    private func place(_ slot: OrderSlot, at position: Int, in orders: borrowing OrderSlab) {
        slots[position] = slot
        orders.pointer(slot).pointee.heapPosition = UInt32(position + 1)
    }

    private func precedes(
        _ a: OrderSlot, _ b: OrderSlot, in orders: borrowing OrderSlab
    ) -> Bool {
        let left = orders.pointer(a)
        let right = orders.pointer(b)
        if left.pointee.expiresAt != right.pointee.expiresAt {
            return left.pointee.expiresAt < right.pointee.expiresAt
        }
        return left.pointee.payment < right.pointee.payment
    }

    private func siftUp(_ start: Int, in orders: borrowing OrderSlab) {
        var position = start
        while position > 0 {
            let parent = (position - 1) / 2
            guard precedes(slots[position], slots[parent], in: orders) else { return }
            swap(position, parent, in: orders)
            position = parent
        }
    }

    private func siftDown(_ start: Int, in orders: borrowing OrderSlab) {
        var position = start
        while true {
            var least = position
            let children = 2 * position + 1
            for child in children...children + 1
            where child < count && precedes(slots[child], slots[least], in: orders) {
                least = child
            }
            guard least != position else { return }
            swap(position, least, in: orders)
            position = least
        }
    }

    private func swap(_ a: Int, _ b: Int, in orders: borrowing OrderSlab) {
        let slot = slots[a]
        place(slots[b], at: a, in: orders)
        place(slot, at: b, in: orders)
    }

    @inline(never)
    private mutating func grow() {
        let larger = UnsafeMutablePointer<OrderSlot>.allocate(capacity: capacity * 2)
        larger.moveInitialize(from: slots, count: count)
        slots.deallocate()
        slots = larger
        capacity *= 2
    }
}
