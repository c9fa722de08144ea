package import Domain

/// An open order's place in the slab; 0 is none.
package typealias OrderSlot = UInt32

/// An open order. Leaves the slab when it ends; its payment record stays.
package struct Order: BitwiseCopyable {
    /// Links of its price level's queue. `next` comes first: free slots reuse it as their link.
    package var next: OrderSlot = 0
    package var previous: OrderSlot = 0
    /// Its rate in ticks of the corridor.
    package var tick: UInt32
    /// Position in the expiry heap, counted from 1; 0 when it never expires or does not rest.
    var heapPosition: UInt32 = 0
    /// The payment's number, which is also its time priority.
    package var payment: UInt32
    var payer: ParticipantID
    var creditor: ParticipantID
    var debitAccount: AccountID
    var creditAccount: AccountID
    package var foreign: Currency
    package var side: Side
    var fixed: FixedAmount
    var timeInForce: TimeInForce
    var fillPolicy: FillPolicy
    /// In the book, and not only passing through it.
    package var isResting = false
    /// Changed in this batch and not yet written to the effects.
    var isDirty = false
    /// Its record was made in this batch and not yet written to the effects.
    var isNew = true
    var amount: Int64
    var remaining: Int64
    var minimumFill: Int64
    /// Fixed at acceptance, so that a hold covers it whatever the corridor charges later.
    var feePartsPerMillion: UInt32
    var statedLimit: Rate
    package var limit: Rate
    var held: Int64 = 0
    var paid: Int64 = 0
    var received: Int64 = 0
    var fee: Int64 = 0
    var acceptedAt: Timestamp
    var updatedAt: Timestamp
    var expiresAt: Timestamp
    /// What the order's row adds to the state hash now.
    var rowHash: UInt64 = 0
    /// Attachment of the command that made it, while `isNew`.
    var attachment: AttachmentRange

    /// Whether `remaining` counts renminbi; otherwise it counts foreign currency.
    var countsRenminbi: Bool { (side == .payRenminbi) == (fixed == .pay) }

    /// Why it ends when nothing is left that could be filled. Parts that it lost to orders of the
    /// same payer were not settled, so the payment is not: what was filled and what remains no
    /// longer add up to the amount.
    var completion: EndReason {
        (fixed == .pay ? paid : received) + remaining == amount ? .filled : .selfMatch
    }

    /// The smallest part, in the unit of `amount`, that one step must fill.
    var leastFill: Int64 {
        switch fillPolicy {
        case .any: 0
        case .minimum: min(minimumFill, remaining)
        case .complete: remaining
        }
    }
}

/// What the ledger remembers of every payment, open or final.
struct Payment: BitwiseCopyable {
    var uetr: UETR
    var contentHash: UInt128
    /// The open order; 0 when final.
    var order: OrderSlot
    var payer: ParticipantID
    var code: ResultCode
    var status: PaymentStatus
    var endReason: EndReason
    var paid: Int64
    var received: Int64
}

/// An account with its part of the state hash.
struct Account: BitwiseCopyable {
    var row: AccountRow
    var rowHash: UInt64
    var isDirty: Bool
}
