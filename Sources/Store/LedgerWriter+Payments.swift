internal import Domain

// A payment that can still change is a row of open_payments. When it ends, or when it is over
// before it is first written, it becomes a row of its segment, which is written once.

extension LedgerWriter {
    /// Brings the open payments up to date and takes out those that ended.
    func writeOpenPayments(_ groups: [(batch: Batch, effects: Effects)]) throws {
        let table = LedgerTable.openPayments
        var open: [ChangedPayment] = []
        ended.removeAll(keepingCapacity: true)
        for change in merged.changedPayments {
            let row = change.place.row(in: groups)
            if row.status.isFinal {
                ended.append(EndedPayment(row: row, firstFill: change.fills.first))
            } else {
                open.append(change)
            }
        }
        if !open.isEmpty {
            try connection.copyIn(
                table.stagedTarget, columnCount: table.changingColumns.count
            ) { copy in
                for change in open {
                    change.place.row(in: groups).writeChange(
                        to: &copy, firstFill: change.fills.first)
                }
            }
            let updated = try connection.query(table.updateFromStaged).changedRows
            guard updated == open.count else { throw unknown(open.count, updated) }
        }
        try takeOutEnded()
        guard merged.newPayments.contains(where: { !$0.status.isFinal }) else { return }
        let batches = groups.map(\.batch)
        try copy(into: table) { copy in
            for offset in merged.newPayments.indices
            where !merged.newPayments[offset].status.isFinal {
                writeNew(offset, batches, &copy)
            }
        }
    }

    /// Removes the rows of ended payments, which know what came before this write.
    private func takeOutEnded() throws {
        guard !ended.isEmpty else { return }
        let removed = try connection.query(
            """
            DELETE FROM open_payments WHERE payment_id = ANY ($1)
            RETURNING payment_id, first_fill, details
            """, [.int8Array(ended.map { Int64(bitPattern: $0.row.id) })])
        try removed.visit { row in
            let id = row.int8AsUnsigned()
            let fill = row.integer(orNull: Int64(0))
            guard let next = indexOfEnded(id) else { throw unknown(ended.count, removed.rowCount) }
            if fill != 0 { ended[next].firstFill = UInt64(bitPattern: fill) }
            ended[next].details = row.optionalText()
            try row.check("open_payments")
        }
        guard removed.rowCount == ended.count else { throw unknown(ended.count, removed.rowCount) }
    }

    /// Where an ended payment stands; they are in order of number.
    private func indexOfEnded(_ id: PaymentID) -> Int? {
        var low = 0
        var high = ended.count
        while low < high {
            let middle = (low + high) / 2
            if ended[middle].row.id < id { low = middle + 1 } else { high = middle }
        }
        return low < ended.count && ended[low].row.id == id ? low : nil
    }

    private func unknown(_ changed: Int, _ found: Int) -> StoreError {
        StoreError(.database, "\(changed) payments changed, \(found) of them were open.")
    }

    /// Final payments go straight into their segments, in the order of their UETRs: so neighbours
    /// in the index, which is the costly part, are written together.
    func writeFinalPayments(_ groups: [(batch: Batch, effects: Effects)]) throws {
        let batches = groups.map(\.batch)
        let columns = LedgerTable.payments.columns
        var oldNext = 0
        var newNext = 0
        while oldNext < ended.count || newNext < merged.newPayments.count {
            let first = oldNext < ended.count ? ended[oldNext].row.id : .max
            let segment = PaymentSegment(of: min(first, merged.firstNew + UInt64(newNext)))
            byUETR.removeAll()
            while oldNext < ended.count, segment.contains(ended[oldNext].row.id) {
                byUETR.add(-1 - oldNext, ended[oldNext].row.uetr)
                oldNext += 1
            }
            while newNext < merged.newPayments.count,
                segment.contains(merged.newPayments[newNext].id)
            {
                let row = merged.newPayments[newNext]
                if row.status.isFinal { byUETR.add(newNext, row.uetr) }
                newNext += 1
            }
            guard !byUETR.isEmpty else { continue }
            byUETR.sort()
            try makeSegments(through: segment)
            try connection.copyIn(
                "\(segment.table) (\(LedgerTable.payments.columnList))", columnCount: columns.count
            ) { copy in
                for number in byUETR.order {
                    if number >= 0 {
                        writeNew(Int(number), batches, &copy)
                    } else {
                        let payment = ended[-1 - Int(number)]
                        payment.row.write(to: &copy, firstFill: payment.firstFill)
                        copy.text(payment.details)
                    }
                }
            }
        }
    }

