/// The creditor's bank gives back what it received, or a part of it, in the currency in which it
/// received it. Its attachment, the return's identification and words, is kept as details.
public struct ReturnPayment: FollowUpCommand {
    public var about = RecordedFollowUp()
    /// The first 128 bits of SHA-256 over the return's identification, which tells the returns of
    /// one bank apart. The sender has found none of this bank on record.
    public var returnKey: UInt128 = 0
    public var contentHash: UInt128 = 0
    /// Minor units of the received currency, positive.
    public var amount: Int64 = 0
    public var reason = ReasonCode.none

    public static let kind = CommandKind(rawValue: 39)

    public init(
        _ about: RecordedFollowUp, returnKey: UInt128, contentHash: UInt128 = 0, amount: Int64,
        reason: ReasonCode
    ) {
        self.about = about
        self.returnKey = returnKey
        self.contentHash = contentHash
        self.amount = amount
        self.reason = reason
    }

    public init() {}

    public mutating func visit(_ fields: inout some FieldVisitor) {
        about.visit(&fields)
        fields.field("return_key", &returnKey)
        fields.field("content_hash", &contentHash)
        fields.field("amount", &amount)
        fields.field("return_reason", &reason, bytes: 8)
    }
}
