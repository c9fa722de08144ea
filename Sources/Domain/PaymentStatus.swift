/// Where a payment stands, in the words of ISO 20022 (`ExternalPaymentTransactionStatus1Code`).
///
/// The raw values rise along every allowed path: a status only ever moves forward.
public enum PaymentStatus: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// Received.
    case received = 1
    /// Its shape is valid.
    case technicallyAccepted = 2
    /// Funds are held.
    case fundsHeld = 3
    /// Rests in the book.
    case pending = 4
    /// Held by compliance.
    case blocked = 5
    /// Partly filled, the rest still stands.
    case partlySettled = 6
    /// Fully settled.
    case settled = 7
    /// The unfilled rest was cancelled or expired.
    case cancelled = 8
    /// Refused; nothing was held.
    case rejected = 9

    /// Whether nothing can change any more (R9.2).
    @inlinable
    public var isFinal: Bool { rawValue >= PaymentStatus.settled.rawValue }

    /// Whether a payment that was seen at `earlier` may be seen at this status later, the steps
    /// between them left out (R9.1, R9.2). Both may be the same.
    public func mayFollow(_ earlier: PaymentStatus) -> Bool {
        self == earlier || !earlier.isFinal && earlier.rawValue < rawValue
    }

    /// The four-letter code of ISO 20022.
    public var code: String {
        switch self {
        case .received: "RCVD"
        case .technicallyAccepted: "ACTC"
        case .fundsHeld: "ACFC"
        case .pending: "PDNG"
        case .blocked: "BLCK"
        case .partlySettled: "ACSP"
        case .settled: "ACSC"
        case .cancelled: "CANC"
        case .rejected: "RJCT"
        }
    }

    /// The status with this four-letter code, or nil.
    public init?(code: some StringProtocol) {
        for status in PaymentStatus.allCases where status.code == code {
            self = status
            return
        }
        return nil
    }
}

/// Why an accepted order stands no longer.
public enum EndReason: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// It still stands, or was rejected.
    case none = 0
    /// Filled; a remainder too small to buy one minor unit may have gone back.
    case filled = 1
    /// Its bank cancelled the rest.
    case cancelledByBank = 2
    /// Its time ran out.
    case expired = 3
    /// An immediate-or-cancel order's rest found no match.
    case notMatched = 4
    /// A fill-or-kill order could not be filled whole.
    case killed = 5
    /// It met an order of the same payer.
    case selfMatch = 6
    /// It reached the number of fills that one command may cause.
    case fillLimit = 7
    /// A participant to it was suspended.
    case participantSuspended = 8
    /// Its corridor was closed.
    case corridorClosed = 9
    /// On its settlement date it could not enter the book (R22); the row of its date says why.
    case entryRefused = 10

    /// A word for people and tables.
    public var name: String {
        switch self {
        case .none: "none"
        case .filled: "filled"
        case .cancelledByBank: "cancelled-by-bank"
        case .expired: "expired"
        case .notMatched: "not-matched"
        case .killed: "killed"
        case .selfMatch: "self-match"
        case .fillLimit: "fill-limit"
        case .participantSuspended: "participant-suspended"
        case .corridorClosed: "corridor-closed"
        case .entryRefused: "entry-refused"
        }
    }
}
