/// What an agent's entry is that no participant's money moves with.
public enum AgentEntryKind: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// What the agent charges, or gives back.
    case fee = 0
    case interest = 1
    /// Between two nostros.
    case transfer = 2
}

/// An agent's fee, interest, or a transfer between nostros, on record.
public struct AgentEntryRow: DeclaredRow {
    public var reference: UETR
    public var contentHash: UInt128
    public var kind: AgentEntryKind
    /// The gateway's account on which it was booked.
    public var account: AccountID
    /// The other side: charges, interest, or the other nostro.
    public var counterAccount: AccountID
    /// Minor units; positive came in at the agent, negative went out.
    public var amount: Int64
    public var timestamp: Timestamp
    /// Where the command's attachment lies in the batch.
    public var attachment: AttachmentRange

    public static let table = "agent_entries"
    public static let hashSeed: UInt64 = 22
    public static let isFinal = true
    public static var capacity: Int { Limits.agentEntries }

    public init(
        reference: UETR, contentHash: UInt128, kind: AgentEntryKind, account: AccountID,
        counterAccount: AccountID, amount: Int64, timestamp: Timestamp,
        attachment: AttachmentRange = .none
    ) {
        self.reference = reference
        self.contentHash = contentHash
        self.kind = kind
        self.account = account
        self.counterAccount = counterAccount
        self.amount = amount
        self.timestamp = timestamp
        self.attachment = attachment
    }

    public init() {
        self.init(
            reference: UETR(bits: 0), contentHash: 0, kind: .fee, account: 0, counterAccount: 0,
            amount: 0, timestamp: 0)
    }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("reference", &reference, hash: .word(0))
        fields.instant("timestamp_ns", shownAs: "occurred_at", &timestamp, hash: .word(6))
        fields.field("kind", &kind, hash: .word(7))
        fields.field("account_id", &account, hash: .word(4))
        fields.field("counter_account_id", &counterAccount, hash: .word(4, bit: 32))
        fields.field("amount", &amount, hash: .word(5))
        fields.field("content_hash", &contentHash, hash: .word(2))
        fields.details(&attachment)
    }
}
