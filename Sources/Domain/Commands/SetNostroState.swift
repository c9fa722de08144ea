/// Closes a nostro account, or opens it again.
public struct SetNostroState: DeclaredCommand {
    public var nostro: NostroID = 0
    public var state = NostroState.open

    public static let kind = CommandKind(rawValue: 21)
    public static let since = RuleVersion.v3

    public init(nostro: NostroID, state: NostroState) {
        self.nostro = nostro
        self.state = state
    }

    public init() {}

    public var governance: Governance {
        Governance(.payments, state == .closed ? .restriction : .lifting)
    }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("nostro", &nostro)
        fields.field("state", &state, bytes: 4)
    }
}
