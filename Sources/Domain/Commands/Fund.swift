/// Books money that arrived at, or left, the settlement agent for a participant. Its attachment is
/// kept as the funding's details.
public struct Fund: DeclaredCommand {
    /// The operator's own reference; repeating it is safe, as with a payment's UETR.
    public var reference = UETR(bits: 0)
    public var contentHash: UInt128 = 0
    public var participant = BIC.none
    public var currency = Currency.cny
    /// Minor units; positive credits the participant, negative withdraws.
    public var amount: Int64 = 0

    public static let kind = CommandKind(rawValue: 8)

    public init(
        reference: UETR, contentHash: UInt128 = 0, participant: BIC, currency: Currency,
        amount: Int64
    ) {
        self.reference = reference
        self.contentHash = contentHash
        self.participant = participant
        self.currency = currency
        self.amount = amount
    }

    public init() {}

    public var governance: Governance { Governance(.payments, in: currency, amount: amount) }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("reference", &reference)
        fields.field("content_hash", &contentHash)
        fields.field("participant", &participant)
        fields.field("amount", &amount, as: .amount(currency))
        fields.field("currency", &currency, bytes: 8)
    }
}
