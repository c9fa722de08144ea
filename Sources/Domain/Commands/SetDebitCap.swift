/// Says how much a participant may owe in a currency from day to day: in all, or towards one other
/// bank (R21).
public struct SetDebitCap: DeclaredCommand {
    public var participant = BIC.none
    /// None: towards all banks together.
    public var counterparty = BIC.none
    public var cap = Money(minorUnits: 0, currency: .cny)
    /// There is no such cap any more.
    public var removed = false

    public static let kind = CommandKind(rawValue: 72)
    public static let since = RuleVersion.v4

    public init(
        participant: BIC, counterparty: BIC = .none, cap: Money, removed: Bool = false
    ) {
        self.participant = participant
        self.counterparty = counterparty
        self.cap = cap
        self.removed = removed
    }

    public init() {}

    public var governance: Governance {
        // Without a cap a bank may owe any amount.
        Governance(.limits, in: cap.currency, amount: removed ? .max : cap.minorUnits)
    }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("participant", &participant)
        fields.field("counterparty", &counterparty, as: .optional)
        fields.field("cap", &cap.minorUnits, as: .amount(cap.currency))
        fields.field("currency", &cap.currency)
        fields.field("removed", &removed, bytes: 7)
    }
}
