/// Says that a withdrawal is not paid: its money is free again.
public struct ReverseWithdrawal: DeclaredCommand {
    public var reference = UETR(bits: 0)
    public var reason = ReversalReason.refusedByOperator

    public static let kind = CommandKind(rawValue: 26)
    public static let since = RuleVersion.v3

    public init(reference: UETR, reason: ReversalReason) {
        self.reference = reference
        self.reason = reason
    }

    public init() {}

    /// Its amount is that of the withdrawal on record.
    public var governance: Governance { Governance(.payments) }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("reference", &reference)
        fields.field("reason", &reason, bytes: 8)
    }
}
