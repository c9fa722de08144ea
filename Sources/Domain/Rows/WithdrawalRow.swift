/// How far a withdrawal has come.
public enum WithdrawalState: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// The bank has asked, its money is held.
    case requested = 0
    /// The agent has the order to pay.
    case ordered = 1
    /// The agent has paid; the money has left the account.
    case confirmed = 2
    /// Nothing was paid; the money is free again.
    case reversed = 3

    /// Whether money is held for it.
    public var holds: Bool { self == .requested || self == .ordered }

    /// Whether a withdrawal may come from another state to this one.
    public func mayFollow(_ earlier: WithdrawalState) -> Bool {
        switch (earlier, self) {
        case (.requested, .ordered), (.requested, .reversed), (.ordered, .confirmed),
            (.ordered, .reversed):
            true
        case (.requested, _), (.ordered, _), (.confirmed, _), (.reversed, _): false
        }
    }
}

/// Why a withdrawal was reversed.
public enum ReversalReason: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// It was not.
    case none = 0
    case askedByBank = 1
    case refusedByAgent = 2
    case returnedByAgent = 3
    case refusedByOperator = 4
}

/// A withdrawal on record: money that a participant wants to have at home again.
public struct WithdrawalRow: DeclaredRow {
    public var reference: UETR
    public var contentHash: UInt128
    /// The participant's settlement account.
    public var account: AccountID
    /// Where the money goes out; 0 is the currency's default nostro.
    public var nostro: NostroID
    /// Minor units, positive.
    public var amount: Int64
    public var state: WithdrawalState
    /// ``ReversalReason/none`` unless it was reversed.
    public var reason: ReversalReason
    public var requestedAt: Timestamp
    /// Time of the batch that last changed it.
    public var updatedAt: Timestamp
    /// Where the request's attachment lies in the batch; empty unless new in it.
    public var attachment: AttachmentRange

    public static let table = "withdrawals"
    public static let hashSeed: UInt64 = 21
    public static var capacity: Int { Limits.withdrawals }

    public init(
        reference: UETR, contentHash: UInt128, account: AccountID, nostro: NostroID,
        amount: Int64, requestedAt: Timestamp, attachment: AttachmentRange = .none
    ) {
        self.reference = reference
        self.contentHash = contentHash
        self.account = account
        self.nostro = nostro
        self.amount = amount
        self.state = .requested
        self.reason = .none
        self.requestedAt = requestedAt
        self.updatedAt = requestedAt
        self.attachment = attachment
    }

    public init() {
        self.init(
            reference: UETR(bits: 0), contentHash: 0, account: 0, nostro: 0, amount: 0,
            requestedAt: 0)
    }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("reference", &reference, hash: .word(0))
        fields.field("content_hash", &contentHash, hash: .word(2))
        fields.field("account_id", &account, hash: .word(4))
        fields.field("nostro", &nostro, hash: .word(4, bit: 32))
        fields.field("amount", &amount, hash: .word(5))
        fields.field("state", &state, hash: .word(6))
        fields.field("reason", &reason, hash: .word(6, bit: 8))
        fields.instant("requested_ns", shownAs: "requested_at", &requestedAt, hash: .word(7))
        fields.instant("updated_ns", shownAs: "updated_at", &updatedAt, hash: .word(8))
        fields.details(&attachment)
    }
}
