/// What an account is for.
public enum AccountKind: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// A participant's prefunded money: a liability of the gateway.
    case settlement = 0
    /// The gateway's money at a settlement agent: an asset, so its balance is negative here.
    case nostro = 1
    case feeIncome = 2
    case suspense = 3
    /// What agents charged, less what they gave back: an expense, so its balance is negative here.
    case agentCharges = 4
    /// What agents paid in interest, less what they took.
    case agentInterest = 5
}

/// An account. Credits are positive, so all balances of a currency sum to zero.
public struct AccountRow: BitwiseCopyable, Equatable, Sendable {
    public var id: AccountID
    public var kind: AccountKind
    /// The owner; for a nostro its ``NostroID``; 0 for the gateway's other accounts.
    public var participant: ParticipantID
    public var currency: Currency
    /// Minor units.
    public var balance: Int64
    /// Minor units held for open orders and for withdrawals under way.
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

    /// The participant that owns it; 0 for the gateway's own.
    @inlinable
    public var owner: ParticipantID { kind == .settlement ? participant : 0 }

    /// What new orders can use: balance − holds + credit limit.
    @inlinable
    public var available: Int64 { balance - held + creditLimit }
}

extension AccountRow {
    /// The row's part of the state hash.
    @inlinable @inline(__always)
    public var stateHash: UInt64 {
        var hasher = RowHasher(seed: 3)
        hasher.combine(pack(id, participant), pack(kind.rawValue, currency.rawValue))
        hasher.combine(balance, held)
        hasher.combine(creditLimit, 0)
        return hasher.finish()
    }
}
