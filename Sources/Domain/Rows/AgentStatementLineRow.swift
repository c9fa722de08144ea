/// Whether a line of an agent's statement is accounted for.
public enum AgentLineState: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// It is not.
    case open = 0
}

/// Money that came in or went out at an agent, as its statement says it (R23).
public struct AgentStatementLineRow: DeclaredRow {
    /// ``id(_:of:)``.
    public var id: UInt64
    /// Minor units; positive came in at the agent, negative went out.
    public var amount: Int64
    /// The agent's calendar dates; none where it states none.
    public var bookingDate: CivilDate
    public var valueDate: CivilDate
    /// Whether the agent says that it takes another line back.
    public var reversal: Bool
    public var state: AgentLineState
    /// 0 where the agent names none.
    public var uetr: UETR
    /// Where what came with it lies in the batch.
    public var attachment: AttachmentRange

    public static let table = "agent_statement_lines"
    public static let hashSeed: UInt64 = 186
    public static let isForgotten = true
    public static let capacity = Int.max

    public init(_ command: AddAgentStatementLine, attachment: AttachmentRange = .none) {
        id = AgentStatementLineRow.id(command.position, of: command.statement)
        amount = command.amount
        bookingDate = command.bookingDate
        valueDate = command.valueDate
        reversal = command.reversal
        state = .open
        uetr = command.uetr
        self.attachment = attachment
    }

    public init() { self.init(AddAgentStatementLine()) }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("line_id", &id, hash: .word(0))
        fields.field("amount", &amount, hash: .word(1))
        fields.field("booking_date", &bookingDate, hash: .word(2))
        fields.field("value_date", &valueDate, hash: .word(2, bit: 16))
        fields.field("reversal", &reversal, hash: .word(2, bit: 32))
        fields.field("state", &state, hash: .word(2, bit: 40))
        fields.field("uetr", &uetr, hash: .word(4))
        fields.details(&attachment)
    }

    /// The statement's number × 2³² and the line's position there, from 1.
    public static func id(_ position: UInt32, of statement: AgentStatementID) -> UInt64 {
        UInt64(statement) << 32 | UInt64(position)
    }

    public var statement: AgentStatementID { AgentStatementID(truncatingIfNeeded: id >> 32) }
    public var position: UInt32 { UInt32(truncatingIfNeeded: id) }
}

extension AgentLineState: Worded {
    public var word: String {
        switch self {
        case .open: "open"
        }
    }
}
