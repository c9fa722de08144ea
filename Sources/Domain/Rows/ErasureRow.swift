/// A wish on record that the details of a payment be erased. What it names is erased on every node,
/// beside the log and in the tables; the chain, the payment and its amounts stay.
public struct ErasureRow: NumberedInBatch {
    /// See ``NumberedInBatch``.
    public var id: UInt64
    public var timestamp: Timestamp
    public var uetr: UETR
    public var payer: ParticipantID
    /// Where the words about it lie in the batch.
    public var attachment: AttachmentRange

    public static let table = "erasures"
    public static let hashSeed: UInt64 = 51
    public static let isFinal = true
    public static let isForgotten = true
    public static let capacity = Int.max

    public init(
        id: UInt64, timestamp: Timestamp, uetr: UETR, payer: ParticipantID,
        attachment: AttachmentRange = .none
    ) {
        self.id = id
        self.timestamp = timestamp
        self.uetr = uetr
        self.payer = payer
        self.attachment = attachment
    }

    public init() {
        self.init(id: 0, timestamp: 0, uetr: UETR(bits: 0), payer: 0)
    }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("erasure_id", &id, hash: .word(0))
        fields.instant("timestamp_ns", shownAs: "asked_at", &timestamp, hash: .word(1))
        fields.field("uetr", &uetr, hash: .word(2))
        fields.field("payer_id", &payer, hash: .word(4))
        fields.details(&attachment)
    }
}
