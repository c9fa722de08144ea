internal import Domain

/// A command about a withdrawal on record.
protocol OfWithdrawal {
    var reference: UETR { get }
}

extension Rule where Self: OfWithdrawal {
    /// R17.3 The amount is that of the withdrawal.
    func governance<Book>(
        in ledger: borrowing LedgerEngine<Book>
    ) -> Governance where Book: OrderBook & ~Copyable {
        var governance = self.governance
        guard let row = ledger.registers.of(WithdrawalRow.self).find(reference.bits) else {
            return governance
        }
        governance.currency = ledger.accounts.row(row.account).currency
        governance.amount = row.amount.magnitude
        return governance
    }
}
