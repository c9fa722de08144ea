/// Lets a corridor take orders, or no longer.
public struct SetCorridorState: DeclaredCommand {
    public var foreign = Currency.cny
    public var state = CorridorState.open

    public static let kind = CommandKind(rawValue: 6)

    public init(foreign: Currency, state: CorridorState) {
        self.foreign = foreign
        self.state = state
    }

    public init() {}

    public var governance: Governance {
        Governance(.limits, state == .open ? .lifting : .restriction, in: foreign)
    }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("foreign_currency", &foreign, bytes: 4, as: .foreign)
        fields.field("state", &state, bytes: 4)
    }
}
