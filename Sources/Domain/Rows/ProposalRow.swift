/// A proposal's number, given in log order from 1; 0 is none.
public typealias ProposalID = UInt32

/// How far a proposal has come. Nothing follows but the first.
public enum ProposalState: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    case open = 0
    /// It was carried out; what that led to is its code.
    case approved = 1
    case refused = 2
    /// By its proposer.
    case withdrawn = 3
    /// Nobody approved it in time.
    case expired = 4
}

/// An operator's command that waits for a second person, or waited (R17).
public struct ProposalRow: DeclaredRow {
    public var id: ProposalID
    public var kind: CommandKind
    public var state: ProposalState
    /// What it led to; ``ResultCode/proposed`` while it is open.
    public var code: ResultCode
    /// Who gave the command.
    public var proposer: OperatorID
    /// The identification of the proposer's command.
    public var commandID: UETR
    /// That of the command and of what came with it, as its proposer signed it.
    public var contentHash: UInt128
    public var proposedAt: Timestamp
    /// An open one expires in the first batch of this time or later.
    public var deadline: Timestamp
    /// Who approved or refused it; 0 while it is open, and where nobody did.
    public var decidedBy: OperatorID
    /// 0 while it is open.
    public var decidedAt: Timestamp
    /// Log index of the batch in which it was decided; 0 while it is open.
    public var decidedIn: UInt64
    public var body: CommandBody
    /// Where what came with the command lies in the batch.
    public var attachment: AttachmentRange

    public static let table = "proposals"
    public static let hashSeed: UInt64 = 161
    public static let isForgotten = true
    public static let capacity = Int.max

    public init(
        id: ProposalID, _ command: any DeclaredCommand, by proposer: OperatorID,
        _ actor: CommandActor, proposedAt: Timestamp, deadline: Timestamp,
        attachment: AttachmentRange = .none
    ) {
        self.id = id
        kind = type(of: command).kind
        state = .open
        code = .proposed
        self.proposer = proposer
        commandID = UETR(bits: actor.commandID)
        contentHash = actor.contentHash
        self.proposedAt = proposedAt
        self.deadline = deadline
        decidedBy = 0
        decidedAt = 0
        decidedIn = 0
        body = CommandBody(command)
        self.attachment = attachment
    }

    public init() {
        self.init(
            id: 0, ApproveProposal(), by: 0, .none, proposedAt: 0, deadline: 0)
    }

    /// The command as it was proposed; nil where its bytes are none.
    public var command: (any DeclaredCommand)? { body.command(of: kind) }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("proposal_id", &id, hash: .word(0))
        fields.field("kind", &kind, hash: .word(0, bit: 32))
        fields.field("state", &state, hash: .word(0, bit: 40))
        fields.field("code", &code, hash: .word(0, bit: 48))
        fields.field("proposer_id", &proposer, hash: .word(1))
        fields.field("decided_by", &decidedBy, hash: .word(1, bit: 32))
        fields.field("command_id", &commandID, hash: .word(2))
        fields.field("content_hash", &contentHash, hash: .word(4))
        fields.instant("proposed_ns", shownAs: "proposed_at", &proposedAt, hash: .word(6))
        fields.instant("deadline_ns", shownAs: "deadline_at", &deadline, hash: .word(7))
        fields.field("decided_ns", &decidedAt, hash: .word(8))
        fields.field("decided_in", &decidedIn, hash: .word(9))
        for part in 0..<CommandBody.partCount {
            fields.field("body_\(part + 1)", &body[part], hash: .word(10 + 2 * part))
        }
        fields.details(&attachment)
    }
}

extension ProposalState: Worded {
    public var word: String {
        switch self {
        case .open: "open"
        case .approved: "approved"
        case .refused: "refused"
        case .withdrawn: "withdrawn"
        case .expired: "expired"
        }
    }
}
