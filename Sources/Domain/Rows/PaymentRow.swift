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

extension PaymentRow {
    /// The row's part of the state hash; attachment and newness are not part of it.
    @inlinable @inline(__always)
    public var stateHash: UInt64 {
        var hasher = RowHasher(seed: 4)
        hasher.combine(uetr.bits)
        hasher.combine(contentHash)
        hasher.combine(id, pack(payer, creditor))
        hasher.combine(
            pack(
                foreign.rawValue, side.rawValue, fixed.rawValue, timeInForce.rawValue,
                fillPolicy.rawValue, code.rawValue),
            pack(status.rawValue, endReason.rawValue) | UInt64(feePartsPerMillion) << 16)
        hasher.combine(amount, statedLimit.scaled)
        hasher.combine(limit.scaled, minimumFill)
        hasher.combine(expiresAt, acceptedAt)
        hasher.combine(updatedAt, remaining)
        hasher.combine(held, paid)
        hasher.combine(received, fee)
        return hasher.finish()
    }
}
