public import Domain

/// An order's place in the slab; 0 is none.
@usableFromInline
package typealias OrderSlot = UInt32

/// What the book and the matching know of an order: 32 bytes, two to a cache line.
///
/// An order stays in its slot when it ends, as the memory of its payment, until the ledger forgets
/// it. Everything else about it is its ``OrderRecord``.
@usableFromInline
package struct Order: BitwiseCopyable {
    /// Links of its price level's queue; of a final payment, `next` is the one that ended after it.
    /// `next` comes first: free slots reuse it as their link.
    @usableFromInline package var next: OrderSlot = 0
    @usableFromInline package var previous: OrderSlot = 0
    /// Its rate in ticks of the corridor.
    @usableFromInline package var tick: UInt32
    var payer16: UInt16
    /// Why it was rejected; otherwise accepted.
    var code: ResultCode = .accepted
    /// What is left of the amount, in its unit.
    @usableFromInline package var remaining: Int64
    @usableFromInline package var foreign: Currency
    @usableFromInline package var side: Side
    var fixed: FixedAmount
    var timeInForce: TimeInForce
    var fillPolicy: FillPolicy
    var endReason: EndReason = .none
    var state: OrderState = []

    @inline(__always)
    var payer: ParticipantID { ParticipantID(payer16) }

    /// Whether `remaining` counts renminbi; otherwise it counts foreign currency.
    @inline(__always)
    var countsRenminbi: Bool { (side == .payRenminbi) == (fixed == .pay) }

    @inline(__always)
    var rest: Rest { Rest(amount: remaining, isRenminbi: countsRenminbi) }

    /// Rank of its rate on its side, smaller first: the lowest rate of those who give renminbi,
    /// the highest of those who give foreign currency.
    @inlinable @inline(__always)
    package var rank: UInt32 {
        side == .payRenminbi ? tick : UInt32(Limits.ticksPerCorridor) - 1 - tick
    }

    /// Whether a resting order's rate is as good as the limit or better.
    @inline(__always)
    func accepts(_ tick: UInt32) -> Bool {
        side == .payRenminbi ? tick >= self.tick : tick <= self.tick
    }
}

/// How far an order has come, and what this batch did to it.
struct OrderState: OptionSet, BitwiseCopyable {
    var rawValue: UInt8

    /// Accepted and not final.
    static let open = OrderState(rawValue: 1)
    /// In the book, and not only passing through it.
    static let resting = OrderState(rawValue: 2)
    /// Changed in this batch and not yet written to the effects.
    static let dirty = OrderState(rawValue: 4)
    /// Its record was made in this batch and not yet written to the effects.
    static let new = OrderState(rawValue: 8)
    /// The bank stated a limit; otherwise the collar's edge is the limit.
    static let limitStated = OrderState(rawValue: 16)
    /// No payment but an attempt at one; its record's content hash is that of the attempt.
    static let attempt = OrderState(rawValue: 32)
    /// For its settlement date; no book has it.
    static let waiting = OrderState(rawValue: 128)
    /// Where it stays until somebody meets or ends it.
    static let placed: OrderState = [.resting, .waiting]
}

/// What settlement and rows need of an order beside the book: 112 bytes.
struct OrderRecord: BitwiseCopyable {
    var uetr: UETR
    var contentHash: UInt128
    var amount: Int64
    var minimumFill: Int64 = 0
    var held: Int64 = 0
    var paid: Int64 = 0
    var received: Int64 = 0
    var acceptedAt: Timestamp = 0
    /// What the open order's row adds to the state hash now. Before it has a row, here stands where
    /// the attachment of its command lies (see `attachment`), and when it is final, the log index
    /// of the batch that ended it.
    var rowHash: UInt64 = 0
    /// The payment's number, which is also its time priority.
    package var payment: UInt32
    var debitAccount: AccountID = 0
    var creditAccount: AccountID = 0
    /// Fixed at acceptance, so that a hold covers it whatever the corridor charges later.
    var feePartsPerMillion: UInt32 = 0
    /// Position in the heap of due times; 0 when it does not rest or never ends by itself.
    var duePosition: UInt32 = 0
    /// The creditor's number, and above it the settlement date: they are written at once.
    var creditorAndDate: UInt32 = 0

    @inline(__always)
    var creditor: ParticipantID { ParticipantID(UInt16(truncatingIfNeeded: creditorAndDate)) }

    /// The settlement date that the order states; none where it states none.
    var date: CivilDate {
        get { CivilDate(rawValue: UInt16(truncatingIfNeeded: creditorAndDate >> 16)) }
        set { creditorAndDate = creditorAndDate & 0xFFFF | UInt32(newValue.rawValue) << 16 }
    }

    /// The fee on all that was paid.
    @inline(__always)
    var fee: Int64 { wholeFee(on: paid, feePartsPerMillion) }

    /// The attachment of a new order's command.
    @inline(__always)
    var attachment: AttachmentRange {
        get {
            AttachmentRange(
                offset: UInt32(truncatingIfNeeded: rowHash),
                length: UInt32(truncatingIfNeeded: rowHash >> 32))
        }
        set { rowHash = UInt64(newValue.offset) | UInt64(newValue.length) << 32 }
    }

    /// Of an attempt, its order's content; what tells it from others is its `contentHash`.
    var attemptedContent: UInt128 {
        get {
            UInt128(UInt64(bitPattern: amount)) << 64 | UInt128(UInt64(bitPattern: minimumFill))
        }
        set {
            amount = Int64(truncatingIfNeeded: newValue >> 64)
            minimumFill = Int64(truncatingIfNeeded: newValue)
        }
    }

    /// The batch that ended it.
    @inline(__always)
    var endedIn: UInt64 {
        get { rowHash }
        set { rowHash = newValue }
    }

    /// The smallest part, in the unit of `amount`, that one step must fill.
    @inline(__always)
    func leastFill(_ order: UnsafeMutablePointer<Order>) -> Int64 {
        switch order.pointee.fillPolicy {
        case .any: 0
        case .minimum: min(minimumFill, order.pointee.remaining)
        case .complete: order.pointee.remaining
        }
    }

    /// Why it ends when nothing is left that could be filled. Parts that it lost to orders of the
    /// same payer were not settled, so the payment is not: what was filled and what remains no
    /// longer add up to the amount.
    @inline(__always)
    func completion(_ order: UnsafeMutablePointer<Order>) -> EndReason {
        let filled = order.pointee.fixed == .pay ? paid : received
        return filled + order.pointee.remaining == amount ? .filled : .selfMatch
    }
}
