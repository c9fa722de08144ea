internal import Domain
internal import Engine

/// The order book alone: orders match by price and time, and nothing is checked, held or settled.
///
/// For the benchmark that compares the book with matching engines, which do just this. Orders are
/// found by their number in the stream, as an engine's own dense ids are.
struct BareMatching: ~Copyable {
    /// One operation of a stream; the number of an order is its position in the stream.
    struct Operation: BitwiseCopyable {
        enum Kind: UInt8, BitwiseCopyable {
            case limit
            case immediateOrCancel
            case cancel
        }

        var kind: Kind
        var side: Side
        var tick: UInt32
        /// The number of the order to cancel.
        var target: UInt32
        var quantity: Int64

        init(
            kind: Kind, side: Side = .payRenminbi, tick: UInt32 = 0, target: UInt32 = 0,
            quantity: Int64 = 0
        ) {
            self.kind = kind
            self.side = side
            self.tick = tick
            self.target = target
            self.quantity = quantity
        }
    }

    private var book = LadderBook()
    private var orders: OrderSlab
    /// Slot of each order by number; 0 when it does not stand.
    private let slots: UnsafeMutablePointer<OrderSlot>
    /// Number of the order in each slot.
    private let numbers: UnsafeMutablePointer<UInt32>
    private let operationCount: Int
    private var hasher = RowHasher(seed: 8)
    private var done: UInt32 = 0
    private(set) var fillCount = 0

    /// - Parameters:
    ///   - operations: how many will be applied at most.
    ///   - resting: how many orders rest at most at one time.
    init(operations: Int, resting: Int) {
        operationCount = operations
        orders = OrderSlab(capacity: resting)
        slots = .allocate(capacity: operations)
        slots.initialize(repeating: 0, count: operations)
        numbers = .allocate(capacity: resting + 1)
        numbers.initialize(repeating: 0, count: resting + 1)
    }

    deinit {
        slots.deallocate()
        numbers.deallocate()
    }

    /// A hash over all fills in their order: maker, taker, rate and quantity of each.
    var fillsHash: UInt64 { hasher.finish() }

    /// Orders that rest.
    var restingCount: Int { orders.count }

    /// Whether the order with this number rests.
    func stands(_ number: UInt32) -> Bool { slots[Int(number)] != 0 }

    /// Applies the next operations of the stream.
    mutating func apply(_ operations: UnsafeBufferPointer<Operation>) {
        require(Int(done) + operations.count <= operationCount, "more operations than stated")
        for operation in operations {
            switch operation.kind {
            case .cancel: cancel(operation.target)
            case .limit: arrive(operation, rests: true)
            case .immediateOrCancel: arrive(operation, rests: false)
            }
            done += 1
        }
    }

    @inline(__always)
    private mutating func cancel(_ number: UInt32) {
        let slot = slots[Int(number)]
        guard slot != 0 else { return }
        remove(slot, number)
    }

    @inline(__always)
    private mutating func remove(_ slot: OrderSlot, _ number: UInt32) {
        book.remove(slot, in: orders)
        slots[Int(number)] = 0
        orders.giveBackNewest(slot)
    }

    @inline(__always)
    private mutating func arrive(_ operation: Operation, rests: Bool) {
        var remaining = operation.quantity
        while remaining > 0 {
            let slot = book.first(operation.side.opposite, of: .thb, in: orders)
            guard slot != 0 else { break }
            let maker = orders.pointer(slot)
            guard operation.accepts(maker.pointee.tick) else { break }
            let quantity = min(remaining, maker.pointee.remaining)
            let number = numbers[Int(slot)]
            hasher.combine(
                UInt64(number) | UInt64(done) << 32,
                UInt64(maker.pointee.tick) ^ UInt64(quantity) << 20)
            fillCount += 1
            remaining -= quantity
            maker.pointee.remaining -= quantity
            if maker.pointee.remaining == 0 { remove(slot, number) }
        }
        if rests, remaining > 0 { rest(operation, remaining) }
    }

    @inline(__always)
    private mutating func rest(_ operation: Operation, _ remaining: Int64) {
        let slot = orders.takeSlot()
        let order = orders.pointer(slot)
        order.pointee.tick = operation.tick
        order.pointee.side = operation.side
        order.pointee.foreign = .thb
        order.pointee.remaining = remaining
        slots[Int(done)] = slot
        numbers[Int(slot)] = done
        book.insert(slot, in: orders)
    }
}

extension BareMatching.Operation {
    /// Whether a resting order's rate is as good as the limit or better.
    @inline(__always)
    fileprivate func accepts(_ tick: UInt32) -> Bool {
        side == .payRenminbi ? tick >= self.tick : tick <= self.tick
    }
}
