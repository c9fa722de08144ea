/// A statement's number, given in log order from 1; 0 is none.
public typealias AgentStatementID = UInt32

/// How far a statement of an agent has come. Nothing follows but the first.
public enum AgentStatementState: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// Its lines are coming in.
    case receiving = 0
    /// It counts.
    case taken = 1
    /// It never did, and never will.
    case abandoned = 2
}

/// How a statement of an agent is taken.
public enum StatementWay: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// It adds up, and follows the one before it.
    case regular = 0
    /// It adds up, and is the first one of its account: somebody accepts what it opens with.
    case opening = 1
    /// It may do neither; somebody says why it counts nevertheless.
    case exception = 2
}

/// What an agent says of a nostro for some days (R23).
public struct AgentStatementRow: DeclaredRow {
    public var id: AgentStatementID
    /// 0 is the default one of the currency.
    public var nostro: NostroID
    public var currency: Currency
    public var state: AgentStatementState
    /// How it was taken; regular before.
    public var way: StatementWay
    /// The agent's calendar dates that it covers.
    public var first: CivilDate
    public var last: CivilDate
    /// Minor units, as all amounts below; positive is our money there.
    public var opening: Int64
    public var closing: Int64
    /// How many lines were announced, and how many have come.
    public var lines: UInt32
    public var received: UInt32
    /// Of the lines that have come.
    public var sum: Int64
    public var identity: RowsDigest
    public var digest: RowsDigest
    public var begunAt: Timestamp
    /// 0 before it is taken.
    public var takenAt: Timestamp
    /// Closing less opening less the lines: 0 unless it was taken as an exception.
    public var difference: Int64
    /// Opening less the closing of the one before it: 0 where days are not missing between, and
    /// where there is none before.
    public var gap: Int64
    /// Where what came with it lies in the batch.
    public var attachment: AttachmentRange

    public static let table = "agent_statements"
    public static let hashSeed: UInt64 = 185
    public static var capacity: Int { Limits.agentStatements }

    public init(
        id: AgentStatementID, _ command: BeginAgentStatement, begunAt: Timestamp,
        attachment: AttachmentRange = .none
    ) {
        self.id = id
        nostro = command.nostro
        currency = command.currency
        state = .receiving
        way = .regular
        first = command.first
        last = command.last
        opening = command.opening
        closing = command.closing
        lines = command.lines
        received = 0
        sum = 0
        identity = command.identity
        digest = command.digest
        self.begunAt = begunAt
        takenAt = 0
        difference = 0
        gap = 0
        self.attachment = attachment
    }

    public init() { self.init(id: 0, BeginAgentStatement(), begunAt: 0) }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("statement_id", &id, hash: .word(0))
        fields.field("nostro_id", &nostro, hash: .word(0, bit: 32))
        fields.field("currency", &currency, hash: .word(1))
        fields.field("state", &state, hash: .word(1, bit: 8))
        fields.field("way", &way, hash: .word(1, bit: 16))
        fields.field("first_date", &first, as: .optional, hash: .word(1, bit: 32))
        fields.field("last_date", &last, as: .optional, hash: .word(1, bit: 48))
        fields.field("opening", &opening, as: .amount(currency), hash: .word(2))
        fields.field("closing", &closing, as: .amount(currency), hash: .word(3))
        fields.field("lines", &lines, hash: .word(4))
        fields.field("received", &received, hash: .word(4, bit: 32))
        fields.field("sum", &sum, as: .amount(currency), hash: .word(5))
        fields.field("identity", &identity, hash: .word(6))
        fields.field("digest", &digest, hash: .word(8))
        fields.instant("begun_ns", shownAs: "begun_at", &begunAt, hash: .word(10))
        fields.field("taken_ns", &takenAt, hash: .word(11))
        fields.field("difference", &difference, as: .amount(currency), hash: .word(12))
        fields.field("gap", &gap, as: .amount(currency), hash: .word(13))
        fields.details(&attachment)
    }

    /// Whether all announced lines have come.
    public var isWhole: Bool { received == lines }

    /// By how much closing is more than opening and lines make it.
    ///
    /// - Precondition: the amounts are within their bounds, ``Limits/agentBalance`` and twice that.
    public var imbalance: Int64 { closing - opening - sum }

    /// Whether both cover a day.
    public func overlaps(_ other: AgentStatementRow) -> Bool {
        first <= other.last && other.first <= last
    }
}

extension AgentStatementState: Worded {
    public var word: String {
        switch self {
        case .receiving: "receiving"
        case .taken: "taken"
        case .abandoned: "abandoned"
        }
    }
}

extension StatementWay: Worded {
    public var word: String {
        switch self {
        case .regular: "regular"
        case .opening: "opening"
        case .exception: "exception"
        }
    }
}
