internal import Domain

extension SetCorridorState: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        guard var row = ledger.corridors[foreign].pointee.row else {
            return .refused(.corridorUnknown)
        }

        // From here on it must succeed.
        row.state = state
        ledger.store(row)
        if state == .closed {
            let foreign = foreign
            ledger.endOrders(.corridorClosed) { order, _ in order.foreign == foreign }
            require(
                ledger.corridors[foreign].pointee.openOrders == 0, "a closed corridor has no orders"
            )
        }
        return .accepted
    }
}
