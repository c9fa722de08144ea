internal import BankMessages
internal import Domain
internal import Store
internal import SwiftProtobuf

/// What messages say of a payment on record: its references, parties and amounts.
struct PaymentFacts {
    let row: PaymentRow
    let details: ProtoPaymentDetails

    init(_ record: PaymentRecord, in directory: Directory) {
        row = record.row
        details = ProtoPayment(record, in: directory).details
    }

    /// The references of the transaction.
    var original: OriginalTransaction {
        OriginalTransaction(
            instructionIdentification: details.instructionID.nonEmpty,
            endToEndIdentification: details.endToEndID.nonEmpty,
            transactionIdentification: details.transactionID.nonEmpty, uetr: row.uetr)
    }

    /// The message by which it came; of a payment that came otherwise nothing.
    var message: OriginalMessage {
        guard let identification = details.messageID.nonEmpty else { return OriginalMessage() }
        return OriginalMessage(
            messageIdentification: identification,
            messageNameIdentification: group.messageNameIdentification)
    }

    /// The message by which it came, where one has to be named.
    var group: OriginalGroup {
        let bytes: [UInt8]? = try? details.serializedBytes()
        let isOfInstitutions = bytes.map { TransferDetails.areOfInstitutions($0) } ?? false
        return OriginalGroup(
            messageIdentification: details.messageID.nonEmpty ?? PaymentStatusReport.notProvided,
            messageNameIdentification: isOfInstitutions ? "pacs.009" : "pacs.008")
    }

    var received: Money { Money(minorUnits: row.received, currency: row.receiveCurrency) }

    /// How the payment stood when its payer was told.
    func report(_ told: BankMessageRow) -> TransactionStatusReport {
        let settled = Money(minorUnits: told.received, currency: row.receiveCurrency)
        let stand =
            told.credit == .none
            ? ReportedStatus(told.status, told.reason, received: settled)
            : ReportedStatus(told.credit, told.code)
        return report(stand)
    }

    /// - Parameter stand: as it is told.
    func report(_ stand: ReportedStatus) -> TransactionStatusReport {
        var report = TransactionStatusReport(
            original: original, status: stand.status, reason: stand.reason,
            acceptanceDateTime: row.acceptedAt)
        report.settledAmount = stand.settledPart
        if row.fixed == .receive {
            report.originalAmount = Money(minorUnits: row.amount, currency: row.receiveCurrency)
        }
        return report
    }
}

extension String {
    var nonEmpty: String? { isEmpty ? nil : self }
}
