package import Domain

/// Resting orders by price-time priority, for all corridors.
///
/// The book knows places, not rules: what may match is decided by the ledger. Two books implement
/// it: ``LadderBook``, and a slow obvious one in the tests that must lead to the same state.
package protocol OrderBook: ~Copyable {
    init()

    /// Adds an order behind all others at its rate.
    mutating func insert(_ slot: OrderSlot, in orders: borrowing OrderSlab)

    /// Takes an order out, wherever it stands.
    mutating func remove(_ slot: OrderSlot, in orders: borrowing OrderSlab)

    /// The order that is served first on this side, or 0.
    borrowing func first(
        _ side: Side, of foreign: Currency, in orders: borrowing OrderSlab
    ) -> OrderSlot

    /// The order that is served after `slot` on the same side, or 0.
    borrowing func next(after slot: OrderSlot, in orders: borrowing OrderSlab) -> OrderSlot
}

/// The open orders, which the book links and the ledger owns.
package struct OrderSlab: ~Copyable {
    var slab: Slab<Order>

    init(capacity: Int) {
        let blank = Order(
            tick: 0, payment: 0, payer: 0, creditor: 0, debitAccount: 0, creditAccount: 0,
            foreign: .cny, side: .payRenminbi, fixed: .pay, timeInForce: .day, fillPolicy: .any,
            amount: 0, remaining: 0, minimumFill: 0, feePartsPerMillion: 0, statedLimit: .none,
            limit: .none,
            acceptedAt: 0, updatedAt: 0, expiresAt: 0, attachment: .none)
        slab = Slab(capacity: capacity, blank: blank)
    }

    /// The slots that hold an order, in order of slot.
    ///
    /// - Complexity: O(slots ever used).
    var occupiedSlots: [OrderSlot] {
        guard slab.highestIndex > 0 else { return [] }
        return (1...slab.highestIndex).filter { slab.pointer($0).pointee.payment != 0 }
    }

    /// The order in `slot`, to read and to write in place.
    @inline(__always)
    package func pointer(_ slot: OrderSlot) -> UnsafeMutablePointer<Order> {
        slab.pointer(slot)
    }
}

extension Order {
    /// Rank of its rate on its side, smaller first: the lowest rate of those who give renminbi,
    /// the highest of those who give foreign currency.
    @inline(__always)
    package var rank: UInt32 {
        side == .payRenminbi ? tick : UInt32(Limits.ticksPerCorridor) - 1 - tick
    }
}
