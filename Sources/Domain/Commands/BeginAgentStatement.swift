/// Announces what an agent says of a nostro for some days: its balances, and how many lines follow
/// (R23). Its attachment is kept as the statement's details.
public struct BeginAgentStatement: DeclaredCommand {
    /// First half of SHA-256 over identification and sequence, by which the agent knows it; none
    /// where it has none.
    public var identity = RowsDigest.none
    /// First half of SHA-256 over the bytes that say it.
    public var digest = RowsDigest.none
    /// Minor units; positive is our money there. Before the first day, and after the last one.
    public var opening: Int64 = 0
    public var closing: Int64 = 0
    /// 0 is the currency's default one.
    public var nostro: NostroID = 0
    /// How many follow; none is as good as any.
    public var lines: UInt32 = 0
    /// The agent's calendar dates that it covers.
    public var first = CivilDate.none
    public var last = CivilDate.none
    public var currency = Currency.cny

    public static let kind = CommandKind(rawValue: 76)
    public static let since = RuleVersion.v4

    public init(
        nostro: NostroID = 0, _ currency: Currency, from first: CivilDate, through last: CivilDate,
        opening: Int64, closing: Int64, lines: UInt32, identity: RowsDigest = .none,
        digest: RowsDigest
    ) {
        self.identity = identity
        self.digest = digest
        self.opening = opening
        self.closing = closing
        self.nostro = nostro
        self.lines = lines
        self.first = first
        self.last = last
        self.currency = currency
    }

    public init() {}

    public var governance: Governance { Governance(.reconciliation, in: currency) }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("identity", &identity, as: .optional)
        fields.field("digest", &digest)
        fields.field("opening", &opening, as: .amount(currency))
        fields.field("closing", &closing, as: .amount(currency))
        fields.field("nostro", &nostro)
        fields.field("lines", &lines)
        fields.field("first_date", &first, as: .optional)
        fields.field("last_date", &last, as: .optional)
        fields.field("currency", &currency, bytes: 4)
    }
}
