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

    /// Asks for the memory that taking the order out will touch; a hint.
    borrowing func fetch(_ slot: OrderSlot, in orders: borrowing OrderSlab)

    /// The order that is served first on this side, or 0.
    borrowing func first(
        _ side: Side, of foreign: Currency, in orders: borrowing OrderSlab
    ) -> OrderSlot

    /// The order that is served after `slot` on the same side, or 0.
    borrowing func next(after slot: OrderSlot, in orders: borrowing OrderSlab) -> OrderSlot
}
