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
        guard let recorded = try recordedDetails(record) else { return nil }
        let details = onward(record.row, row).details(of: recorded)
        let definition =
            TransferDetails.areOfInstitutions(details)
            ? institutionDefinition(details)
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

    /// As bytes; nil when they were erased.
    private func recordedDetails(_ record: PaymentRecord) throws -> [UInt8]? {
        guard let json = record.details else { return [] }
        guard !json.isEmpty else { return nil }
        if let bytes = TransferDetails.bytes(json: json) { return bytes }
        return try ProtoPaymentDetails(jsonString: json).serializedBytes()
    }

    /// pacs.009 in the version of pacs.008 that the bank wants, or in the newest that there is; in
    /// that also what covers a bank's transfer.
    private func institutionDefinition(_ details: [UInt8]) -> MessageDefinition {
        let offered = MessageDefinition.Message.financialInstitutionCreditTransfer.versions
        let wanted = Int(versions[.creditTransfer])
        guard wanted > offered.upperBound || TransferDetails.coverInstitutionTransfer(details)
        else {
            return definition(.financialInstitutionCreditTransfer, .creditTransfer)
        }
        return MessageDefinition(
            .financialInstitutionCreditTransfer, version: offered.upperBound)
            ?? MessageDefinition(.financialInstitutionCreditTransfer)
    }

    private func onward(_ payment: PaymentRow, _ row: BankMessageRow) -> OnwardTransfer {
        OnwardTransfer(
            instructionIdentification: identification(row),
            settlementDate: CalendarDate(
                daysSince1970: Int(row.timestamp / 86_400_000_000_000)),
            instructingAgent: gateway, instructedAgent: bank,
            debtorAgent: directory.bic(of: payment.payer), creditorAgent: bank,
            isPart: row.fill != 0 || row.status != .settled)
    }
}
