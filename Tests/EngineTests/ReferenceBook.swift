internal import Domain
internal import Engine

/// The slow obvious book: one sorted list per corridor and side, searched from its start.
struct ReferenceBook: OrderBook {
    private var queues = [[OrderSlot]](repeating: [], count: Currency.count * 2)

    init() {}

    private func index(_ side: Side, _ foreign: Currency) -> Int {
        Int(foreign.rawValue) * 2 + Int(side.rawValue)
    }

    private func index(of slot: OrderSlot, in orders: borrowing OrderSlab) -> Int {
        let order = orders.pointer(slot).pointee
        return index(order.side, order.foreign)
    }

    mutating func insert(_ slot: OrderSlot, in orders: borrowing OrderSlab) {
        let queue = index(of: slot, in: orders)
        let order = orders.pointer(slot).pointee
        var place = 0
        while place < queues[queue].count {
            let other = queues[queue][place]
            if order.rank < orders.pointer(other).pointee.rank { break }
            place += 1
        }
        queues[queue].insert(slot, at: place)
    }

    mutating func remove(_ slot: OrderSlot, in orders: borrowing OrderSlab) {
        queues[index(of: slot, in: orders)].removeAll { $0 == slot }
    }

    func fetch(_ slot: OrderSlot, in orders: borrowing OrderSlab) {}

    func first(
        _ side: Side, of foreign: Currency, in orders: borrowing OrderSlab
    ) -> OrderSlot {
        queues[index(side, foreign)].first ?? 0
    }

    func next(after slot: OrderSlot, in orders: borrowing OrderSlab) -> OrderSlot {
        let queue = queues[index(of: slot, in: orders)]
        guard let place = queue.firstIndex(of: slot), place + 1 < queue.count else { return 0 }
        return queue[place + 1]
    }
}
