// The rows in which the ledger's state is written to the tables and read back at start-up.
// One effect is one row; a row that changed several times in a batch is written once, as it was
// at the end of the batch. Rows are what the state hash covers.

/// A participant as the ledger knows it.
public struct ParticipantRow: BitwiseCopyable, Equatable, Sendable {
    public var id: ParticipantID
    public var registration: ParticipantRegistration
    /// The participant through whose accounts this one settles: itself when direct.
    public var settlementParticipant: ParticipantID
    public var state: ParticipantState
    /// Where the registering command's attachment lies in the batch; empty unless new in it.
    public var attachment: AttachmentRange

    public init(
        id: ParticipantID, registration: ParticipantRegistration,
        settlementParticipant: ParticipantID, state: ParticipantState,
        attachment: AttachmentRange = .none
    ) {
        self.id = id
        self.registration = registration
        self.settlementParticipant = settlementParticipant
        self.state = state
        self.attachment = attachment
    }
}

/// A corridor with its state.
public struct CorridorRow: BitwiseCopyable, Equatable, Sendable {
    public var corridor: Corridor
    public var state: CorridorState

    public init(corridor: Corridor, state: CorridorState) {
        self.corridor = corridor
        self.state = state
    }
}

/// What an account is for.
public enum AccountKind: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// A participant's prefunded money: a liability of the gateway.
    case settlement = 0
    /// The gateway's money at the settlement agent: an asset, so its balance is negative here.
    case nostro = 1
    case feeIncome = 2
    case suspense = 3

    /// A word for people and tables.
    public var name: String {
        switch self {
        case .settlement: "settlement"
        case .nostro: "nostro"
        case .feeIncome: "fee-income"
        case .suspense: "suspense"
        }
    }
}

/// An account. Credits are positive, so all balances of a currency sum to zero.
public struct AccountRow: BitwiseCopyable, Equatable, Sendable {
    public var id: AccountID
    public var kind: AccountKind
    /// The owner; 0 for the gateway's own accounts.
    public var participant: ParticipantID
    public var currency: Currency
    /// Minor units.
    public var balance: Int64
    /// Minor units held for open orders.
    public var held: Int64
    /// Minor units that the balance less holds may fall below zero.
    public var creditLimit: Int64

    public init(
        id: AccountID, kind: AccountKind, participant: ParticipantID, currency: Currency,
        balance: Int64 = 0, held: Int64 = 0, creditLimit: Int64 = 0
    ) {
        self.id = id
        self.kind = kind
        self.participant = participant
        self.currency = currency
        self.balance = balance
        self.held = held
        self.creditLimit = creditLimit
    }

    /// What new orders can use: balance − holds + credit limit.
    @inlinable
    public var available: Int64 { balance - held + creditLimit }
}

/// A payment order on record, with how far it got.
public struct PaymentRow: BitwiseCopyable, Equatable, Sendable {
    public var id: PaymentID
    public var uetr: UETR
    public var contentHash: UInt128
    public var payer: ParticipantID
    /// 0 when the order named an unknown participant and was rejected for it.
    public var creditor: ParticipantID
    public var foreign: Currency
    public var side: Side
    public var fixed: FixedAmount
    public var timeInForce: TimeInForce
    public var fillPolicy: FillPolicy
    public var status: PaymentStatus
    public var endReason: EndReason
    public var code: ResultCode
    /// The fixed amount, in its minor units.
    public var amount: Int64
    /// The limit as submitted; ``Rate/none`` when the order had none.
    public var statedLimit: Rate
    /// The limit in force: the stated one, or the collar's edge at acceptance.
    public var limit: Rate
    public var minimumFill: Int64
    /// The corridor's fee when the order was accepted, in parts per million of the pay amount.
    public var feePartsPerMillion: UInt32
    /// When the order ends by itself; ``Swift/Int64/never`` when it does not.
    public var expiresAt: Timestamp
    /// Timestamp of the batch that put the order on record.
    public var acceptedAt: Timestamp
    /// Timestamp of the batch that last changed it.
    public var updatedAt: Timestamp
    /// What is left of `amount`.
    public var remaining: Int64
    /// Minor units of the pay currency still held, fee included.
    public var held: Int64
    public var paid: Int64
    public var received: Int64
    public var fee: Int64
    /// Where the order's attachment lies in the batch; empty unless new in it.
    public var attachment: AttachmentRange
    /// The row was not on record before this batch.
    public var isNew: Bool

