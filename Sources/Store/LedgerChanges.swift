package import Domain

/// What consecutive batches did, made ready for the ledger tables: merged, ordered, and encoded
/// where that takes long.
///
/// Making it asks no database, so the next changes can be made on another thread while a
/// ``LedgerWriter`` writes these. Storage is used again by the next ``take(_:after:)``.
///
/// Unchecked because the compiler cannot see the hand-over: whoever makes or writes the changes
/// owns them alone, and gives them to another thread only when it is done with them.
package final class LedgerChanges: @unchecked Sendable {
    private(set) var groups: [(batch: Batch, effects: Effects)] = []
    private(set) var batches: [Batch] = []
    /// What the tables hold when these changes are written.
    private(set) var before = LedgerPosition()
    /// What the tables hold afterwards.
    package private(set) var newest = LedgerPosition()
    private(set) var merged = MergedEffects()
    /// Payments on record that changed and can still change.
    private(set) var changedOpen: [ChangedPayment] = []
    /// Payments on record that ended, in order of number. The writer adds what the tables know.
    var ended: [EndedPayment] = []
    /// The final payments in parts: a range of ``ended`` with those of ``finals`` that it is in.
    private(set) var finalParts: [(ended: Range<Int>, finals: Range<Int>)] = []
    /// The final payments of each segment, as a range of ``finalOrder``.
    private(set) var finals: [(segment: PaymentSegment, range: Range<Int>)] = []
    /// Final payments in the order in which they are written: an offset into the new ones, or -1
    /// less the offset into ``ended``.
    private(set) var finalOrder: [Int32] = []
    /// What comes to the totals of each corridor, by the currency's number.
    private(set) var totals = Currency.allCases.map { CorridorTotals(foreign: $0) }
    /// Rows of `row_lists` as COPY wants them.
    private(set) var listRows: [UInt8] = []
    private var byUETR = UETROrder()
    private var lists = RowListBuilder()
    private var otherLists = RowListBuilder()

    /// Payments on record that end in one part: their details, of up to 64 KiB each, are taken from
    /// one table to the other through the writer's memory.
    package var endedAtOnce = 1 << 13
    /// Payments on record that one transaction may end without being called unusual.
    private static let usualEnded = 1 << 18

    package init() {}

    /// Forgets what it held and takes in other batches.
    ///
    /// - Parameters:
    ///   - groups: batches in log order with what applying them did; at least one.
    ///   - stored: the position that the tables will have when these changes are written.
    /// - Throws: ``StoreError``: `positionMismatch` when the batches do not follow `stored`,
    ///   `database` when new payments are not numbered without gaps behind it.
    /// - Complexity: O(rows + changed payments × log + fills of changed payments × log).
    package func take(
        _ groups: [(batch: Batch, effects: Effects)], after stored: LedgerPosition
    ) throws {
        require(!groups.isEmpty, "changes come from at least one batch")
        try LedgerChanges.checkOrder(of: groups, after: stored)
        self.groups = groups
        batches = groups.map(\.batch)
        before = stored
        newest = groups[groups.count - 1].effects.position
        try merged.merge(groups, onRecord: stored.paymentCount, newest: newest.paymentCount)
        totals = Currency.allCases.map { CorridorTotals(foreign: $0) }
        partChangedPayments()
        orderFinalPayments()
        listRows = encodedLists(reusing: listRows)
    }

    /// Lets go of the batches, keeping the storage unless a day's end has made it large.
    func release() {
        groups = []
        batches = []
        guard ended.capacity > LedgerChanges.usualEnded else { return }
        ended = []
        changedOpen = []
        finalOrder = []
        merged = MergedEffects()
        byUETR = UETROrder()
    }

    private static func checkOrder(
        of groups: [(batch: Batch, effects: Effects)], after stored: LedgerPosition
    ) throws {
        var last = stored.logIndex
        for group in groups {
            let index = group.effects.position.logIndex
            guard index == last + 1 else {
                throw StoreError(
                    .positionMismatch,
                    "Batch \(index) does not follow \(last), the last one. Nothing was written.")
            }
            last = index
        }
    }

    private func partChangedPayments() {
        changedOpen.removeAll(keepingCapacity: true)
        ended.removeAll(keepingCapacity: true)
        for change in merged.changedPayments {
            let row = change.place.row(in: groups)
            if row.status.isFinal {
                ended.append(EndedPayment(row: row, firstFill: change.fills.first))
                totals[Int(row.foreign.rawValue)].count(row.status)
            } else {
                changedOpen.append(change)
            }
        }
    }

    /// Parts the final payments so that the details of few ended ones are in memory at a time: one
    /// batch can end millions, when a corridor's day ends.
    private func orderFinalPayments() {
        finalParts.removeAll(keepingCapacity: true)
        finals.removeAll(keepingCapacity: true)
        finalOrder.removeAll(keepingCapacity: true)
        var start = 0
        repeat {
            let end = min(start + endedAtOnce, ended.count)
            let firstFinal = finals.count
            // The new ones go with the last part.
            let new = end == ended.count ? merged.newPayments.count : 0
            orderFinalPayments(ended: start..<end, new: 0..<new)
            finalParts.append((start..<end, firstFinal..<finals.count))
            start = end
        } while start < ended.count
    }

    /// Final payments are written in the order of their UETRs: so neighbours in the index, which is
    /// the costly part, are written together.
    private func orderFinalPayments(ended old: Range<Int>, new: Range<Int>) {
        var oldNext = old.lowerBound
        var newNext = new.lowerBound
        while oldNext < old.upperBound || newNext < new.upperBound {
            let firstOld = oldNext < old.upperBound ? ended[oldNext].row.id : .max
            let firstNew = newNext < new.upperBound ? merged.firstNew + UInt64(newNext) : .max
            let segment = PaymentSegment(of: min(firstOld, firstNew))
            while oldNext < old.upperBound, segment.contains(ended[oldNext].row.id) {
                byUETR.add(-1 - oldNext, ended[oldNext].row.uetr)
                oldNext += 1
            }
            while newNext < new.upperBound, segment.contains(merged.newPayments[newNext].id) {
                let row = merged.newPayments[newNext]
                if row.status.isFinal {
                    byUETR.add(newNext, row.uetr)
                    totals[Int(row.foreign.rawValue)].count(row.status)
                }
                newNext += 1
            }
            guard !byUETR.isEmpty else { continue }
            let start = finalOrder.count
            byUETR.drain(into: &finalOrder)
            finals.append((segment, start..<finalOrder.count))
        }
    }

    private func encodedLists(reusing storage: consuming [UInt8]) -> [UInt8] {
        var rows = storage
        rows.removeAll(keepingCapacity: true)
        let hasFills = groups.contains { !$0.effects.fills.isEmpty }
        guard hasFills || !merged.newPayments.isEmpty else { return rows }
        var copy = CopyWriter(columnCount: LedgerTable.rowLists.columns.count) {
            rows.append(contentsOf: $0)
        }
        writeLists(&copy)
        copy.finish()
        return rows
    }

    private func writeLists(_ copy: inout CopyWriter) {
        // Rows are larger than what is taken of them: each is visited once.
        for row in merged.newPayments {
            lists.add(row.id, to: row.payer)
            otherLists.add(row.id, to: row.creditor)
        }
        drainLists(.payer, .creditor, &copy)
        for group in groups {
            for fill in group.effects.fills {
                addAccounts(of: fill)
                totals[Int(fill.foreign.rawValue)].add(fill)
                if fill.renminbiFee > 0 { otherLists.add(fill.id, to: feeOwner(.cny)) }
                if fill.foreignFee > 0 { otherLists.add(fill.id, to: feeOwner(fill.foreign)) }
            }
        }
        drainLists(.account, .fee, &copy)
        copy.laterFills(merged.laterFills, firstNew: merged.firstNew)
    }

    private func feeOwner(_ currency: Currency) -> UInt32 { UInt32(currency.rawValue) }

    private func addAccounts(of fill: FillRow) {
        let (a, b) = (fill.renminbiDebit, fill.renminbiCredit)
        let (c, d) = (fill.foreignDebit, fill.foreignCredit)
        lists.add(fill.id, to: a)
        if b != a { lists.add(fill.id, to: b) }
        if c != a, c != b { lists.add(fill.id, to: c) }
        if d != a, d != b, d != c { lists.add(fill.id, to: d) }
    }

    private func drainLists(_ list: RowList, _ other: RowList, _ copy: inout CopyWriter) {
        lists.drain { owner, rows in copy.list(list, of: owner, rows) }
        otherLists.drain { owner, rows in copy.list(other, of: owner, rows) }
    }
}

/// A payment on record that ended in a write.
struct EndedPayment {
    var row: PaymentRow
    var firstFill: FillID
    var details: String?
}
