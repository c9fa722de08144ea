/// The number of a statement line, given in log order from 1.
public typealias LineNumber = UInt64

/// The number of an expected entry, given in log order from 1.
public typealias EntryNumber = UInt64

/// The number of a match on record, given in log order from 1; 0 is none.
public typealias MatchNumber = UInt64

/// So much of a line or an entry.
public struct Taking: BitwiseCopyable, Hashable, Sendable {
    public var number: UInt64
    /// Minor units, in the direction of the item: positive came in at the agent, negative went out.
    public var amount: Int64

    public init(_ number: UInt64, _ amount: Int64) {
        self.number = number
        self.amount = amount
    }
}

/// A difference between lines and entries that is booked with their match.
public struct MatchAdjustment: BitwiseCopyable, Hashable, Sendable {
    /// Lines minus entries in minor units: below zero the agent has less than the ledger says.
    public var amount: Int64
    public var reason: DifferenceReason
    public var bearer: DifferenceBearer

    public init(amount: Int64, reason: DifferenceReason, bearer: DifferenceBearer) {
        self.amount = amount
        self.reason = reason
        self.bearer = bearer
    }
}

/// What a match says of itself, and what ``verify(_:against:line:entry:)`` proves or refutes. It is
/// computed outside the ledger and carried there by a command.
///
/// Without entries it is a reversal, lines that cancel each other; without lines it is entries that
/// do.
public struct MatchClaim: Hashable, Sendable {
    public var account: AccountID
    public var currency: Currency
    /// In the order of their numbers, each once.
    public var lines: [Taking]
    /// In the order of their numbers, each once.
    public var entries: [Taking]
    public var adjustment: MatchAdjustment?
    /// The version of the account's rules that it was computed by.
    public var version: UInt32
    /// The rule's number; 0 when a person matches, and for reversals.
    public var rule: UInt16
    /// The one reference that every line and every entry bears.
    public var reference: Reference?
    /// Whether no person has to agree.
    public var isAutomatic: Bool
    /// The match to be undone first; its lines count as open again.
    public var undoes: MatchNumber

    public init(
        account: AccountID, currency: Currency, lines: [Taking], entries: [Taking],
        adjustment: MatchAdjustment? = nil, version: UInt32, rule: UInt16 = 0,
        reference: Reference? = nil, isAutomatic: Bool = false, undoes: MatchNumber = 0
    ) {
        self.account = account
        self.currency = currency
        self.lines = lines
        self.entries = entries
        self.adjustment = adjustment
        self.version = version
        self.rule = rule
        self.reference = reference
        self.isAutomatic = isAutomatic
        self.undoes = undoes
    }

    /// Lines and entries of one match together, and of all matches of one command.
    public static var mostItems: Int { 2_048 }
}

/// A line or an expected entry as the ledger knows it when a match comes.
public struct OpenItem: Hashable, Sendable {
    public var account: AccountID
    public var currency: Currency
    /// What no match has taken, in minor units with its direction; zero: nothing is left.
    public var remaining: Int64
    /// The last match that took from it.
    public var takenBy: MatchNumber
    public var references: [Reference]
    /// Of an entry; nil of a line.
    public var kind: ExpectedKind?
    /// Whose money it is, or whom the line names; 0: nobody who is known.
    public var participant: ParticipantID
    /// A line that takes another one back. It settles nothing by itself.
    public var isReversal: Bool

    public init(
        account: AccountID, currency: Currency, remaining: Int64, takenBy: MatchNumber = 0,
        references: [Reference] = [], kind: ExpectedKind? = nil, participant: ParticipantID = 0,
        isReversal: Bool = false
    ) {
        self.account = account
        self.currency = currency
        self.remaining = remaining
        self.takenBy = takenBy
        self.references = references
        self.kind = kind
        self.participant = participant
        self.isReversal = isReversal
    }
}