    public init(
        id: PaymentID, order: PaymentOrder, payer: ParticipantID, creditor: ParticipantID,
        acceptedAt: Timestamp
    ) {
        self.id = id
        self.uetr = order.uetr
        self.contentHash = order.contentHash
        self.payer = payer
        self.creditor = creditor
        self.foreign = order.foreign
        self.side = order.side
        self.fixed = order.fixed
        self.timeInForce = order.timeInForce
        self.fillPolicy = order.fillPolicy
        self.status = .rejected
        self.endReason = .none
        self.code = .accepted
        self.amount = order.amount
        self.statedLimit = order.limit
        self.limit = order.limit
        self.minimumFill = order.minimumFill
        self.feePartsPerMillion = 0
        self.expiresAt = order.expiresAt
        self.acceptedAt = acceptedAt
        self.updatedAt = acceptedAt
        self.remaining = order.amount
        self.held = 0
        self.paid = 0
        self.received = 0
        self.fee = 0
        self.attachment = .none
        self.isNew = true
    }

    /// Every field.
    @inlinable
    public init(
        id: PaymentID, uetr: UETR, contentHash: UInt128, payer: ParticipantID,
        creditor: ParticipantID, foreign: Currency, side: Side, fixed: FixedAmount,
        timeInForce: TimeInForce, fillPolicy: FillPolicy, status: PaymentStatus,
        endReason: EndReason, code: ResultCode, amount: Int64, statedLimit: Rate, limit: Rate,
        minimumFill: Int64, feePartsPerMillion: UInt32, expiresAt: Timestamp,
        acceptedAt: Timestamp, updatedAt: Timestamp, remaining: Int64, held: Int64, paid: Int64,
        received: Int64, fee: Int64, attachment: AttachmentRange, isNew: Bool
    ) {
        self.id = id
        self.uetr = uetr
        self.contentHash = contentHash
        self.payer = payer
        self.creditor = creditor
        self.foreign = foreign
        self.side = side
        self.fixed = fixed
        self.timeInForce = timeInForce
        self.fillPolicy = fillPolicy
        self.status = status
        self.endReason = endReason
        self.code = code
        self.amount = amount
        self.statedLimit = statedLimit
        self.limit = limit
        self.minimumFill = minimumFill
        self.feePartsPerMillion = feePartsPerMillion
        self.expiresAt = expiresAt
        self.acceptedAt = acceptedAt
        self.updatedAt = updatedAt
        self.remaining = remaining
        self.held = held
        self.paid = paid
        self.received = received
        self.fee = fee
        self.attachment = attachment
        self.isNew = isNew
    }

    @inlinable
    public var payCurrency: Currency { side == .payRenminbi ? .cny : foreign }

    @inlinable
    public var receiveCurrency: Currency { side == .payRenminbi ? foreign : .cny }
}

/// Two payments settled against each other: renminbi one way, foreign currency the other, in one
/// step. Every fill is four account entries at most twice over: two legs and two fees.
public struct FillRow: BitwiseCopyable, Equatable, Sendable {
    public var id: FillID
    public var timestamp: Timestamp
    public var foreign: Currency
    /// The side of the order that was resting; its rate is the fill's rate.
    public var restingSide: Side
    /// The payment that gave renminbi.
    public var renminbiPayment: PaymentID
    /// The payment that gave foreign currency.
    public var foreignPayment: PaymentID
    public var renminbiAmount: Int64
    public var foreignAmount: Int64
    public var rate: Rate
    /// Fee in fen of the payment that gave renminbi.
    public var renminbiFee: Int64
    /// Fee in foreign minor units of the payment that gave foreign currency.
    public var foreignFee: Int64
    public var renminbiDebit: AccountID
    public var renminbiCredit: AccountID
    public var foreignDebit: AccountID
    public var foreignCredit: AccountID

    @inlinable
    public init(
        id: FillID, timestamp: Timestamp, foreign: Currency, restingSide: Side,
        renminbiPayment: PaymentID, foreignPayment: PaymentID, renminbiAmount: Int64,
        foreignAmount: Int64, rate: Rate, renminbiFee: Int64, foreignFee: Int64,
        renminbiDebit: AccountID, renminbiCredit: AccountID, foreignDebit: AccountID,
        foreignCredit: AccountID
    ) {
        self.id = id
        self.timestamp = timestamp
        self.foreign = foreign
        self.restingSide = restingSide
        self.renminbiPayment = renminbiPayment
        self.foreignPayment = foreignPayment
        self.renminbiAmount = renminbiAmount
        self.foreignAmount = foreignAmount
        self.rate = rate
        self.renminbiFee = renminbiFee
        self.foreignFee = foreignFee
        self.renminbiDebit = renminbiDebit
        self.renminbiCredit = renminbiCredit
        self.foreignDebit = foreignDebit
        self.foreignCredit = foreignCredit
    }
}

