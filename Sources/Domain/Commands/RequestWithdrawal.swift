/// A participant's wish to have money at home again. Its attachment is kept as the withdrawal's
/// details.
public struct RequestWithdrawal: DeclaredCommand {
    /// The bank's own reference; repeating it is safe, as with a payment's UETR.
    public var reference = UETR(bits: 0)
    public var contentHash: UInt128 = 0
    /// Whose money; also whose certificate asked.
    public var participant = BIC.none
    /// Minor units, positive.
    public var amount: Int64 = 0
    public var currency = Currency.cny
    /// Where the money is to go out; 0 is the currency's default nostro.
    public var nostro: NostroID = 0

    public static let kind = CommandKind(rawValue: 23)
    public static let since = RuleVersion.v3
    public static let isOperators = false

    public init(
        reference: UETR, contentHash: UInt128 = 0, participant: BIC, currency: Currency,
        amount: Int64, nostro: NostroID = 0
    ) {
        self.reference = reference
        self.contentHash = contentHash
        self.participant = participant
        self.currency = currency
        self.amount = amount
        self.nostro = nostro
    }

    public init() {}

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("reference", &reference)
        fields.field("content_hash", &contentHash)
        fields.field("participant", &participant)
        fields.field("amount", &amount, as: .amount(currency))
        fields.field("currency", &currency, bytes: 4)
        fields.field("nostro", &nostro)
    }
}
