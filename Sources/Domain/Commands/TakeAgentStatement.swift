/// Lets a statement count that was received whole. Its attachment says why, where it is an
/// exception, and is kept.
public struct TakeAgentStatement: DeclaredCommand {
    public var statement: AgentStatementID = 0
    public var way = StatementWay.regular

    public static let kind = CommandKind(rawValue: 78)
    public static let since = RuleVersion.v4

    public init(_ statement: AgentStatementID, as way: StatementWay = .regular) {
        self.statement = statement
        self.way = way
    }

    public init() {}

    public var governance: Governance {
        Governance(.reconciliation, way == .regular ? .ordinary : .lifting)
    }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("statement", &statement)
        fields.field("way", &way, bytes: 4)
    }
}
