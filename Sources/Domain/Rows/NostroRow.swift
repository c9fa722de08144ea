/// The number of a nostro account, from 1 on in log order; 0 is the default one of each currency,
/// which opens by itself and has no row.
public typealias NostroID = UInt32

/// Whether a nostro account takes bookings.
public enum NostroState: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    case open = 0
    /// Empty, and nothing new is booked on it.
    case closed = 1
}

/// An account of the gateway at a settlement agent. What is on it is known by an account of the
/// ledger, of kind ``AccountKind/nostro``, that opens with it.
public struct NostroRow: DeclaredRow {
    public var id: NostroID
    public var agent: BIC
    /// As the agent's statements name it.
    public var account: AgentAccount
    public var currency: Currency
    public var state: NostroState
    /// Where its own name lies in the batch; empty unless new in it.
    public var attachment: AttachmentRange

    public static let table = "nostros"
    public static let hashSeed: UInt64 = 20
    public static var capacity: Int { Limits.nostros }

    public init(
        id: NostroID, agent: BIC, account: AgentAccount, currency: Currency,
        state: NostroState = .open, attachment: AttachmentRange = .none
    ) {
        self.id = id
        self.agent = agent
        self.account = account
        self.currency = currency
        self.state = state
        self.attachment = attachment
    }

    public init() {
        self.init(id: 0, agent: .none, account: .none, currency: .cny)
    }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("nostro_id", &id, hash: .word(0))
        fields.field("agent", &agent, hash: .word(1))
        fields.field("account_beginning", &account.beginning, hash: .word(2))
        fields.field("account_rest", &account.rest, hash: .word(4))
        fields.field("currency", &currency, hash: .word(0, bit: 32))
        fields.field("state", &state, hash: .word(0, bit: 40))
        fields.details(&attachment)
    }
}
