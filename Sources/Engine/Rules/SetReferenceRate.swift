internal import Domain

extension SetReferenceRate: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        guard var row = ledger.corridors[foreign].pointee.row else {
            return .refused(.corridorUnknown)
        }
        row.corridor.referenceRate = rate
        guard row.corridor.isValid else { return .refused(.corridorInvalid) }

        // From here on it must succeed.
        ledger.store(row)
        return .accepted
    }
}
