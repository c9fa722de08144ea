/// What a bank has only announced: money that moves by another message, or moved already. It moves
/// none and binds nothing (R16).
public struct NoticeRow: NumberedInBatch {
    /// See ``NumberedInBatch``.
    public var id: UInt64
    public var timestamp: Timestamp
    /// The participant that sent it.
    public var sender: ParticipantID
    public var notice: NoticeKind
    public var message: MessageName
    /// All zero where the message names no payment.
    public var uetr: UETR
    public var contentHash: UInt128
    /// Minor units of ``currency``; 0 where none is stated.
    public var amount: Int64
    public var currency: Currency
    public var settlementDate: StatedDate
    /// The other bank, as far as it is named.
    public var bank: BIC
    /// Where the references of message and transaction lie in the batch.
    public var attachment: AttachmentRange

    public static let table = "notices"
    public static let hashSeed: UInt64 = 70
    public static let isFinal = true
    public static let isForgotten = true
    public static let capacity = Int.max

    public init(
        id: UInt64, timestamp: Timestamp, sender: ParticipantID, _ command: RecordNotice,
        attachment: AttachmentRange = .none
    ) {
        self.id = id
        self.timestamp = timestamp
        self.sender = sender
        notice = command.notice
        message = command.message
        uetr = command.uetr
        contentHash = command.contentHash
        amount = command.amount
        currency = command.currency
        settlementDate = command.settlementDate
        bank = command.bank
        self.attachment = attachment
    }

    public init() { self.init(id: 0, timestamp: 0, sender: 0, RecordNotice()) }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("notice_id", &id, hash: .word(0))
        fields.instant("timestamp_ns", shownAs: "noticed_at", &timestamp, hash: .word(1))
        fields.field("sender_id", &sender, hash: .word(6))
        fields.field("notice", &notice, hash: .word(6, bit: 32))
        fields.field("message", &message, hash: .word(7))
        fields.field("uetr", &uetr, hash: .word(2))
        fields.field("content_hash", &contentHash, hash: .word(4))
        fields.field("amount", &amount, hash: .word(8))
        fields.field("currency", &currency, hash: .word(6, bit: 40))
        fields.field("settlement_date", &settlementDate, hash: .word(10))
        fields.field("bank", &bank, hash: .word(9))
        fields.details(&attachment)
    }
}
