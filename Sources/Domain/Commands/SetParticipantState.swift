/// Lets a bank take part, or no longer.
public struct SetParticipantState: DeclaredCommand {
    public var bic = BIC.none
    public var state = ParticipantState.active

    public static let kind = CommandKind(rawValue: 4)

    public init(bic: BIC, state: ParticipantState) {
        self.bic = bic
        self.state = state
    }

    public init() {}

    public var governance: Governance {
        Governance(.limits, state == .suspended ? .restriction : .lifting)
    }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("bic", &bic)
        fields.field("state", &state, bytes: 8)
    }
}
