/// Says which participant a clearing system means by a code, or that it means none any more.
public struct SetIdentifier: DeclaredCommand {
    public var identifier = ClearingCode(packed: 0)
    public var participant = BIC.none
    /// Takes the code away from the participant.
    public var removed = false

    public static let kind = CommandKind(rawValue: 30)
    public static let since = RuleVersion.v3

    public init(identifier: ClearingCode, participant: BIC, removed: Bool = false) {
        self.identifier = identifier
        self.participant = participant
        self.removed = removed
    }

    public init() {}

    public var governance: Governance { Governance(.limits) }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("identifier", &identifier)
        fields.field("participant", &participant)
        fields.field("removed", &removed, bytes: 8)
    }
}
