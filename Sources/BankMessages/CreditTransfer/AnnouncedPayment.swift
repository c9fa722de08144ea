package import Domain

/// One payment that a notice tells of, as far as the message says it.
package struct AnnouncedPayment: Equatable, Sendable {
    package var original: OriginalTransaction
    /// The interbank settlement amount; of a return what comes back.
    package var amount: Money?
    package var settlementDate: CalendarDate?
    /// The creditor's bank; of a return the bank to which it goes.
    package var bank: BIC?

    package init(
        original: OriginalTransaction = OriginalTransaction(), amount: Money? = nil,
        settlementDate: CalendarDate? = nil, bank: BIC? = nil
    ) {
        self.original = original
        self.amount = amount
        self.settlementDate = settlementDate
        self.bank = bank
    }
}

extension BankMessage {
    /// What the message tells of when it is a notice, or why a transaction of it cannot be read; in
    /// the order of the message. One that names no transaction tells of one payment without
    /// references.
    package var announced: [Result<AnnouncedPayment, MessageRejection>] {
        let named = namedPayments
        return named.isEmpty ? [.success(AnnouncedPayment())] : named
    }

    private var namedPayments: [Result<AnnouncedPayment, MessageRejection>] {
        switch self {
        case .creditTransfers(let message):
            let isBanks = message.definition.message.transferKind == .financialInstitution
            return message.transactions.map { $0.map { $0.announced(isBanks: isBanks) } }
        case .paymentReturns(let message):
            return message.refused.announced(with: message.returns.map(\.announced))
        case .statusReport(let message):
            return message.refused.announced(
                with: message.transactions.map {
                    AnnouncedPayment(original: $0.original, amount: $0.originalAmount)
                })
        case .statusRequest(let message):
            return message.refused.announced(
                with: message.transactions.map { AnnouncedPayment(original: $0.original) })
        case .cancellationRequests(let message):
            return message.refused.announced(
                with: message.requests.map {
                    AnnouncedPayment(
                        original: $0.original, amount: $0.originalInterbankSettlementAmount,
                        settlementDate: $0.originalInterbankSettlementDate)
                })
        case .investigationResolution(let message):
            return message.refused.announced(
                with: message.answers.map { AnnouncedPayment(original: $0.original) })
        case .reportRequest: return []
        }
    }
}

extension [MessageRejection] {
    fileprivate func announced(
        with taken: [AnnouncedPayment]
    ) -> [Result<AnnouncedPayment, MessageRejection>] {
        merged(with: taken.map { .success($0) }) { .failure($0) }
    }
}

extension CreditTransfer {
    /// - Parameter isBanks: the creditor itself is a bank.
    fileprivate func announced(isBanks: Bool) -> AnnouncedPayment {
        AnnouncedPayment(
            original: original, amount: interbankSettlementAmount,
            settlementDate: interbankSettlementDate,
            bank: isBanks ? creditor.bic ?? creditorAgent.bic : creditorAgent.bic)
    }
}

extension PaymentReturn {
    fileprivate var announced: AnnouncedPayment {
        AnnouncedPayment(
            original: original, amount: returnedInterbankSettlementAmount,
            settlementDate: interbankSettlementDate,
            bank: chain?.creditorAgent?.bic ?? instructedAgent)
    }
}
