/// Money of a settled payment that its creditor's bank gave back: a movement of its own, or an
/// order of its own. The payment stays as it is.
public struct ReturnRow: NumberedInBatch {
    /// See ``NumberedInBatch``.
    public var id: UInt64
    public var timestamp: Timestamp
    /// The creditor of the payment.
    public var returner: ParticipantID
    /// The first 128 bits of SHA-256 over the return's identification, which is among the details.
    public var returnKey: UInt128
    public var contentHash: UInt128
    public var payment: PaymentID
    /// Minor units of the currency that the payment's creditor received, positive; of an order what
    /// it may give back.
    public var amount: Int64
    public var reason: ReasonCode
    /// Of the creditor's side; 0 of an order, whose fills say what was moved.
    public var debit: AccountID
    /// Of the payer's side, in the same currency; 0 of an order.
    public var credit: AccountID
    /// Where identification and words lie in the batch.
    public var attachment: AttachmentRange
    /// The order's payment; 0 of a return that moved the money itself.
    public var order: PaymentID

    public static let table = "returns"
    public static let hashSeed: UInt64 = 63
    public static let isFinal = true
    public static let isForgotten = true
    public static let capacity = Int.max

    public init(
        id: UInt64, timestamp: Timestamp, returner: ParticipantID, returnKey: UInt128,
        contentHash: UInt128, payment: PaymentID, amount: Int64, reason: ReasonCode,
        debit: AccountID, credit: AccountID, attachment: AttachmentRange = .none,
        order: PaymentID = 0
    ) {
        self.id = id
        self.timestamp = timestamp
        self.returner = returner
        self.returnKey = returnKey
        self.contentHash = contentHash
        self.payment = payment
        self.amount = amount
        self.reason = reason
        self.debit = debit
        self.credit = credit
        self.attachment = attachment
        self.order = order
    }

    public init() {
        self.init(
            id: 0, timestamp: 0, returner: 0, returnKey: 0, contentHash: 0, payment: 0, amount: 0,
            reason: .none, debit: 0, credit: 0)
    }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("return_id", &id, hash: .word(0))
        fields.instant("timestamp_ns", shownAs: "occurred_at", &timestamp, hash: .word(1))
        fields.field("returner_id", &returner, hash: .word(2))
        fields.field("reason", &reason, hash: .word(2, bit: 32))
        fields.field("return_key", &returnKey, hash: .word(3))
        fields.field("content_hash", &contentHash, hash: .word(5))
        fields.field("payment_id", &payment, hash: .word(7))
        fields.field("amount", &amount, hash: .word(8))
        fields.field("debit_account", &debit, hash: .word(9))
        fields.field("credit_account", &credit, hash: .word(9, bit: 32))
        fields.details(&attachment)
        fields.field("order_payment_id", &order, hash: .word(10))
    }
}
