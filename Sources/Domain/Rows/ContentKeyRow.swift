/// A key of the ledger's content hashes; the key itself stands in the details.
public struct ContentKeyRow: DeclaredRow {
    public var number: UInt32
    public var timestamp: Timestamp
    /// Payments on record before it: their content hashes have no key.
    public var paymentCount: UInt64
    /// Where the key lies in the batch.
    public var attachment: AttachmentRange

    public static let table = "content_keys"
    public static let hashSeed: UInt64 = 50
    public static let isFinal = true
    public static let capacity = 1

    public init(
        number: UInt32, timestamp: Timestamp, paymentCount: UInt64,
        attachment: AttachmentRange = .none
    ) {
        self.number = number
        self.timestamp = timestamp
        self.paymentCount = paymentCount
        self.attachment = attachment
    }

    public init() {
        self.init(number: 0, timestamp: 0, paymentCount: 0)
    }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("number", &number, hash: .word(0))
        fields.instant("timestamp_ns", shownAs: "valid_from", &timestamp, hash: .word(1))
        fields.field("payment_count", &paymentCount, hash: .word(2))
        fields.details(&attachment)
    }
}
