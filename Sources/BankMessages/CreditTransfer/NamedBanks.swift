package import Domain

extension CreditTransferMessage {
    /// The message with BICs for banks that it names by the code of a clearing system alone.
    ///
    /// - Parameter bic: that of the bank with this code; nil when nobody has it.
    package func namingBanks(_ bic: (ClearingCode) -> BIC?) -> CreditTransferMessage {
        var named = self
        for place in transactions.indices {
            guard case .success(var transfer) = transactions[place] else { continue }
            transfer.debtor.name(bic)
            transfer.debtorAgent.name(bic)
            transfer.creditorAgent.name(bic)
            transfer.creditor.name(bic)
            named.transactions[place] = .success(transfer)
        }
        return named
    }
}

extension Party {
    fileprivate mutating func name(_ bic: (ClearingCode) -> BIC?) {
        guard self.bic == nil, let clearingCode else { return }
        self.bic = bic(clearingCode)
        isNamedByCode = self.bic != nil
    }
}
