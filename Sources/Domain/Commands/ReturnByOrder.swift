/// The creditor's bank gives back what it received, or a part of it, in the currency in which the
/// payer paid: an order of its own in the book pays the received currency, and what that buys at
/// the stated limit or better goes to the payer's side. Its attachment is that of a
/// ``ReturnPayment``.
public struct ReturnByOrder: FollowUpCommand {
    public var about = RecordedFollowUp()
    /// As of a ``ReturnPayment``; a bank's returns have their identifications in common. The sender
    /// has found no payment of this bank with ``orderUETR`` on record either.
    public var returnKey: UInt128 = 0
    public var contentHash: UInt128 = 0
    /// Minor units of the received currency, positive: what the order pays.
    public var amount: Int64 = 0
    public var reason = ReasonCode.none
    /// The worst rate that the bank takes, foreign units for one renminbi.
    public var limit = Rate.none
    /// End of a ``TimeInForce/goodTillDate`` order; otherwise zero.
    public var expiresAt: Timestamp = 0
    public var timeInForce = TimeInForce.goodTillCancelled

    public static let kind = CommandKind(rawValue: 43)

    public init(
        _ about: RecordedFollowUp, returnKey: UInt128, contentHash: UInt128 = 0, amount: Int64,
        reason: ReasonCode, limit: Rate, timeInForce: TimeInForce = .goodTillCancelled,
        expiresAt: Timestamp = 0
    ) {
        self.about = about
        self.returnKey = returnKey
        self.contentHash = contentHash
        self.amount = amount
        self.reason = reason
        self.limit = limit
        self.timeInForce = timeInForce
        self.expiresAt = expiresAt
    }

    public init() {}

    public mutating func visit(_ fields: inout some FieldVisitor) {
        about.visit(&fields)
        fields.field("return_key", &returnKey)
        fields.field("content_hash", &contentHash)
        fields.field("amount", &amount)
        fields.field("return_reason", &reason, bytes: 8)
        fields.field("limit_rate", &limit)
        fields.field("expires_ns", &expiresAt)
        fields.field("time_in_force", &timeInForce)
        fields.reserved(bytes: 7)
    }

    /// The order's UETR.
    public var orderUETR: UETR { UETR(ofReturn: returnKey, from: about.row.uetr) }
}

extension UETR {
    /// R15.13 The UETR of the order by which a payment is returned.
    ///
    /// - Parameters:
    ///   - returnKey: of the return; hashed, so two returns do not meet.
    ///   - original: the payment's.
    public init(ofReturn returnKey: UInt128, from original: UETR) {
        let (version, variant) = (UInt128(0xF) << 76, UInt128(0x3) << 62)
        let free = (returnKey ^ original.bits) & ~(version | variant)
        self.init(bits: free | UInt128(4) << 76 | UInt128(2) << 62)
    }
}
