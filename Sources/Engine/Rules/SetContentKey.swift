internal import Domain

extension SetContentKey: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        let keys = ledger.registers.of(ContentKeyRow.self)
        guard number == 1, !keys.isFull else { return .refused(.contentKeySet) }

        // From here on it must succeed.
        keys.put(
            ContentKeyRow(
                number: number, timestamp: ledger.now, paymentCount: ledger.position.paymentCount,
                attachment: attachment))
        return .accepted
    }
}

// R2.18 What was recorded before the ledger had its key has a content hash without one. It is
// repeated by the same terms; its details cannot be compared.
extension LedgerEngine where Book: ~Copyable {
    private var key: ContentKeyRow? { registers.of(ContentKeyRow.self).find(1) }

    /// Whether what was recorded at this time has a content hash without the key.
    func predatesKey(_ timestamp: Timestamp) -> Bool {
        key.map { timestamp <= $0.timestamp } ?? false
    }

    /// Whether a payment that the ledger knows has this content.
    func isContent(of known: OrderSlot, _ order: PaymentOrderView) -> Bool {
        let record = orders.record(known).pointee
        if record.contentHash == order.contentHash { return true }
        guard let key, UInt64(record.payment) <= key.paymentCount else { return false }
        let terms = orders.pointer(known).pointee
        return order.foreign == terms.foreign && order.side == terms.side
            && order.fixed == terms.fixed && order.timeInForce == terms.timeInForce
            && order.fillPolicy == terms.fillPolicy && order.amount == record.amount
            && isCreditor(record.creditor, of: order, under: rules)
    }

    /// Whether a payment of the tables has this content.
    func isContent(of row: PaymentRow, _ order: PaymentOrderView) -> Bool {
        if row.contentHash == order.contentHash { return true }
        guard let key, row.id <= key.paymentCount else { return false }
        return order.foreign == row.foreign && order.side == row.side
            && order.fixed == row.fixed && order.timeInForce == row.timeInForce
            && order.fillPolicy == row.fillPolicy && order.amount == row.amount
            && isCreditor(row.creditor, of: order, under: nextRules)
    }

    /// True also when it was nobody's BIC then.
    private func isCreditor(
        _ recorded: ParticipantID, of order: PaymentOrderView, under rules: RuleVersion
    ) -> Bool {
        recorded == 0 || participants.find(order.creditor, under: rules) == recorded
    }
}
