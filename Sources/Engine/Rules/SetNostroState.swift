internal import Domain

extension SetNostroState: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        let nostros = ledger.registers.of(NostroRow.self)
        guard var row = nostros.find(UInt128(nostro)) else { return .refused(.nostroUnknown) }
        let account = ledger.accounts.find(nostro: nostro, row.currency)
        guard state == .open || ledger.accounts.row(account).balance == 0 else {
            return .refused(.nostroInUse)
        }

        // From here on it must succeed.
        row.state = state
        nostros.put(row)
        return .accepted
    }
}
