/// A case's number, given in log order from 1; 0 is none.
public typealias CaseID = UInt32

/// What a case is about.
public enum CaseKind: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// The payer's bank wants a settled payment back.
    case cancellation = 0
    /// The creditor's bank cannot credit what it received.
    case creditRejected = 1
}

/// How far a case has come. It never goes back, and nothing follows the last four.
public enum CaseState: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// There is no case.
    case none = 0
    /// Nobody has answered.
    case open = 1
    /// The creditor's bank has said that it is at it.
    case pending = 2
    /// The creditor's bank gives nothing back.
    case refused = 3
    /// Money came back.
    case returned = 4
    /// Its deadline passed.
    case expired = 5

    public var isOpen: Bool { self == .open || self == .pending }
}

/// Something about a settled payment that one bank asked and another has to answer.
public struct CaseRow: DeclaredRow {
    public var id: CaseID
    public var payment: PaymentID
    public var uetr: UETR
    public var payer: ParticipantID
    public var creditor: ParticipantID
    public var kind: CaseKind
    public var state: CaseState
    /// Why it was opened.
    public var reason: ReasonCode
    /// What was answered.
    public var answer: ReasonCode
    /// The participant whose certificate opened it.
    public var askedBy: ParticipantID
    public var openedAt: Timestamp
    /// An open case expires in the first batch of this time or later.
    public var deadline: Timestamp
    /// 0 while it is open.
    public var closedAt: Timestamp
    /// Where the request's words lie in the batch.
    public var attachment: AttachmentRange

    public static let table = "cases"
    public static let hashSeed: UInt64 = 64
    public static let isForgotten = true
    public static let capacity = Int.max

    public init(
        id: CaseID, of followUp: FollowUpRow, kind: CaseKind, reason: ReasonCode,
        askedBy: ParticipantID, openedAt: Timestamp, deadline: Timestamp,
        attachment: AttachmentRange = .none
    ) {
        self.id = id
        payment = followUp.payment
        uetr = followUp.uetr
        payer = followUp.payer
        creditor = followUp.creditor
        self.kind = kind
        state = .open
        self.reason = reason
        answer = .none
        self.askedBy = askedBy
        self.openedAt = openedAt
        self.deadline = deadline
        closedAt = 0
        self.attachment = attachment
    }

    public init() {
        self.init(
            id: 0, of: FollowUpRow(), kind: .cancellation, reason: .none, askedBy: 0, openedAt: 0,
            deadline: 0)
    }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("case_id", &id, hash: .word(0))
        fields.field("asked_by", &askedBy, hash: .word(0, bit: 32))
        fields.field("payment_id", &payment, hash: .word(1))
        fields.field("uetr", &uetr, hash: .word(2))
        fields.field("payer_id", &payer, hash: .word(4))
        fields.field("creditor_id", &creditor, hash: .word(4, bit: 32))
        fields.field("kind", &kind, hash: .word(5))
        fields.field("state", &state, hash: .word(5, bit: 8))
        fields.field("reason", &reason, hash: .word(6))
        fields.field("answer", &answer, hash: .word(6, bit: 32))
        fields.instant("opened_ns", shownAs: "opened_at", &openedAt, hash: .word(7))
        fields.instant("deadline_ns", shownAs: "deadline_at", &deadline, hash: .word(8))
        fields.field("closed_ns", &closedAt, hash: .word(9))
        fields.details(&attachment)
    }
}

extension CaseKind: Worded {
    public var word: String {
        switch self {
        case .cancellation: "cancellation"
        case .creditRejected: "credit-rejected"
        }
    }
}

extension CaseState: Worded {
    public var word: String {
        switch self {
        case .none: "none"
        case .open: "open"
        case .pending: "pending"
        case .refused: "refused"
        case .returned: "returned"
        case .expired: "expired"
        }
    }
}
