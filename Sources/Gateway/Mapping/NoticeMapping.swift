internal import BankMessages
internal import Domain
internal import Foundation
internal import Store
internal import SwiftProtobuf

/// What goes on record beside a notice: nothing of parties, for it moves no money.
struct NoticeDetails: Codable, Sendable {
    var messageID: String?
    var instructionID: String?
    var endToEndID: String?
    var transactionID: String?

    init(_ original: OriginalTransaction, messageIdentification: String?) {
        messageID = messageIdentification
        instructionID = original.instructionIdentification
        endToEndID = original.endToEndIdentification
        transactionID = original.transactionIdentification
    }

    init(_ proto: ProtoNotice) {
        messageID = proto.messageID.isEmpty ? nil : proto.messageID
        instructionID = proto.instructionID.isEmpty ? nil : proto.instructionID
        endToEndID = proto.endToEndID.isEmpty ? nil : proto.endToEndID
        transactionID = proto.transactionID.isEmpty ? nil : proto.transactionID
    }

    /// As stored, or nil.
    init?(json: String?) {
        guard let json,
            let read = try? JSONDecoder().decode(NoticeDetails.self, from: Data(json.utf8))
        else { return nil }
        self = read
    }

    /// UTF-8 JSON within the bound of attachments.
    func bounded() throws(GatewayError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self),
            data.count <= Domain.Limits.bytesPerAttachment
        else { throw Field.malformed("message_id", "is too long") }
        return Array(data)
    }
}

extension RecordNotice {
    /// A notice without content hash and record.
    init(
        _ payment: AnnouncedPayment, _ notice: NoticeKind, _ message: MessageDefinition,
        by submitter: BIC
    ) {
        self.init()
        self.submitter = submitter
        self.notice = notice
        self.message = MessageName(message.name) ?? .none
        bank = payment.bank ?? .none
        uetr = payment.original.uetr ?? UETR(bits: 0)
        if let stated = payment.amount {
            amount = stated.minorUnits
            currency = stated.currency
        }
        if let date = payment.settlementDate {
            settlementDate = StatedDate(year: date.year, month: date.month, day: date.day)
        }
    }

    /// As a line of a replay says it.
    init(_ proto: ProtoNotice, by submitter: BIC) throws(GatewayError) {
        self.init()
        self.submitter = submitter
        guard let notice = NoticeKind(text: proto.kind) else {
            throw Field.malformed(
                "kind", "must be advice, announced-cover or copy", proto.kind)
        }
        self.notice = notice
        guard let message = MessageName(text: proto.messageName.isEmpty ? nil : proto.messageName)
        else { throw Field.malformed("message_name", "must be a name as pacs.008.001.08") }
        self.message = message
        if !proto.uetr.isEmpty { uetr = try Field.uetr(proto.uetr, "uetr") }
        if !proto.bank.isEmpty { bank = try Field.bic(proto.bank, "bank") }
        if proto.hasAmount {
            currency = try Field.currency(proto.amount.currency, "amount.currency")
            amount = try Field.amount(proto.amount.amount, currency, "amount.amount")
        }
        guard
            let date = StatedDate(
                text: proto.settlementDate.isEmpty ? nil : proto.settlementDate)
        else { throw Field.malformed("settlement_date", "must be a date as 2026-11-30") }
        settlementDate = date
    }

    /// With the hash over everything but who sent it when.
    func hashed(_ hashing: ContentHashing, details: [UInt8]) -> RecordNotice {
        var content = self
        content.submitter = .none
        content.contentHash = 0
        content.asOf = 0
        var hashed = self
        hashed.contentHash = hashing.hash(
            EncodedCommand(.declared(content), attachment: details))
        return hashed
    }

    /// As a line of a replay says it.
    func proto(_ details: NoticeDetails?) -> ProtoNotice {
        let row = NoticeRow(id: 0, timestamp: 0, sender: 0, self)
        return ProtoNotice(row, details)
    }
}

extension ProtoNotice {
    /// What was announced; neither sender nor time.
    fileprivate init(_ row: NoticeRow, _ details: NoticeDetails?) {
        self.init()
        kind = row.notice.word
        messageName = row.message.text ?? ""
        if row.uetr.bits != 0 { uetr = row.uetr.description }
        if row.bank != .none { bank = row.bank.description }
        if row.amount != 0 { amount = ProtoMoney(row.amount, row.currency) }
        settlementDate = row.settlementDate.text ?? ""
        messageID = details?.messageID ?? ""
        instructionID = details?.instructionID ?? ""
        endToEndID = details?.endToEndID ?? ""
        transactionID = details?.transactionID ?? ""
    }

    init(_ record: DeclaredRecord<NoticeRow>, in directory: Directory) {
        self.init(record.row, NoticeDetails(json: record.details))
        sender = directory.bic(of: record.row.sender).description
        time = Google_Protobuf_Timestamp(record.row.timestamp)
    }
}