    @inline(__always)
    private func writeNew(_ offset: Int, _ batches: [Batch], _ copy: inout CopyWriter) {
        merged.newPayments[offset].write(to: &copy, firstFill: merged.newFills[offset].first)
        let attachment = merged.newPayments[offset].attachment
        guard attachment.length > 0 else { return copy.null() }
        let batch = Int(merged.newGroups[offset])
        copy.details(DetailsPlace(batch: batch, range: attachment), in: batches)
    }
}

/// A payment on record that ended in a write.
struct EndedPayment {
    var row: PaymentRow
    var firstFill: FillID
    var details: String?
}

// MARK: - Segments

/// A part of `payment_rows`: 2^20 consecutive numbers.
struct PaymentSegment {
    let number: UInt64

    private static let bits: UInt64 = 20

    init(number: UInt64) { self.number = number }

    init(of id: PaymentID) { number = id >> PaymentSegment.bits }

    var start: PaymentID { number << PaymentSegment.bits }
    /// Behind the last number.
    var end: PaymentID { (number + 1) << PaymentSegment.bits }
    var next: PaymentSegment { PaymentSegment(number: number + 1) }
    var table: String { "payment_rows_\(number)" }

    func contains(_ id: PaymentID) -> Bool { id >= start && id < end }
}

extension LedgerWriter {
    /// Segments are made in the ledger's transaction, and attached: that waits for no reader.
    func makeSegments(through last: PaymentSegment) throws {
        while nextSegment <= last.number {
            try make(PaymentSegment(number: nextSegment))
            nextSegment += 1
        }
    }

    private func make(_ segment: PaymentSegment) throws {
        let isThere = try connection.query(
            "SELECT 1 WHERE to_regclass($1) IS NOT NULL",
            [.text("\(connection.address.schema).\(segment.table)")]
        ).rowCount
        guard isThere == 0 else { return }
        // Statistics are of no use here: keys lead to the rows. One visit that freezes them is all
        // that they need.
        try connection.execute(
            """
            CREATE TABLE \(segment.table) (LIKE payment_rows INCLUDING ALL EXCLUDING INDEXES)
            WITH (
                autovacuum_vacuum_insert_threshold = 1000000,
                autovacuum_vacuum_insert_scale_factor = 0,
                autovacuum_freeze_min_age = 0,
                autovacuum_analyze_threshold = 2147483647
            );
            ALTER TABLE \(segment.table) ADD PRIMARY KEY (payment_id);
            CREATE INDEX ON \(segment.table) (uetr) WITH (deduplicate_items = off);
            ALTER TABLE payment_rows ATTACH PARTITION \(segment.table)
                FOR VALUES FROM (\(segment.start)) TO (\(segment.end))
            """)
    }
}

// MARK: - Order

/// Numbers of payments roughly in the order of their UETRs: by the first 14 bits, which is enough
/// to visit each page of the index once or twice. Storage is used again.
struct UETROrder {
    private(set) var order: [Int32] = []
    private var entries: [(key: UInt16, number: Int32)] = []
    private var places = [UInt32](repeating: 0, count: 1 << 14)

    var isEmpty: Bool { entries.isEmpty }

    mutating func removeAll() { entries.removeAll(keepingCapacity: true) }

    @inline(__always)
    mutating func add(_ number: Int, _ uetr: UETR) {
        let key = UInt16(truncatingIfNeeded: uetr.bits >> (128 - 14))
        entries.append((key, Int32(number)))
    }

    /// - Complexity: O(entries + 2^14).
    mutating func sort() {
        for key in places.indices { places[key] = 0 }
        for entry in entries { places[Int(entry.key)] += 1 }
        var start: UInt32 = 0
        for key in places.indices {
            (places[key], start) = (start, start + places[key])
        }
        order.removeAll(keepingCapacity: true)
        order.append(contentsOf: repeatElement(0, count: entries.count))
        for entry in entries {
            order[Int(places[Int(entry.key)])] = entry.number
            places[Int(entry.key)] += 1
        }
    }
}
