internal import BankMessages
internal import Domain
internal import Store
internal import SwiftProtobuf

/// What messages say of a payment on record: its references, parties and amounts.
struct PaymentFacts {
    let row: PaymentRow
    let details: ProtoPaymentDetails
    /// Of a return order: the references of the payment that it returns, with the return's
    /// identification as that of the transaction.
    var returned: OriginalTransaction?

    init(_ record: PaymentRecord, in directory: Directory) {
        row = record.row
        let read = record.details.flatMap { try? ProtoPaymentDetails(jsonString: $0) }
        details = (read ?? ProtoPaymentDetails())
            .asPaid(by: directory.bic(of: row.payer).description)
    }

    /// The references of the transaction.
    var original: OriginalTransaction {
        if let returned { return returned }
        return OriginalTransaction(
            instructionIdentification: details.instructionID.nonEmpty,
            endToEndIdentification: details.endToEndID.nonEmpty,
            transactionIdentification: details.transactionID.nonEmpty, uetr: row.uetr)
    }

    /// The message by which it came; of a payment that came otherwise nothing.
    var message: OriginalMessage {
        OriginalMessage(
            messageIdentification: details.messageID.nonEmpty,
            messageNameIdentification: details.messageName.nonEmpty)
    }

    /// The message by which it came, where one has to be named.
    var group: OriginalGroup {
        OriginalGroup(
            messageIdentification: details.messageID.nonEmpty ?? PaymentStatusReport.notProvided,
            messageNameIdentification: details.messageName.nonEmpty
                ?? PaymentStatusReport.notProvided)
    }

    var received: Money { Money(minorUnits: row.received, currency: row.receiveCurrency) }

    /// How the payment stood when its payer was told.
    func report(_ told: BankMessageRow) -> TransactionStatusReport {
        report(ReportedStatus(told, of: row))
    }

    /// - Parameter stand: as it is told.
    func report(_ stand: ReportedStatus) -> TransactionStatusReport {
        var report = stand.report(on: original, of: row)
        if row.fixed == .receive {
            report.originalAmount = Money(minorUnits: row.amount, currency: row.receiveCurrency)
        }
        return report
    }
}

extension String {
    var nonEmpty: String? { isEmpty ? nil : self }
}
