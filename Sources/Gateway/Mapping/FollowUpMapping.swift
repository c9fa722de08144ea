internal import BankMessages
internal import Domain
internal import Foundation
internal import Store
internal import SwiftProtobuf

/// What goes on record beside a return or a request for cancellation.
struct FollowUpDetails: Codable, Sendable {
    /// The identification that the bank chose.
    var id: String
    var note: String?

    init(id: String, note: String) {
        self.id = id
        self.note = note.isEmpty ? nil : note
    }

    /// As stored, or nil.
    init?(json: String?) {
        guard let json,
            let read = try? JSONDecoder().decode(FollowUpDetails.self, from: Data(json.utf8))
        else { return nil }
        self = read
    }

    /// UTF-8 JSON within the bound of attachments.
    func bounded() throws(GatewayError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self),
            data.count <= Domain.Limits.bytesPerAttachment
        else { throw Field.malformed("note", "is too long") }
        return Array(data)
    }
}

extension CreditStatus {
    /// The status of ISO 20022; empty for none.
    var iso: String {
        switch self {
        case .none: ""
        case .pending: "PDNG"
        case .credited: "ACCC"
        case .rejected: "RJCT"
        }
    }
}

extension Field {
    /// A code of one of ISO 20022's external lists; none where the text is empty.
    static func reason(_ text: String, _ name: String) throws(GatewayError) -> ReasonCode {
        guard !text.isEmpty else { return .none }
        guard let reason = ReasonCode(text) else {
            throw malformed(name, "must be a code of 1 to 4 capitals and digits", text)
        }
        return reason
    }

    /// An identification that a bank chose. Messages to the other side repeat it, so it is one that
    /// ISO 20022 can carry: characters are counted as Unicode's scalars, as XML Schema does.
    static func identification(_ text: String, _ name: String) throws(GatewayError) -> String {
        guard (1...Attempt.longest).contains(text.unicodeScalars.count),
            TransferDetails.canHold(reference: text)
        else {
            throw malformed(
                name, "must have 1 to \(Attempt.longest) characters and no control character",
                text)
        }
        return text
    }
}

extension ProtoFollowUp {
    /// - Parameter orders: the payments of those returns that are orders.
    init(
        _ row: FollowUpRow, _ found: [DeclaredRecord<ReturnRow>],
        _ orders: [PaymentID: PaymentRow]
    ) {
        self.init()
        creditStatus = row.credit.iso
        creditReason = row.creditReason.description
        if row.creditAt != 0 { creditAt = Google_Protobuf_Timestamp(row.creditAt) }
        returned = ProtoMoney(row.returned, row.receiveCurrency)
        returns = found.map {
            ProtoPaymentReturn($0, row.receiveCurrency, order: orders[$0.row.order])
        }
        caseNumber = row.caseID
        caseState = row.caseState == .none ? "" : row.caseState.word
        updatedAt = Google_Protobuf_Timestamp(row.updatedAt)
    }
}

extension ProtoPaymentReturn {
    init(_ record: DeclaredRecord<ReturnRow>, _ currency: Currency, order: PaymentRow?) {
        self.init()
        let details = FollowUpDetails(json: record.details)
        returnID = details?.id ?? ""
        amount = ProtoMoney(order?.paid ?? record.row.amount, currency)
        if let order { self.order = ProtoReturnOrder(order) }
        reason = record.row.reason.description
        time = Google_Protobuf_Timestamp(record.row.timestamp)
        note = details?.note ?? ""
    }
}

extension ProtoReturnOrder {
    init(_ row: PaymentRow) {
        self.init()
        uetr = row.uetr.description
        status = row.status.code
        paid = ProtoMoney(row.paid, row.payCurrency)
        received = ProtoMoney(row.received, row.receiveCurrency)
    }
}

extension ProtoCase {
    init(_ record: DeclaredRecord<CaseRow>, in directory: Directory) {
        self.init()
        let row = record.row
        number = row.id
        kind = row.kind.word
        state = row.state.word
        uetr = row.uetr.description
        payer = directory.bic(of: row.payer).description
        creditorParticipant = directory.bic(of: row.creditor).description
        reason = row.reason.description
        answer = row.answer.description
        askedBy = directory.bic(of: row.askedBy).description
        openedAt = Google_Protobuf_Timestamp(row.openedAt)
        deadline = Google_Protobuf_Timestamp(row.deadline)
        if row.closedAt != 0 { closedAt = Google_Protobuf_Timestamp(row.closedAt) }
        let details = FollowUpDetails(json: record.details)
        requestID = details?.id ?? ""
        note = details?.note ?? ""
    }
}
