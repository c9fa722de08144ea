internal import CMemory
public import Domain

/// The orders, open and remembered: two parallel arrays that never move, one index.
///
/// The book walks the 32-byte halves alone; settlement and rows take the 112-byte halves as well.
/// Taking and giving back are O(1). The arrays span all that the ledger may ever know; the system
/// gives memory to the parts that were used.
@usableFromInline
package struct OrderSlab: ~Copyable {
    @usableFromInline let orders: UnsafeMutablePointer<Order>
    private let records: UnsafeMutablePointer<OrderRecord>
    @usableFromInline let capacity: Int
    @usableFromInline var nextFresh: UInt32 = 1
    @usableFromInline var freeHead: UInt32 = 0
    @usableFromInline var freeTail: UInt32 = 0
    @usableFromInline var taken = 0
    /// Slots that are taken.
    package var count: Int { taken }

    /// - Parameter capacity: the most orders at one time.
    package init(capacity: Int) {
        require(capacity < 1 << IdentifierTable.numberBits, "slots fit the identifier table")
        require(MemoryLayout<Order>.stride == 32, "an order is half a cache line")
        require(MemoryLayout<OrderRecord>.stride == 112, "a record has 112 bytes")
        self.capacity = capacity
        orders = LargeMemory.allocate(capacity + 1)
        records = LargeMemory.allocate(capacity + 1)
    }

    deinit {
        orders.deallocate()
        records.deallocate()
    }

    var hasRoom: Bool { count < capacity }

    /// Takes memory for the next orders, as many as there is room for.
    func takeMemory(for count: Int) {
        let first = Int(nextFresh)
        let count = min(count, capacity + 1 - first)
        LargeMemory.take(orders + first, count)
        LargeMemory.take(records + first, count)
    }

    /// The highest slot ever used.
    var highestSlot: OrderSlot { nextFresh - 1 }

    /// Bytes of the slots ever used, slot 0 included.
    var byteCount: Int {
        Int(nextFresh) * (MemoryLayout<Order>.stride + MemoryLayout<OrderRecord>.stride)
    }

    /// The order in `slot`, to read and to write in place.
    @inlinable @inline(__always)
    package func pointer(_ slot: OrderSlot) -> UnsafeMutablePointer<Order> {
        require(slot != 0 && slot < nextFresh, "order slot out of range")
        return orders + Int(slot)
    }

    /// The rest of the order in `slot`.
    @inline(__always)
    func record(_ slot: OrderSlot) -> UnsafeMutablePointer<OrderRecord> {
        require(slot != 0 && slot < nextFresh, "order slot out of range")
        return records + Int(slot)
    }

    /// Asks for the memory of the order in `slot`, 0 for none, without its record; a hint.
    @inline(__always)
    func fetchOrder(_ slot: OrderSlot) { prefetch_line(orders + Int(slot)) }

    /// Asks for the memory of the order in `slot`, 0 for none, and of its record, which lies on two
    /// lines or three; a hint.
    @inline(__always)
    func fetch(_ slot: OrderSlot) {
        fetchOrder(slot)
        let record = UnsafeRawPointer(records + Int(slot))
        prefetch_line(record)
        prefetch_line(record + 64)
        prefetch_line(record + (MemoryLayout<OrderRecord>.stride - 1))
    }

    /// The payment of the order in `slot`.
    package func payment(_ slot: OrderSlot) -> UInt32 { record(slot).pointee.payment }

    /// The UETR of the payment in `slot`, nil when there is none.
    func uetr(_ slot: OrderSlot) -> UInt128? {
        let record = record(slot)
        return record.pointee.payment == 0 ? nil : record.pointee.uetr.bits
    }

    /// Takes a slot that holds these values.
    ///
    /// - Precondition: there is room.
    @inline(__always)
    mutating func take(_ order: Order, _ record: OrderRecord) -> OrderSlot {
        let slot = takeSlot()
        pointer(slot).pointee = order
        self.record(slot).pointee = record
        // Slots are mostly taken in the order of memory.
        fetch(slot &+ 16)
        return slot
    }

    /// Takes a slot, in which the caller writes whatever will be read of it.
    ///
    /// - Precondition: there is room.
    @inlinable @inline(__always)
    package mutating func takeSlot() -> OrderSlot {
        require(taken < capacity, "the order slab is full")
        taken += 1
        var slot = freeHead
        if slot != 0 {
            freeHead = pointer(slot).pointee.next
            if freeHead == 0 { freeTail = 0 }
        } else {
            slot = nextFresh
            nextFresh += 1
        }
        return slot
    }

    /// Gives a slot back. Freed slots are used again in the order in which they were freed, which
    /// in a busy ledger is that of memory.
    mutating func giveBack(_ slot: OrderSlot) {
        let order = pointer(slot)
        require(!order.pointee.state.contains(.open), "only what is final is forgotten")
        order.pointee.state = []
        order.pointee.next = 0
        record(slot).pointee.payment = 0
        if freeTail == 0 { freeHead = slot } else { pointer(freeTail).pointee.next = slot }
        freeTail = slot
        taken -= 1
    }

    /// Gives a slot back to be the next one taken.
    @inlinable @inline(__always)
    package mutating func giveBackNewest(_ slot: OrderSlot) {
        pointer(slot).pointee.next = freeHead
        if freeHead == 0 { freeTail = slot }
        freeHead = slot
        taken -= 1
    }

    /// The slots that hold an open order, in order of slot.
    ///
    /// - Complexity: O(slots ever used).
    var openSlots: [OrderSlot] {
        var slots: [OrderSlot] = []
        eachOpen { slots.append($0) }
        return slots
    }

    /// Visits the slots of open orders.
    ///
    /// - Complexity: O(slots ever used).
    func eachOpen(_ visit: (OrderSlot) -> Void) {
        guard nextFresh > 1 else { return }
        for slot in 1..<nextFresh where pointer(slot).pointee.state.contains(.open) { visit(slot) }
    }
}

/// Memory that is visited at random, on large pages where the system has them.
enum LargeMemory {
    private static var pageSize: Int { 2 << 20 }

    /// Takes memory for elements that will be used; the pages on which they lie.
    static func take<Element: BitwiseCopyable>(
        _ start: UnsafeMutablePointer<Element>, _ count: Int
    ) {
        guard count > 0 else { return }
        let page = UInt(4_096)
        let first = UInt(bitPattern: start) & ~(page - 1)
        let end = (UInt(bitPattern: start + count) + page - 1) & ~(page - 1)
        guard let pages = UnsafeMutableRawPointer(bitPattern: first) else { return }
        take_memory(pages, Int(end - first))
    }

    /// Memory for `count` elements, not initialised; to be given back by `deallocate()`.
    static func allocate<Element: BitwiseCopyable>(
        _ count: Int, of type: Element.Type = Element.self
    ) -> UnsafeMutablePointer<Element> {
        let size = count * MemoryLayout<Element>.stride
        let alignment = size >= pageSize ? pageSize : 64
        let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: alignment)
        if size >= pageSize { prefer_large_pages(memory, size) }
        return memory.bindMemory(to: Element.self, capacity: count)
    }
}
