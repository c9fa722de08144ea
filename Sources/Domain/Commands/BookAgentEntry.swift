/// Books what an agent did of its own accord, or moves the gateway's money between nostros. Its
/// attachment is kept as the entry's details.
public struct BookAgentEntry: DeclaredCommand {
    /// The operator's own reference; repeating it is safe.
    public var reference = UETR(bits: 0)
    public var contentHash: UInt128 = 0
    /// Minor units as `nostro` sees it: positive came in at the agent, negative went out.
    public var amount: Int64 = 0
    /// 0 is the currency's default one.
    public var nostro: NostroID = 0
    /// The other one of a transfer; 0 otherwise, or for the default one.
    public var otherNostro: NostroID = 0
    public var currency = Currency.cny
    public var entry = AgentEntryKind.fee

    public static let kind = CommandKind(rawValue: 27)
    public static let since = RuleVersion.v3

    public init(
        reference: UETR, contentHash: UInt128 = 0, entry: AgentEntryKind, currency: Currency,
        nostro: NostroID = 0, otherNostro: NostroID = 0, amount: Int64
    ) {
        self.reference = reference
        self.contentHash = contentHash
        self.entry = entry
        self.currency = currency
        self.nostro = nostro
        self.otherNostro = otherNostro
        self.amount = amount
    }

    public init() {}

    public var governance: Governance { Governance(.payments, in: currency, amount: amount) }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("reference", &reference)
        fields.field("content_hash", &contentHash)
        fields.field("amount", &amount, as: .amount(currency))
        fields.field("nostro", &nostro)
        fields.field("other_nostro", &otherNostro)
        fields.field("currency", &currency)
        fields.field("kind", &entry, bytes: 7)
    }
}
