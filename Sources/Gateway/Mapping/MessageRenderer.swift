internal import BankMessages
internal import Domain
internal import Store
internal import SwiftProtobuf

/// Makes the messages to a bank of what is on record.
///
/// Nothing of a message is stored but what the record says only now: the same message comes out
/// whenever it is pulled, as long as the details of its payment are not erased.
struct MessageRenderer {
    let reader: LedgerReader
    let directory: Directory
    /// The gateway's own BIC: the sender.
    let gateway: BIC
    let bank: BIC
    let versions: MessageVersions

    func message(_ row: BankMessageRow) throws -> ProtoOutgoingMessage {
        var message = ProtoOutgoingMessage()
        message.number = row.number
        message.time = Google_Protobuf_Timestamp(row.timestamp)
        switch row.kind {
        case .statusReport: try statusReport(row, &message)
        case .creditTransfer, .notification, .accountReport, .paymentReturn, .cancellationRequest,
            .resolution:
            message.note = "not made yet"
        }
        return message
    }

    /// At most 35 characters: the bank and the number.
    private func identification(_ row: BankMessageRow) -> String { "\(bank)-\(row.number)" }

    private func statusReport(
        _ row: BankMessageRow, _ message: inout ProtoOutgoingMessage
    ) throws {
        guard let record = try reader.payment(row.subject) else {
            throw GatewayError(.internalError, "payment \(row.subject) is not on record")
        }
        let details = ProtoPayment(record, in: directory).details
        let settled = Money(minorUnits: row.received, currency: record.row.receiveCurrency)
        let stand =
            row.credit == .none
            ? ReportedStatus(row.status, row.reason, received: settled)
            : ReportedStatus(row.credit, row.code)
        let original = OriginalTransaction(
            instructionIdentification: details.instructionID.nonEmpty,
            endToEndIdentification: details.endToEndID.nonEmpty,
            transactionIdentification: details.transactionID.nonEmpty, uetr: record.row.uetr)
        let report = PaymentStatusReport(
            messageIdentification: identification(row), creationDateTime: row.timestamp,
            sender: gateway,
            original: OriginalMessage(messageIdentification: details.messageID.nonEmpty),
            transactions: [
                TransactionStatusReport(
                    original: original, status: stand.status, reason: stand.reason,
                    acceptanceDateTime: record.row.acceptedAt)
            ])
        message.name = PaymentStatusReport.definition
        message.xml = try report.xml()
    }
}

extension String {
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
