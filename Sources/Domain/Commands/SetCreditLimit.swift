/// Says how far a participant's balance less its holds may fall below zero.
public struct SetCreditLimit: DeclaredCommand {
    public var bic = BIC.none
    public var limit = Money(minorUnits: 0, currency: .cny)

    public static let kind = CommandKind(rawValue: 9)

    public init(bic: BIC, limit: Money) {
        self.bic = bic
        self.limit = limit
    }

    public init() {}

    public var governance: Governance {
        Governance(.limits, in: limit.currency, amount: limit.minorUnits)
    }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("bic", &bic)
        fields.field("limit", &limit.minorUnits, as: .amount(limit.currency))
        fields.field("currency", &limit.currency, bytes: 8)
    }
}
