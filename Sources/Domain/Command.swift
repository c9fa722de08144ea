/// Everything that can change the ledger. There is no other way in.
public enum Command: Equatable, Sendable {
    case submitPayment(PaymentOrder)
    case cancelPayment(Cancellation)
    case registerParticipant(ParticipantRegistration)
    case setParticipantState(bic: BIC, state: ParticipantState)
    /// Opens a corridor or replaces its parameters.
    case configureCorridor(Corridor)
    case setCorridorState(foreign: Currency, state: CorridorState)
    case setReferenceRate(foreign: Currency, rate: Rate)
    case fund(Funding)
    case setCreditLimit(bic: BIC, limit: Money)
}

/// A bank's wish to end the unfilled rest of its order.
public struct Cancellation: BitwiseCopyable, Equatable, Sendable {
    public var uetr: UETR
    /// The participant whose certificate asked.
    public var submitter: BIC

    @inlinable
    public init(uetr: UETR, submitter: BIC) {
        self.uetr = uetr
        self.submitter = submitter
    }
}

/// Money that arrived at, or leaves, the settlement agent for a participant.
public struct Funding: BitwiseCopyable, Equatable, Sendable {
    /// The operator's own reference; repeating it is safe, as with a payment's UETR.
    public var reference: UETR
    public var contentHash: UInt128
    public var participant: BIC
    public var currency: Currency
    /// Minor units; positive credits the participant, negative withdraws.
    public var amount: Int64

    public init(
        reference: UETR, contentHash: UInt128 = 0, participant: BIC, currency: Currency,
        amount: Int64
    ) {
        self.reference = reference
        self.contentHash = contentHash
        self.participant = participant
        self.currency = currency
        self.amount = amount
    }
}

/// The command kinds as written to the log; numbers are never reused.
public enum CommandKind: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    case submitPayment = 1
    case cancelPayment = 2
    case registerParticipant = 3
    case setParticipantState = 4
    case configureCorridor = 5
    case setCorridorState = 6
    case setReferenceRate = 7
    case fund = 8
    case setCreditLimit = 9
}

extension Command {
    @inlinable
    public var kind: CommandKind {
        switch self {
        case .submitPayment: .submitPayment
        case .cancelPayment: .cancelPayment
        case .registerParticipant: .registerParticipant
        case .setParticipantState: .setParticipantState
        case .configureCorridor: .configureCorridor
        case .setCorridorState: .setCorridorState
        case .setReferenceRate: .setReferenceRate
        case .fund: .fund
        case .setCreditLimit: .setCreditLimit
        }
    }
}
