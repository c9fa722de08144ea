/// A funding on record.
public struct FundingRow: DeclaredRow {
    public var reference: UETR
    public var contentHash: UInt128
    public var account: AccountID
    /// Minor units; negative went out.
    public var amount: Int64
    public var timestamp: Timestamp
    /// Where the money came in or went out; 0 is the currency's default nostro.
    public var nostro: NostroID
    /// Where the command's attachment lies in the batch.
    public var attachment: AttachmentRange

    public static let table = "fundings"
    public static let hashSeed: UInt64 = 6
    public static let isFinal = true
    public static var capacity: Int { Limits.fundings }

    public init(
        reference: UETR, contentHash: UInt128, account: AccountID, amount: Int64,
        timestamp: Timestamp, nostro: NostroID = 0, attachment: AttachmentRange = .none
    ) {
        self.reference = reference
        self.contentHash = contentHash
        self.account = account
        self.amount = amount
        self.timestamp = timestamp
        self.nostro = nostro
        self.attachment = attachment
    }

    public init() {
        self.init(
            reference: UETR(bits: 0), contentHash: 0, account: 0, amount: 0, timestamp: 0)
    }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("reference", &reference, hash: .word(0))
        fields.instant(
            "timestamp_ns", shownAs: "occurred_at", &timestamp, hash: .word(6))
        fields.field("account_id", &account, hash: .word(4))
        fields.field("amount", &amount, hash: .word(5))
        fields.field("content_hash", &contentHash, hash: .word(2))
        fields.details(&attachment)
        // Younger than the table, so behind its other columns; its word was 0 before.
        fields.field("nostro", &nostro, hash: .word(7))
    }
}
