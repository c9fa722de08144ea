internal import BankMessages
internal import Domain
internal import Store
internal import SwiftProtobuf

// pacs.008 and pacs.009 to the creditor's bank (R14.5).
extension MessageRenderer {
    /// Everything that came with the order goes on, with the same UETR; what the gateway settled is
    /// the settlement amount. Nil when it was erased.
    func creditTransfer(_ row: BankMessageRow) throws -> (MessageDefinition, String)? {
        let record = try payment(row.subject)
        let seen = ProtoPayment(record, in: directory)
        guard !seen.detailsErased else { return nil }
        let details: [UInt8] = try onward(seen.details, of: record.row, row).serializedBytes()
        let definition =
            TransferDetails.areOfInstitutions(details)
            ? institutionDefinition
            : definition(.customerCreditTransfer, .creditTransfer)
        var transfer = CreditTransfer(
            endToEndIdentification: PaymentStatusReport.notProvided, uetr: record.row.uetr,
            interbankSettlementAmount: Money(
                minorUnits: row.received, currency: record.row.receiveCurrency),
            debtor: Party(), debtorAgent: Party(), creditorAgent: Party(), creditor: Party())
        transfer.details = details
        let message = CreditTransferMessage(
            definition: definition, envelope: .standard, header: header(definition, row),
            groupHeader: GroupHeader(
                messageIdentification: identification(row), creationDateTime: row.timestamp,
                settlementMethod: .clearingSystem),
            transactions: [transfer])
        return (definition, try message.xml())
    }

    /// pacs.009 in the version of pacs.008 that the bank wants, or in the newest that there is.
    private var institutionDefinition: MessageDefinition {
        let offered = MessageDefinition.Message.financialInstitutionCreditTransfer.versions
        let wanted = Int(versions[.creditTransfer])
        guard wanted > offered.upperBound else {
            return definition(.financialInstitutionCreditTransfer, .creditTransfer)
        }
        return MessageDefinition(
            .financialInstitutionCreditTransfer, version: offered.upperBound)
            ?? MessageDefinition(.financialInstitutionCreditTransfer)
    }

    /// The details with what the message must say: from bank to bank here it is a new instruction.
    private func onward(
        _ details: ProtoPaymentDetails, of payment: PaymentRow, _ row: BankMessageRow
    ) -> ProtoPaymentDetails {
        var onward = details
        onward.instructionID = identification(row)
        if onward.endToEndID.isEmpty { onward.endToEndID = PaymentStatusReport.notProvided }
        onward.interbankSettlementDate =
            "\(CalendarDate(daysSince1970: Int(row.timestamp / 86_400_000_000_000)))"
        onward.clearSettlementTimeRequest()
        onward.clearSettlementTimeIndication()
        onward.expiryDateTime = ""
        onward.instructingAgent = agent(gateway)
        onward.instructedAgent = agent(bank)
        if onward.debtorAgent.bic.isEmpty {
            onward.debtorAgent.bic = directory.bic(of: payment.payer).description
        }
        if onward.creditorAgent.bic.isEmpty { onward.creditorAgent.bic = bank.description }
        // An amount or rate of the whole says nothing of a part.
        let isPart = row.fill != 0 || row.status != .settled
        if isPart {
            onward.clearInstructedAmount()
            onward.exchangeRate = ""
            onward.clearAgreedRate()
            onward.charges = []
        }
        return onward.completed
    }

    private func agent(_ bic: BIC) -> ProtoParty {
        var agent = ProtoParty()
        agent.bic = bic.description
        return agent
    }
}

extension ProtoPaymentDetails {
    /// With the elements that a credit transfer must have.
    fileprivate var completed: ProtoPaymentDetails {
        var completed = self
        if !completed.hasDebtor { completed.debtor.name = PaymentStatusReport.notProvided }
        if !completed.hasCreditor { completed.creditor.name = PaymentStatusReport.notProvided }
        let bytes: [UInt8]? = try? completed.serializedBytes()
        let isOfInstitutions = bytes.map { TransferDetails.areOfInstitutions($0) } ?? false
        if !isOfInstitutions, completed.chargeBearer.isEmpty { completed.chargeBearer = "SHAR" }
        return completed
    }
}
