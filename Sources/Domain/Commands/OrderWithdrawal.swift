/// Says that the agent was told to pay a withdrawal.
public struct OrderWithdrawal: DeclaredCommand {
    public var reference = UETR(bits: 0)

    public static let kind = CommandKind(rawValue: 24)
    public static let since = RuleVersion.v3

    public init(reference: UETR) { self.reference = reference }

    public init() {}

    /// Its amount is that of the withdrawal on record.
    public var governance: Governance { Governance(.payments) }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("reference", &reference)
    }
}
