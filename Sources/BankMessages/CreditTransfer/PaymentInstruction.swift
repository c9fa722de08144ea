package import Domain

/// What a credit transfer asks the gateway to do: deliver a fixed amount of one currency and pay
/// for it in the other, renminbi being one of the two.
package struct PaymentInstruction: Equatable, Sendable {
    package var uetr: UETR
    package var endToEndIdentification: String
    /// The bank that pays: `DbtrAgt`; in a pacs.009 without one `Dbtr`; else, when nothing
    /// identifies these, `InstgAgt`.
    package var debtorAgent: BIC
    /// The bank that is paid: `CdtrAgt`; in a pacs.009 without one `Cdtr`; else, when nothing
    /// identifies these, `InstdAgt`.
    package var creditorAgent: BIC
    /// The codes of clearing systems by which alone the message names these two.
    package var debtorAgentCode: ClearingCode?
    package var creditorAgentCode: ClearingCode?
    /// `InstgAgt`: the bank that sent the message on; nil when it is not named.
    package var instructingAgent: BIC?
    /// What the debtor's side pays in.
    package var payCurrency: Currency
    /// What the debtor ordered to be moved, before any charge, in minor units of ``payCurrency``;
    /// nil when no amount is stated. Of it, less the charges that were deducted or with those that
    /// were added, no more is paid than ``limit`` lets.
    package var payAmount: Money?
    /// What is delivered to the creditor's side, exactly, in minor units.
    package var receiveAmount: Money
    /// The worst rate the payer takes, foreign units for one renminbi; nil when none is stated.
    /// See ``ExchangeRate/rate(paying:)`` for its rounding.
    package var limit: Rate?
    /// Parties, accounts, purpose, remittance information and everything else, as stated.
    package var details: CreditTransfer
    /// Where the transaction stands in its message.
    package var path: String
}

extension PaymentInstruction {
    /// The order that this asks for: the interbank settlement amount is received, the instructed
    /// currency paid, and ``limit`` is its limit.
    package var draft: OrderDraft {
        OrderDraft(
            uetr: uetr, payer: debtorAgent, creditor: creditorAgent, payCurrency: payCurrency,
            receiveCurrency: receiveAmount.currency, fixed: .receive,
            amount: receiveAmount.minorUnits, limit: limit ?? .none)
    }
}

extension CreditTransferMessage {
    /// What the transaction at `index` (from 0) asks for.
    ///
    /// - Throws: ``MessageRejection`` when it could not be read, the two currencies make no
    ///   corridor, a bank is without BIC, or amounts and rate contradict each other.
    /// - Complexity: O(1).
    package func paymentInstruction(
        at index: Int
    ) throws(MessageRejection) -> PaymentInstruction {
        do {
            let transfer = try transactions[index].get()
            return try InstructionReader(
                transfer: transfer, message: definition.message, path: path(ofTransaction: index)
            ).instruction()
        } catch {
            var rejection = error
            rejection.original = original
            rejection.transaction = originalTransaction(at: index)
            throw rejection
        }
    }

    /// What each transaction asks for, or why it is refused, in the order of the message.
    package var paymentInstructions: [Result<PaymentInstruction, MessageRejection>] {
        transactions.indices.map { index in
            Result { () throws(MessageRejection) in try paymentInstruction(at: index) }
        }
    }
}

/// Turns one transaction into an instruction.
private struct InstructionReader {
    let transfer: CreditTransfer
    let message: MessageDefinition.Message
    let path: String

    func instruction() throws(MessageRejection) -> PaymentInstruction {
        let pay = try payment()
        try checkCorridor(pay)
        let conversion = try conversion(pay)
        let (debtorAgent, creditorAgent) = (try debtorAgent(), try creditorAgent())
        return PaymentInstruction(
            uetr: transfer.uetr, endToEndIdentification: transfer.endToEndIdentification,
            debtorAgent: debtorAgent.bic, creditorAgent: creditorAgent.bic,
            debtorAgentCode: debtorAgent.code, creditorAgentCode: creditorAgent.code,
            instructingAgent: transfer.instructingAgent, payCurrency: pay.currency,
            payAmount: pay.amount, receiveAmount: transfer.interbankSettlementAmount,
            limit: try boundLimit(pay, conversion), details: transfer, path: path)
    }

    /// The exchange rate, if paying at it keeps to the amount that was instructed, less or with its
    /// charges; else the rate at which that amount buys what is to be delivered. So no debit
    /// exceeds the amount by more than its rounding, whether a rate is stated, or how coarsely.
    private func boundLimit(
        _ pay: Payment, _ conversion: ChargesArithmetic.Conversion?
    ) throws(MessageRejection) -> Rate? {
        let stated = try limit(paying: pay.currency)
        guard let conversion else { return stated }
        guard let implied = conversion.rate(paying: pay.currency) else {
            throw disagreement(pay.amount, transfer.interbankSettlementAmount)
        }
        guard let stated else { return implied }
        return conversion.isKept(at: stated, paying: pay.currency) ? stated : implied
    }

