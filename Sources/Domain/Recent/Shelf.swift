internal import Synchronization

/// Some batches one behind the other, whose rows are found by UETR.
final class Shelf: Sendable {
    /// What batches hold.
    struct Size {
        /// Of payments.
        var rows = 0
        /// About so many.
        var bytes = 0

        /// Those of a full shelf, but for one batch that is larger.
        private static let fullRows = 1 << 12
        private static let fullBytes = 2 << 20

        init() {}

        init(_ applied: AppliedBatch) {
            let effects = applied.effects
            rows = effects.payments.count
            bytes =
                1_024 + applied.batch.byteCount + rows * MemoryLayout<PaymentRow>.stride
                + effects.fills.count * MemoryLayout<FillRow>.stride
                + effects.outcomes.count * MemoryLayout<Outcome>.stride
                + effects.accounts.count * MemoryLayout<AccountRow>.stride
                // The indexes that questions make.
                + rows * 120 + effects.fills.count * 32
        }

        func hasRoom(for other: Size) -> Bool {
            rows + other.rows <= Size.fullRows && bytes + other.bytes <= Size.fullBytes
        }

        static func += (a: inout Size, b: Size) {
            a.rows += b.rows
            a.bytes += b.bytes
        }

        static func -= (a: inout Size, b: Size) {
            a.rows -= b.rows
            a.bytes -= b.bytes
        }
    }

    /// Batches that are not in the index; apart from it, so that nobody who brings one waits.
    private let arrived = Mutex<[AppliedBatch]>([])
    private let index = Mutex(Index())

    /// Takes in the next batch.
    func put(_ applied: AppliedBatch) { arrived.withLock { $0.append(applied) } }

    /// Visits the changes of the payments with this UETR, the newest batch first: each batch with
    /// the row as it stood at its end, or without one where it changed what follows the payment.
    func find(_ uetr: UETR, _ visit: (AppliedBatch, PaymentRow?) -> Void) {
        index.withLock { index in
            bringUp(&index)
            index.find(uetr, visit)
        }
    }

    /// The payments of a list that these batches put on record, the newest first, as they stood
    /// then.
    ///
    /// - Parameters:
    ///   - below: only payments with smaller numbers.
    ///   - moment: only of batches up to this one.
    func listed(
        _ list: PaymentList, below: PaymentID, upTo moment: UInt64, limit: Int
    ) -> [PaymentRow] {
        index.withLock { index in
            bringUp(&index)
            return index.listed(list, below: below, upTo: moment, limit: limit)
        }
    }

    private func bringUp(_ index: inout Index) {
        let new = arrived.withLock { arrived in
            guard !arrived.isEmpty else { return [] as [AppliedBatch] }
            defer { arrived = [] }
            return arrived
        }
        for applied in new { index.add(applied) }
    }
}

private struct Index: Sendable {
    /// A row of a payment, or what follows it, and the one before under the same UETR.
    private struct Entry: BitwiseCopyable {
        let batch: Int32
        /// Among the payments of the batch; ``followUp`` for what follows one.
        let row: Int32
        let older: Int32
    }

    private static let followUp: Int32 = -1
    private static let none: Int32 = -1

    private var batches: [AppliedBatch] = []
    private var entries: [Entry] = []
    private var newest: [UETR: Int32] = [:]
    private var lists = ShelfLists()

    mutating func add(_ applied: AppliedBatch) {
        let batch = Int32(batches.count)
        batches.append(applied)
        for (place, row) in applied.effects.payments.enumerated() {
            add(row.uetr, batch, Int32(place))
        }
        guard !applied.effects.declared.isEmpty else { return }
        for row in applied.effects.declared[FollowUpRow.self] {
            add(row.uetr, batch, Index.followUp)
        }
    }

    private mutating func add(_ uetr: UETR, _ batch: Int32, _ row: Int32) {
        let number = Int32(entries.count)
        let older = newest.updateValue(number, forKey: uetr) ?? Index.none
        entries.append(Entry(batch: batch, row: row, older: older))
    }

    func find(_ uetr: UETR, _ visit: (AppliedBatch, PaymentRow?) -> Void) {
        var next = newest[uetr] ?? Index.none
        while next != Index.none {
            let entry = entries[Int(next)]
            let applied = batches[Int(entry.batch)]
            let isFollowUp = entry.row == Index.followUp
            visit(applied, isFollowUp ? nil : applied.effects.payments[Int(entry.row)])
            next = entry.older
        }
    }

    mutating func listed(
        _ list: PaymentList, below: PaymentID, upTo moment: UInt64, limit: Int
    ) -> [PaymentRow] {
        lists.bringUp(batches)
        return lists.listed(list, in: batches, below: below, upTo: moment, limit: limit)
    }
}
