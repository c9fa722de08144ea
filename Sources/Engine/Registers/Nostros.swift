internal import Domain

// What rules ask of nostros, and of the references under which money comes, goes and moves there.

extension LedgerEngine where Book: ~Copyable {
    /// Why nothing can be booked on a nostro in this currency; nil when it can. The default one of
    /// a currency, 0, takes everything.
    func refusal(_ nostro: NostroID, _ currency: Currency) -> ResultCode? {
        guard nostro != 0 else { return nil }
        guard let row = registers.of(NostroRow.self).find(UInt128(nostro)) else {
            return .nostroUnknown
        }
        guard row.state == .open else { return .nostroClosed }
        return row.currency == currency ? nil : .nostroCurrencyDiffers
    }

    /// Whether a funding, withdrawal or agent's entry has this reference: they share them, for each
    /// is an entry at an agent.
    func isTaken(_ reference: UETR) -> Bool {
        registers.of(FundingRow.self).find(reference.bits) != nil
            || registers.of(WithdrawalRow.self).find(reference.bits) != nil
            || registers.of(AgentEntryRow.self).find(reference.bits) != nil
    }
}
