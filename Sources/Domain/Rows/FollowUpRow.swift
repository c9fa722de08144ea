/// What the creditor's bank has said of the money that it received.
public enum CreditStatus: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// Nothing yet.
    case none = 0
    /// It is at it.
    case pending = 1
    /// Its customer has the money (`ACCC` in ISO 20022).
    case credited = 2
    /// It cannot credit it and will send it back (`RJCT`).
    case rejected = 3

    /// Whether nothing but a return follows it.
    public var isFinal: Bool { self == .credited || self == .rejected }
}

/// What followed a payment after it was settled, and what the rules need to know of the payment
/// for it: so that a return that comes a year later finds everything in one row.
///
/// A row comes on record with the first that follows. The engine knows it while a case is open and
/// for as many batches after its last change as a final payment (R15.3).
public struct FollowUpRow: DeclaredRow {
    public var payment: PaymentID
    public var uetr: UETR
    public var payer: ParticipantID
    public var creditor: ParticipantID
    public var payCurrency: Currency
    public var receiveCurrency: Currency
    /// As of the payment's end, in minor units, without fees.
    public var paid: Int64
    /// As of the payment's end, in minor units.
    public var received: Int64
    public var credit: CreditStatus
    /// Why it was rejected or is pending.
    public var creditReason: ReasonCode
    /// Time of the batch of the last word on the credit; 0 before the first.
    public var creditAt: Timestamp
    /// The sum of the returns, in minor units of the receive currency; at most ``received``. Of a
    /// return by order what it has paid so far.
    public var returned: Int64
    /// Those by orders that brought nothing included.
    public var returns: UInt32
    /// The last case about the payment; 0 before the first.
    public var caseID: CaseID
    /// Of that case; ``CaseState/none`` before the first.
    public var caseState: CaseState
    /// What was answered in that case.
    public var caseReason: ReasonCode
    /// Tells the request of that case from others; see ``RequestCancellation``.
    public var caseKey: UInt128
    /// The log index of the last change; 0 of a row that is not on record.
    public var changedIn: UInt64
    /// Time of that batch.
    public var updatedAt: Timestamp

    public static let table = "follow_ups"
    public static let hashSeed: UInt64 = 62
    public static let isForgotten = true
    public static let capacity = Int.max

    /// What follows a payment of which nothing is on record yet.
    public init(
        payment: PaymentID, uetr: UETR, payer: ParticipantID, creditor: ParticipantID,
        payCurrency: Currency, receiveCurrency: Currency, paid: Int64, received: Int64
    ) {
        self.payment = payment
        self.uetr = uetr
        self.payer = payer
        self.creditor = creditor
        self.payCurrency = payCurrency
        self.receiveCurrency = receiveCurrency
        self.paid = paid
        self.received = received
        credit = .none
        creditReason = .none
        creditAt = 0
        returned = 0
        returns = 0
        caseID = 0
        caseState = .none
        caseReason = .none
        caseKey = 0
        changedIn = 0
        updatedAt = 0
    }

    public init(_ row: PaymentRow) {
        self.init(
            payment: row.id, uetr: row.uetr, payer: row.payer, creditor: row.creditor,
            payCurrency: row.payCurrency, receiveCurrency: row.receiveCurrency, paid: row.paid,
            received: row.received)
    }

    public init() {
        self.init(
            payment: 0, uetr: UETR(bits: 0), payer: 0, creditor: 0, payCurrency: .cny,
            receiveCurrency: .cny, paid: 0, received: 0)
    }

    /// Whether it is a row of the table, and not only what one would begin with.
    public var isOnRecord: Bool { changedIn > 0 }

    /// What can still be returned.
    public var left: Int64 { received - returned }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("payment_id", &payment, hash: .word(0))
        fields.field("uetr", &uetr, hash: .word(1))
        fields.field("payer_id", &payer, hash: .word(3))
        fields.field("creditor_id", &creditor, hash: .word(3, bit: 32))
        fields.field("pay_currency", &payCurrency, hash: .word(4))
        fields.field("receive_currency", &receiveCurrency, hash: .word(4, bit: 8))
        fields.field("credit", &credit, hash: .word(4, bit: 16))
        fields.field("case_state", &caseState, hash: .word(4, bit: 24))
        fields.field("credit_reason", &creditReason, hash: .word(4, bit: 32))
        fields.field("paid", &paid, hash: .word(5))
        fields.field("received", &received, hash: .word(6))
        fields.field("credit_ns", &creditAt, hash: .word(7))
        fields.field("returned", &returned, hash: .word(8))
        fields.field("returns", &returns, hash: .word(9))
        fields.field("case_id", &caseID, hash: .word(9, bit: 32))
        fields.field("case_reason", &caseReason, bytes: 8, hash: .word(10))
        fields.field("case_key", &caseKey, hash: .word(11))
        fields.field("changed_in", &changedIn, hash: .word(13))
        fields.instant("updated_ns", shownAs: "updated_at", &updatedAt, hash: .word(14))
    }
}

extension CreditStatus: Worded {
    public var word: String {
        switch self {
        case .none: "none"
        case .pending: "pending"
        case .credited: "credited"
        case .rejected: "rejected"
        }
    }
}