    /// Instructed amount, rate, charges and settlement amount must tell the same story.
    private func conversion(
        _ pay: Payment
    ) throws(MessageRejection) -> ChargesArithmetic.Conversion? {
        guard let amount = pay.amount else { return nil }
        let arithmetic = ChargesArithmetic(
            instructed: amount, settled: transfer.interbankSettlementAmount,
            rate: transfer.exchangeRate, bearer: transfer.chargeBearer ?? .shared,
            charges: transfer.charges)
        guard let conversion = arithmetic.conversion else {
            let figures = transfer.charges.isEmpty ? "the three" : "them"
            throw MessageRejection(
                cause: .contradiction, code: .wrongAmount, path: "\(path)/IntrBkSttlmAmt",
                sentence: "\(arithmetic.contradiction); correct one of \(figures).")
        }
        return conversion
    }

    private func disagreement(_ paid: Money?, _ received: Money) -> MessageRejection {
        MessageRejection(
            cause: .contradiction, code: .wrongAmount, path: "\(path)/IntrBkSttlmAmt",
            sentence:
                "\(paid.map { "\($0.decimal) \($0.currency.code)" } ?? "") and \(received.decimal) "
                + "\(received.currency.code) are at no rate that can be traded.")
    }

    /// What is paid, and which element says so.
    private struct Payment {
        var currency: Currency
        var amount: Money?
        var path: String
    }

    private func payment() throws(MessageRejection) -> Payment {
        switch message.transferKind {
        case .customer:
            if let amount = transfer.instructedAmount {
                return Payment(
                    currency: amount.currency, amount: amount, path: "\(path)/InstdAmt/@Ccy")
            }
            // The schema lets it be absent: then what is settled is what was instructed.
            throw noCorridor(
                "\(path)/InstdAmt",
                "InstdAmt is missing; it says what the debtor pays, and in which currency.")
        case .financialInstitution:
            return try institutionPayment()
        }
    }

    /// A bank's own transfer states one amount. The currency it pays in is that of the debtor's
    /// account, or of the customer's instruction that the transfer covers.
    private func institutionPayment() throws(MessageRejection) -> Payment {
        let underlying = transfer.underlying?.instructedAmount
        if let currency = transfer.debtorAccount?.currency {
            return Payment(
                currency: currency, amount: underlying?.currency == currency ? underlying : nil,
                path: "\(path)/DbtrAcct/Ccy")
        }
        if let underlying {
            return Payment(
                currency: underlying.currency, amount: underlying,
                path: "\(path)/UndrlygCstmrCdtTrf/InstdAmt/@Ccy")
        }
        throw noCorridor(
            "\(path)/DbtrAcct/Ccy",
            "The currency to pay in is not stated; add DbtrAcct with its Ccy.")
    }

    private func checkCorridor(_ pay: Payment) throws(MessageRejection) {
        let receive = transfer.interbankSettlementAmount.currency
        let settlement = "\(path)/IntrBkSttlmAmt/@Ccy"
        guard OrderDraft.corridor(from: pay.currency, to: receive) == nil else { return }
        if pay.currency == receive {
            throw noCorridor(
                settlement,
                "Both currencies are \(receive.code): nothing is exchanged. Send CNY and one other."
            )
        }
        throw noCorridor(
            pay.path,
            "There is no corridor from \(pay.currency.code) to \(receive.code); one of the two "
                + "must be CNY.")
    }

    private func noCorridor(_ path: String, _ sentence: String) -> MessageRejection {
        MessageRejection(
            cause: .noCorridor, code: .notAllowedCurrency, path: path, sentence: sentence)
    }

    private func limit(paying currency: Currency) throws(MessageRejection) -> Rate? {
        guard let stated = transfer.exchangeRate else { return nil }
        guard let limit = stated.rate(paying: currency) else {
            let most = Rate(scaled: Limits.maximumRate).decimal
            throw .malformed(
                "\(path)/XchgRate",
                "XchgRate is beyond what the gateway can hold: up to \(most) units for CNY 1.")
        }
        return limit
    }

    private func debtorAgent() throws(MessageRejection) -> Agent {
        try agent(
            [("DbtrAgt", transfer.debtorAgent), ("Dbtr", transfer.debtor)],
            else: transfer.instructingAgent, code: .invalidDebtorBankIdentifier)
    }

    private func creditorAgent() throws(MessageRejection) -> Agent {
        try agent(
            [("CdtrAgt", transfer.creditorAgent), ("Cdtr", transfer.creditor)],
            else: transfer.instructedAgent, code: .invalidCreditorBankIdentifier)
    }

    private typealias Agent = (bic: BIC, code: ClearingCode?)

    /// The BIC of the first bank that is identified at all. One that is identified, but not by a
    /// BIC, is refused: to put another bank in its place could send the money astray.
    private func agent(
        _ candidates: [(name: String, party: Party)], else fallback: BIC?, code: StatusReasonCode
    ) throws(MessageRejection) -> Agent {
        let banks = message == .customerCreditTransfer ? 1 : 2
        for candidate in candidates.prefix(banks) {
            if let bic = candidate.party.bic {
                return (bic, candidate.party.isNamedByCode ? candidate.party.clearingCode : nil)
            }
            if !candidate.party.isEmpty { throw unidentified(candidate.name, code) }
        }
        guard let fallback else { throw unidentified(candidates[0].name, code) }
        return (fallback, nil)
    }

    private func unidentified(_ name: String, _ code: StatusReasonCode) -> MessageRejection {
        MessageRejection(
            cause: .unidentifiedAgent, code: code, path: "\(path)/\(name)/FinInstnId/BICFI",
            sentence:
                "\(name) has no BIC, and no clearing code or LEI that is registered; add BICFI.")
    }
}