/// A funding on record.
public struct FundingRow: BitwiseCopyable, Equatable, Sendable {
    public var reference: UETR
    public var contentHash: UInt128
    public var account: AccountID
    public var amount: Int64
    public var timestamp: Timestamp
    /// Where the command's attachment lies in the batch.
    public var attachment: AttachmentRange

    public init(
        reference: UETR, contentHash: UInt128, account: AccountID, amount: Int64,
        timestamp: Timestamp, attachment: AttachmentRange = .none
    ) {
        self.reference = reference
        self.contentHash = contentHash
        self.account = account
        self.amount = amount
        self.timestamp = timestamp
        self.attachment = attachment
    }
}

/// Where an attachment lies inside the encoded batch that brought it, in bytes.
public struct AttachmentRange: BitwiseCopyable, Equatable, Sendable {
    public var offset: UInt32
    public var length: UInt32

    @inlinable
    public static var none: AttachmentRange { AttachmentRange(offset: 0, length: 0) }

    @inlinable
    public init(offset: UInt32, length: UInt32) {
        self.offset = offset
        self.length = length
    }
}

/// How far the ledger has come; written in the same transaction as the rows.
public struct LedgerPosition: BitwiseCopyable, Equatable, Sendable {
    /// The last batch applied; 0 before the first.
    public var logIndex: UInt64
    /// Timestamp of that batch.
    public var timestamp: Timestamp
    /// Hash of the whole state after that batch.
    public var stateHash: UInt64
    /// The part of `stateHash` that stands for all fills so far; fills are not loaded at start-up.
    public var fillsHash: UInt64
    /// The part of `stateHash` that stands for all final payments so far; old ones are not loaded.
    public var finalsHash: UInt64
    public var fillCount: UInt64
    public var paymentCount: UInt64

    public init(
        logIndex: UInt64 = 0, timestamp: Timestamp = 0, stateHash: UInt64 = 0,
        fillsHash: UInt64 = 0, finalsHash: UInt64 = 0, fillCount: UInt64 = 0,
        paymentCount: UInt64 = 0
    ) {
        self.logIndex = logIndex
        self.timestamp = timestamp
        self.stateHash = stateHash
        self.fillsHash = fillsHash
        self.finalsHash = finalsHash
        self.fillCount = fillCount
        self.paymentCount = paymentCount
    }
}

/// What applying one batch did: outcomes in the order of its commands, and the rows that changed.
public struct Effects: Sendable {
    public var position = LedgerPosition()
    public var outcomes: [Outcome] = []
    public var participants: [ParticipantRow] = []
    public var corridors: [CorridorRow] = []
    public var accounts: [AccountRow] = []
    public var payments: [PaymentRow] = []
    public var fills: [FillRow] = []
    public var fundings: [FundingRow] = []

    public init() {}

    /// Makes room for what a batch of so many commands usually leads to.
    public mutating func reserve(commands: Int) {
        outcomes.reserveCapacity(commands)
        payments.reserveCapacity(commands * 2)
        fills.reserveCapacity(commands)
    }

    /// Empties the lists and keeps their storage, so that a reused value allocates nothing.
    public mutating func removeAll() {
        position = LedgerPosition()
        outcomes.removeAll(keepingCapacity: true)
        participants.removeAll(keepingCapacity: true)
        corridors.removeAll(keepingCapacity: true)
        accounts.removeAll(keepingCapacity: true)
        payments.removeAll(keepingCapacity: true)
        fills.removeAll(keepingCapacity: true)
        fundings.removeAll(keepingCapacity: true)
    }
}

/// The ledger as the tables hold it at one log index: what an engine starts from.
public struct LedgerImage: Sendable {
    public var position = LedgerPosition()
    /// In order of id.
    public var participants: [ParticipantRow] = []
    /// In order of currency.
    public var corridors: [CorridorRow] = []
    /// In order of id.
    public var accounts: [AccountRow] = []
    /// In order of id: the open ones, and the final ones that the engine still knows.
    public var payments: [PaymentRow] = []
    /// Timestamps of the last batches up to `position`, at most ``Limits/finalBatches``, ascending.
    public var recentTimestamps: [Timestamp] = []
    /// In any order.
    public var fundings: [FundingRow] = []

    public init() {}
}
