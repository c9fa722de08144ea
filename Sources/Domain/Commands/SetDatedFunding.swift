/// Says when what a bank's payments for a later date can cost is held.
public struct SetDatedFunding: DeclaredCommand {
    /// The bank, as it is registered.
    public var participant = BIC.none
    public var funding = DatedFunding.atAcceptance

    public static let kind = CommandKind(rawValue: 75)
    public static let since = RuleVersion.v4

    public init(participant: BIC, funding: DatedFunding) {
        self.participant = participant
        self.funding = funding
    }

    public init() {}

    public var governance: Governance { Governance(.limits) }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("participant", &participant)
        fields.field("funding", &funding, bytes: 8)
    }
}
