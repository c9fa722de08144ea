/// Puts an account of the gateway at a settlement agent on record. Its attachment holds the
/// account's own name.
public struct OpenNostro: DeclaredCommand {
    public var agent = BIC.none
    public var account = AgentAccount.none
    public var currency = Currency.cny

    public static let kind = CommandKind(rawValue: 20)
    public static let since = RuleVersion.v3

    public init(agent: BIC, account: AgentAccount, currency: Currency) {
        self.agent = agent
        self.account = account
        self.currency = currency
    }

    public init() {}

    public var governance: Governance { Governance(.payments, in: currency) }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("agent", &agent)
        fields.name("account", &account)
        fields.field("currency", &currency, bytes: 8)
    }
}
