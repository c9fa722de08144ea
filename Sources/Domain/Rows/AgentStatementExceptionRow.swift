/// Why a statement of an agent was taken as an exception (R23.6): what came with the command.
public struct AgentStatementExceptionRow: DeclaredRow {
    public var statement: AgentStatementID
    public var timestamp: Timestamp
    /// Where it lies in the batch.
    public var attachment: AttachmentRange

    public static let table = "agent_statement_exceptions"
    public static let hashSeed: UInt64 = 187
    public static let isFinal = true
    public static let isForgotten = true
    public static let capacity = Int.max

    public init(
        statement: AgentStatementID, timestamp: Timestamp, attachment: AttachmentRange = .none
    ) {
        self.statement = statement
        self.timestamp = timestamp
        self.attachment = attachment
    }

    public init() { self.init(statement: 0, timestamp: 0) }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("statement_id", &statement, hash: .word(0))
        fields.instant("timestamp_ns", shownAs: "taken_at", &timestamp, hash: .word(1))
        fields.details(&attachment)
    }
}
