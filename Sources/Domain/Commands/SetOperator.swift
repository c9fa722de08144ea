/// Puts an operator on record, or says anew what he is there for. Its attachment is kept as the
/// operator's details.
///
/// It can be given under every version: a ledger takes its operators on record before it is raised
/// to rules that ask for them.
public struct SetOperator: DeclaredCommand {
    public var name = OperatorName.none
    public var roles: OperatorRoles = []
    public var state = OperatorState.active

    public static let kind = CommandKind(rawValue: 32)

    public init(name: OperatorName, roles: OperatorRoles, state: OperatorState = .active) {
        self.name = name
        self.roles = roles
        self.state = state
    }

    public init() {}

    public var governance: Governance {
        Governance(.security, state == .suspended ? .restriction : .foundation)
    }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.name("name", &name)
        fields.field("roles", &roles)
        fields.field("state", &state, bytes: 7)
    }
}
