/// Raises the rules of the ledger. The batches behind this one are formed and applied by them.
public struct RaiseRules: DeclaredCommand {
    /// The number of a ``RuleVersion``; another one is refused.
    public var version: UInt16 = 0

    public static let kind = CommandKind(rawValue: 10)

    public init(version: UInt16) {
        self.version = version
    }

    public init() {}

    public var governance: Governance { Governance(.security, .foundation) }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("version", &version, bytes: 8)
    }
}
