package import Domain

extension BankMessage {
    /// The message with BICs for banks that it names by the code of a clearing system alone.
    ///
    /// - Parameter bic: that of the bank with this code; nil when nobody has it.
    package func namingBanks(_ bic: (ClearingCode) -> BIC?) -> BankMessage {
        var content = content
        for place in content.transactions.indices {
            content.transactions[place].debtor.name(bic)
            content.transactions[place].debtorAgent.name(bic)
            content.transactions[place].creditorAgent.name(bic)
            content.transactions[place].creditor.name(bic)
        }
        switch self {
        case .customerCreditTransfer: return .customerCreditTransfer(content)
        case .financialInstitutionCreditTransfer:
            return .financialInstitutionCreditTransfer(content)
        }
    }
}

extension Party {
    fileprivate mutating func name(_ bic: (ClearingCode) -> BIC?) {
        guard self.bic == nil, let clearingCode else { return }
        self.bic = bic(clearingCode)
        isNamedByCode = self.bic != nil
    }
}
