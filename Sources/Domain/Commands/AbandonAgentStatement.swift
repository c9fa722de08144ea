/// Gives up a statement that is received: it and its lines never count.
public struct AbandonAgentStatement: DeclaredCommand {
    public var statement: AgentStatementID = 0

    public static let kind = CommandKind(rawValue: 79)
    public static let since = RuleVersion.v4

    public init(_ statement: AgentStatementID) { self.statement = statement }

    public init() {}

    public var governance: Governance { Governance(.reconciliation, .restriction) }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("statement", &statement, bytes: 8)
    }
}
