/// Says what a bank wants to be told of without asking, and in which form. From the batch on that
/// holds it, everything in that batch included.
public struct SetMessaging: DeclaredCommand {
    /// The bank, as it is registered.
    public var participant = BIC.none
    public var wishes: MessageWishes = []
    /// Minutes from one report of each account to the next; 0 is none.
    public var reportInterval: UInt16 = 0
    public var versions = MessageVersions.usual
    /// What happens with its own messages that break a usage rule.
    public var usageRules = UsageRuleSetting.none

    public static let kind = CommandKind(rawValue: 36)
    public static let since = RuleVersion.v3

    public init(
        participant: BIC, wishes: MessageWishes, reportInterval: UInt16 = 0,
        versions: MessageVersions = .usual, usageRules: UsageRuleSetting = .none
    ) {
        self.participant = participant
        self.wishes = wishes
        self.reportInterval = reportInterval
        self.versions = versions
        self.usageRules = usageRules
    }

    public init() {}

    public var governance: Governance { Governance(.payments) }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("participant", &participant)
        fields.field("versions", &versions, as: .optional)
        fields.field("report_interval", &reportInterval)
        fields.field("wishes", &wishes)
        fields.field("usage_rules", &usageRules, bytes: 5, as: .optional)
    }
}
