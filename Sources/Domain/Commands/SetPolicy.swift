/// Says who may give commands of one kind, and how many persons they take: a line of the policy.
/// The first one puts the policy in force, for all kinds (R17.1). Its attachment is kept as the
/// line's details.
public struct SetPolicy: DeclaredCommand {
    /// Of which commands; one that operators give and a policy governs.
    public var command = SetPolicy.kind
    public var currency = PolicyScope.any
    /// Minor units: it is about amounts from here on.
    public var from: Int64 = 0
    public var roles: OperatorRoles = []
    /// 1 or 2.
    public var persons: UInt8 = 0
    /// How long a proposal waits; 0 is 24.
    public var hours: UInt16 = 0
    /// There is no such line any more.
    public var removed = false

    public static let kind = CommandKind(rawValue: 48)
    public static let since = RuleVersion.v4

    public init(
        command: CommandKind, currency: Currency? = nil, from: Int64 = 0, roles: OperatorRoles,
        persons: UInt8, hours: UInt16 = 0, removed: Bool = false
    ) {
        self.command = command
        self.currency = PolicyScope(currency)
        self.from = from
        self.roles = roles
        self.persons = persons
        self.hours = hours
        self.removed = removed
    }

    public init() {}

    public var governance: Governance { Governance(.security, .foundation) }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("from", &from)
        fields.field("command", &command)
        fields.field("currency", &currency, as: .optional)
        fields.field("roles", &roles)
        fields.field("persons", &persons)
        fields.field("hours", &hours)
        fields.field("removed", &removed, bytes: 2)
    }
}
