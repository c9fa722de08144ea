/// That a bank is to be told something, under its next number. The message itself is made of what
/// is on record whenever it is read; what a record says only now stands here.
public struct BankMessageRow: DeclaredRow {
    /// The bank and the number; see ``id(of:_:)``.
    public var id: UInt64
    public var timestamp: Timestamp
    public var kind: MessageKind
    /// Of the payment, as it was then; ``PaymentStatus/received`` where the message is of none.
    public var status: PaymentStatus
    public var reason: EndReason
    /// What the creditor's bank said of the money, and how its case stands; and with which reason.
    public var credit: CreditStatus
    public var caseState: CaseState
    public var code: ReasonCode
    /// The payment, the account, the case or the return that it is about.
    public var subject: UInt64
    /// The fill that a credit transfer tells of; 0 for the whole payment.
    public var fill: FillID
    /// Paid and received so far, or by the fill; what is returned or asked for is received, and so
    /// is the balance that is reported. Minor units.
    public var paid: Int64
    public var received: Int64
    /// Entries of the account behind this time, and up to that one.
    public var since: Timestamp
    public var until: Timestamp
    /// Which part of so many, of at most ``Limits/entriesPerMessage`` entries each; from 1 on.
    public var part: UInt32
    public var parts: UInt32
    /// The business day that a statement is of, in the account's currency; 0 for other messages.
    /// How many parts a statement has, and its balances, stand in what the day recorded.
    public var day: DayNumber

    public static let table = "bank_messages"
    public static let hashSeed: UInt64 = 61
    public static let isFinal = true
    public static let isForgotten = true
    public static let capacity = Int.max

    public init(
        _ kind: MessageKind, about subject: UInt64, at timestamp: Timestamp,
        status: PaymentStatus = .received, reason: EndReason = .none
    ) {
        id = 0
        self.timestamp = timestamp
        self.kind = kind
        self.status = status
        self.reason = reason
        self.subject = subject
        credit = .none
        caseState = .none
        code = .none
        fill = 0
        paid = 0
        received = 0
        since = 0
        until = 0
        part = 1
        parts = 1
        day = 0
    }

    public init() { self.init(.statusReport, about: 0, at: 0) }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("bank_message_id", &id, hash: .word(0))
        fields.instant("timestamp_ns", shownAs: "told_at", &timestamp, hash: .word(1))
        fields.field("kind", &kind, hash: .word(2))
        fields.field("status", &status, hash: .word(2, bit: 8))
        fields.field("reason", &reason, hash: .word(2, bit: 16))
        fields.field("credit", &credit, hash: .word(2, bit: 24))
        fields.field("code", &code, hash: .word(2, bit: 32))
        fields.field("case_state", &caseState, hash: .word(10))
        fields.field("subject", &subject, hash: .word(3))
        fields.field("fill_id", &fill, hash: .word(4))
        fields.field("paid", &paid, hash: .word(5))
        fields.field("received", &received, hash: .word(6))
        fields.field("since_ns", &since, hash: .word(7))
        fields.field("until_ns", &until, hash: .word(8))
        fields.field("part", &part, hash: .word(9))
        fields.field("parts", &parts, hash: .word(9, bit: 32))
        fields.field("day", &day, hash: .word(11))
    }

    /// Where the numbers of a bank begin: its own number × 2⁴⁰.
    public static func id(of participant: ParticipantID, _ number: UInt64) -> UInt64 {
        require(number < 1 << 40, "a bank's messages have 40 bits")
        return UInt64(participant) << 40 | number
    }

    /// Whose message it is.
    public var participant: ParticipantID { ParticipantID(id >> 40) }

    /// Its number among the bank's messages, from 1 on.
    public var number: UInt64 { id & (1 << 40 - 1) }
}
