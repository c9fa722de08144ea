internal import Synchronization

/// A batch with its place in the log and what applying it did. Immutable once made.
///
/// A class, because it passes through many hands: to hand on its lists one by one was a tenth of
/// the time of a read.
public final class AppliedBatch: Sendable {
    public let batch: Batch
    public let effects: Effects
    /// Of the new payments those under whose UETR another bank's payment may have been on record
    /// before; few. All others are the first under theirs.
    public let knownBefore: [PaymentID]
    private let index = Mutex<AppliedIndex?>(nil)

    public init(batch: Batch, effects: Effects, knownBefore: [PaymentID] = []) {
        self.batch = batch
        self.effects = effects
        self.knownBefore = knownBefore
    }

    public var logIndex: UInt64 { effects.position.logIndex }

    /// The fills that one outcome of the batch caused.
    ///
    /// - Complexity: O(1).
    public func fills(of outcome: Outcome) -> ArraySlice<FillRow> {
        guard outcome.fillCount > 0, let first = effects.fills.first else { return [] }
        let start = Int(outcome.firstFill - first.id)
        return effects.fills[start..<start + Int(outcome.fillCount)]
    }

    /// The payment as it stood at the end of the batch; nil when the batch did not change it.
    ///
    /// - Complexity: O(1); the first question about payments makes an index in O(changed payments +
    ///   fills × log fills). Who reads outcomes alone never pays for it.
    public func payment(_ id: PaymentID) -> PaymentRow? {
        madeIndex.rowByPayment[id].map { effects.payments[Int($0)] }
    }

    /// The settlement date of a payment, where this batch put it on record or changed what became
    /// of it.
    ///
    /// - Complexity: O(such changes of the batch).
    public func date(of id: PaymentID) -> DatedPaymentRow? {
        effects.declared[DatedPaymentRow.self].first { $0.payment == id }
    }

    /// The settlement dates of the payments that the batch changed, as far as they state any.
    ///
    /// - Complexity: O(such payments).
    public var datesOfPayments: [PaymentID: DatedPaymentRow] {
        var dates: [PaymentID: DatedPaymentRow] = [:]
        for stated in effects.dates {
            guard let payment = payment(stated.payment) else { continue }
            dates[payment.id] = DatedPaymentRow(
                payment.id, payment.foreign, stated.date, .atAcceptance, .entered)
        }
        for row in effects.declared[DatedPaymentRow.self] { dates[row.payment] = row }
        return dates
    }

    /// All fills of a payment in this batch, also those that later orders of the batch caused.
    ///
    /// - Complexity: O(log fills + fills of the payment), and the index as for ``payment(_:)``.
    public func fills(ofPayment id: PaymentID) -> [FillRow] {
        let entries = madeIndex.fillsByPayment
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].payment < id { low = middle + 1 } else { high = middle }
        }
        return entries[low...].prefix { $0.payment == id }.map { effects.fills[Int($0.fill)] }
    }

    /// The index; whoever comes while it is being made waits for it.
    private var madeIndex: AppliedIndex {
        index.withLock {
            if let made = $0 { return made }
            let made = AppliedIndex(effects)
            $0 = made
            return made
        }
    }
}

/// Finds the rows of a payment among the effects of a batch.
private final class AppliedIndex: Sendable {
    let rowByPayment: [PaymentID: Int32]
    /// Each fill twice, under both of its payments, in order of payment and fill.
    let fillsByPayment: [(payment: PaymentID, fill: Int32)]

    init(_ effects: Effects) {
        var rows: [PaymentID: Int32] = [:]
        rows.reserveCapacity(effects.payments.count)
        for (position, row) in effects.payments.enumerated() {
            rows[row.id] = Int32(position)
        }
        rowByPayment = rows
        var fills: [(payment: PaymentID, fill: Int32)] = []
        fills.reserveCapacity(effects.fills.count * 2)
        for (position, fill) in effects.fills.enumerated() {
            fills.append((fill.renminbiPayment, Int32(position)))
            fills.append((fill.foreignPayment, Int32(position)))
        }
        fills.sort { ($0.payment, $0.fill) < ($1.payment, $1.fill) }
        fillsByPayment = fills
    }
}
