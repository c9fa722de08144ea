/// Moves the rate around which a corridor's collar lies.
public struct SetReferenceRate: DeclaredCommand {
    public var foreign = Currency.cny
    public var rate = Rate.none

    public static let kind = CommandKind(rawValue: 7)

    public init(foreign: Currency, rate: Rate) {
        self.foreign = foreign
        self.rate = rate
    }

    public init() {}

    public var governance: Governance { Governance(.limits, in: foreign) }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("foreign_currency", &foreign, bytes: 8, as: .foreign)
        fields.field("rate", &rate)
    }
}
