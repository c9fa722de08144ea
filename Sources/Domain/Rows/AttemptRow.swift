/// An order that was refused for a passing reason (R2.14): no payment, and it binds nothing. The
/// same attempt again is refused again.
public struct AttemptRow: NumberedInBatch {
    /// The log index of its batch × 2¹⁴ and its place among the attempts of the batch.
    public var id: UInt64
    public var timestamp: Timestamp
    public var payer: ParticipantID
    public var uetr: UETR
    /// The hash of its identification, or of its content when it had none.
    public var attempt: UInt128
    public var contentHash: UInt128
    public var code: ResultCode
    /// Where the order's details lie in the batch.
    public var attachment: AttachmentRange

    public static let table = "attempts"
    public static let hashSeed: UInt64 = 8
    public static let isFinal = true
    public static let isForgotten = true
    public static let capacity = Int.max

    public init(
        id: UInt64, timestamp: Timestamp, payer: ParticipantID, uetr: UETR, attempt: UInt128,
        contentHash: UInt128, code: ResultCode, attachment: AttachmentRange = .none
    ) {
        self.id = id
        self.timestamp = timestamp
        self.payer = payer
        self.uetr = uetr
        self.attempt = attempt
        self.contentHash = contentHash
        self.code = code
        self.attachment = attachment
    }

    public init() {
        self.init(
            id: 0, timestamp: 0, payer: 0, uetr: UETR(bits: 0), attempt: 0, contentHash: 0,
            code: .outsideSession)
    }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("attempt_id", &id, hash: .word(0))
        fields.instant("timestamp_ns", shownAs: "refused_at", &timestamp, hash: .word(1))
        fields.field("uetr", &uetr, hash: .word(2))
        fields.field("attempt", &attempt, hash: .word(4))
        fields.field("content_hash", &contentHash, hash: .word(6))
        fields.field("payer_id", &payer, hash: .word(8))
        fields.field("code", &code, hash: .word(8, bit: 32))
        fields.details(&attachment)
    }
}
