internal import Domain

extension ConfigureCorridor: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        guard corridor.isValid else { return .refused(.corridorInvalid) }
        let entry = ledger.corridors[corridor.foreign]
        if let known = entry.pointee.row, known.corridor.tick != corridor.tick,
            entry.pointee.openOrders > 0
        {
            return .refused(.corridorHasOpenOrders)
        }
        guard ledger.accounts.room >= missingAccounts(ledger.accounts) else {
            return .refused(.accountsFull)
        }

        // From here on it must succeed.
        for kind in CorridorEntry.ownAccounts {
            _ = ledger.accounts.open(kind, .cny)
            _ = ledger.accounts.open(kind, corridor.foreign)
        }
        var row = entry.pointee.row ?? CorridorRow(corridor: corridor, state: .open)
        row.corridor = corridor
        ledger.store(row)
        return .accepted
    }

    /// How many of the gateway's own accounts the corridor has still to open.
    private func missingAccounts(_ accounts: borrowing Accounts) -> Int {
        var missing = 0
        for kind in CorridorEntry.ownAccounts {
            missing += accounts.find(kind, .cny) == 0 ? 1 : 0
            missing += accounts.find(kind, corridor.foreign) == 0 ? 1 : 0
        }
        return missing
    }
}
