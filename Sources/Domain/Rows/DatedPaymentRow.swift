/// When what a payment for a later date can cost is held.
public enum DatedFunding: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// At once: it waits with its money.
    case atAcceptance = 0
    /// When it enters the book; until then it holds nothing, and can then lack funds.
    case atEntry = 1
}

extension DatedFunding: Worded {
    public var word: String {
        switch self {
        case .atAcceptance: "at-acceptance"
        case .atEntry: "at-entry"
        }
    }
}

/// How far a payment with a settlement date has come. Nothing follows but the first.
public enum DatedState: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    case waiting = 0
    /// It came into the book, or to its end there.
    case entered = 1
    /// It ended without having been there.
    case ended = 2
}

extension DatedState: Worded {
    public var word: String {
        switch self {
        case .waiting: "waiting"
        case .entered: "entered"
        case .ended: "ended"
        }
    }
}

/// The settlement date that a payment on record states (R22), and what became of it.
public struct DatedPaymentRow: DeclaredRow {
    public var payment: PaymentID
    public var foreign: Currency
    public var date: CivilDate
    /// When the funds of one that waits, or waited, are held.
    public var funding: DatedFunding
    public var state: DatedState
    /// Why it could not enter the book on its date; otherwise accepted.
    public var code: ResultCode
    /// Log index of the batch in which it entered; 0 while it has not.
    public var enteredIn: UInt64
    /// Time of that batch; 0 likewise.
    public var enteredAt: Timestamp

    public static let table = "dated_payments"
    public static let hashSeed: UInt64 = 182
    public static let isForgotten = true
    public static let capacity = Int.max

    public init(
        _ payment: PaymentID, _ foreign: Currency, _ date: CivilDate,
        _ funding: DatedFunding = .atAcceptance, _ state: DatedState = .waiting,
        code: ResultCode = .accepted, enteredIn: UInt64 = 0, at enteredAt: Timestamp = 0
    ) {
        self.payment = payment
        self.foreign = foreign
        self.date = date
        self.funding = funding
        self.state = state
        self.code = code
        self.enteredIn = enteredIn
        self.enteredAt = enteredAt
    }

    public init() { self.init(0, .cny, .none) }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("payment_id", &payment, hash: .word(0))
        fields.field("foreign_currency", &foreign, hash: .word(1))
        fields.field("date", &date, hash: .word(1, bit: 16))
        fields.field("funding", &funding, hash: .word(1, bit: 8))
        fields.field("state", &state, hash: .word(1, bit: 32))
        fields.field("code", &code, hash: .word(1, bit: 40))
        fields.field("entered_in", &enteredIn, hash: .word(2))
        fields.field("entered_ns", &enteredAt, hash: .word(3))
    }
}
