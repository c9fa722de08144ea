package import Domain

/// The order book alone: orders match by price and time, and nothing is checked, held or settled.
///
/// For the benchmark that compares the book with matching engines, which do just this. Orders are
/// found by their number in the stream, as an engine's own dense ids are. It stands beside the book
/// because a call from another module costs a tenth of what is measured.
package struct BareMatching: ~Copyable {
    /// One operation of a stream; the number of an order is its position in the stream.
    package struct Operation: BitwiseCopyable {
        package enum Kind: UInt8, BitwiseCopyable {
            case limit
            case immediateOrCancel
            case cancel
        }

        package var kind: Kind
        package var side: Side
        package var tick: UInt32
        /// The number of the order to cancel.
        package var target: UInt32
        package var quantity: Int64

        package init(
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
    package private(set) var fillCount = 0

    /// - Parameters:
    ///   - operations: how many will be applied at most.
    ///   - resting: how many orders rest at most at one time.
    package init(operations: Int, resting: Int) {
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
    package var fillsHash: UInt64 { hasher.finish() }

    /// Orders that rest.
    package var restingCount: Int { orders.count }

    /// Whether the order with this number rests.
    package func stands(_ number: UInt32) -> Bool { slots[Int(number)] != 0 }

    /// Applies the next operations of the stream.
    package mutating func apply(_ operations: UnsafeBufferPointer<Operation>) {
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
        var taker = Order(
            tick: operation.tick, payer16: 0, remaining: operation.quantity, foreign: .thb,
            side: operation.side, fixed: .pay, timeInForce: .goodTillCancelled, fillPolicy: .any)
        while taker.remaining > 0 {
            let slot = book.first(operation.side.opposite, of: .thb, in: orders)
            guard slot != 0 else { break }
            let maker = orders.pointer(slot)
            guard taker.accepts(maker.pointee.tick) else { break }
            let quantity = min(taker.remaining, maker.pointee.remaining)
            let number = numbers[Int(slot)]
            hasher.combine(
                UInt64(number) | UInt64(done) << 32,
                UInt64(maker.pointee.tick) ^ UInt64(quantity) << 20)
            fillCount += 1
            taker.remaining -= quantity
            maker.pointee.remaining -= quantity
            if maker.pointee.remaining == 0 { remove(slot, number) }
        }
        guard rests, taker.remaining > 0 else { return }
        let slot = orders.takeBare(taker)
        slots[Int(done)] = slot
        numbers[Int(slot)] = done
        book.insert(slot, in: orders)
    }
}
