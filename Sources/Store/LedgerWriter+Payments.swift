internal import Domain

extension LedgerWriter {
    /// New payments go straight into their segments, in the order of their UETRs: so neighbours in
    /// the index, which is the costly part, are written together.
    func writeNewPayments(_ groups: [(batch: Batch, effects: Effects)]) throws {
        let table = LedgerTable.payments
        let batches = groups.map(\.batch)
        let end = merged.firstNew + UInt64(merged.newPayments.count)
        var first = merged.firstNew
        while first < end {
            let segment = PaymentSegment(of: first)
            try makeSegments(through: segment)
            let next = min(end, segment.end)
            let range = Int(first - merged.firstNew)..<Int(next - merged.firstNew)
            byUETR.sort(range, merged.newPayments)
            try connection.copyIn(
                "\(segment.table) (\(table.columnList))", columnCount: table.columns.count
            ) { copy in
                for number in byUETR.order {
                    let offset = Int(number)
                    merged.newPayments[offset].write(
                        to: &copy, firstFill: merged.newFills[offset].first)
                    copy.details(
                        merged.newPayments[offset].attachment, Int(merged.newGroups[offset]),
                        batches)
                }
            }
            first = next
        }
        guard merged.newPayments.contains(where: { !$0.status.isFinal }) else { return }
        try copy(into: .openPayments) { copy in
            for row in merged.newPayments where !row.status.isFinal {
                copy.beginRow()
                copy.int8(row.id)
            }
        }
    }

    func writeChangedPayments(_ groups: [(batch: Batch, effects: Effects)]) throws {
        let changes = merged.changedPayments
        guard !changes.isEmpty else { return }
        let table = LedgerTable.payments
        var ended = 0
        try connection.copyIn(
            table.stagedTarget, columnCount: table.changingColumns.count
        ) { copy in
            for change in changes {
                let row = change.place.row(in: groups)
                row.writeChange(to: &copy, firstFill: change.fills.first)
                if row.status.isFinal { ended += 1 }
            }
        }
        // One statement a segment: over all segments at once PostgreSQL would open every one.
        let newest = PaymentSegment(of: merged.firstNew - 1)
        try makeSegments(through: newest)
        var updated = 0
        var index = 0
        while index < changes.count {
            let segment = PaymentSegment(of: changes[index].id)
            guard segment.number <= newest.number else { break }
            updated += try update(segment)
            while index < changes.count, segment.contains(changes[index].id) { index += 1 }
        }
        guard updated == changes.count else {
            throw StoreError(
                .database, "\(changes.count) payments changed, \(updated) are on record.")
        }
        try forgetOpen(ended)
    }

    private func update(_ segment: PaymentSegment) throws -> Int {
        let table = LedgerTable.payments
        return try connection.query(
            """
            UPDATE \(segment.table) AS \(table.name) SET \(table.assignments(from: "staged"))
            FROM \(table.stagedName) AS staged
            WHERE \(table.name).payment_id = staged.payment_id
                AND staged.payment_id >= $1 AND staged.payment_id < $2
            """, [.int8(segment.start), .int8(segment.end)]
        ).changedRows
    }

    private func forgetOpen(_ ended: Int) throws {
        guard ended > 0 else { return }
        let removed = try connection.query(
            """
            DELETE FROM open_payments USING \(LedgerTable.payments.stagedName) AS staged
            WHERE open_payments.payment_id = staged.payment_id
                AND staged.codes & 255 >= \(PaymentStatus.settled.rawValue)
            """
        ).changedRows
        guard removed == ended else {
            throw StoreError(.database, "\(ended) payments ended, \(removed) were open.")
        }
    }
}

extension CopyWriter {
    @inline(__always)
    fileprivate mutating func details(
        _ attachment: AttachmentRange, _ batch: Int, _ batches: [Batch]
    ) {
        guard attachment.length > 0 else { return null() }
        details(DetailsPlace(batch: batch, range: attachment), in: batches)
    }
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
        // Room beside the rows lets an update stay on its page and touch no index. Statistics are
        // of little use here, and one visit that freezes the rows is all that they need.
        try connection.execute(
            """
            CREATE TABLE \(segment.table) (LIKE payment_rows INCLUDING ALL EXCLUDING INDEXES)
            WITH (
                fillfactor = 85,
                autovacuum_vacuum_insert_threshold = 1000000,
                autovacuum_vacuum_insert_scale_factor = 0,
                autovacuum_freeze_min_age = 0,
                autovacuum_analyze_threshold = 1000000,
                autovacuum_analyze_scale_factor = 0
            );
            ALTER TABLE \(segment.table) ADD PRIMARY KEY (payment_id);
            CREATE INDEX ON \(segment.table) (uetr);
            ALTER TABLE payment_rows ATTACH PARTITION \(segment.table)
                FOR VALUES FROM (\(segment.start)) TO (\(segment.end))
            """)
    }
}

// MARK: - Order

/// Numbers of new payments roughly in the order of their UETRs: by the first 14 bits, which is
/// enough to visit each page of the index once or twice. Storage is used again.
struct UETROrder {
    private(set) var order: [UInt32] = []
    private var keys: [UInt16] = []
    private var places = [UInt32](repeating: 0, count: 1 << 14)

    /// - Complexity: O(range + 2^14).
    mutating func sort(_ range: Range<Int>, _ rows: [PaymentRow]) {
        keys.removeAll(keepingCapacity: true)
        for offset in range {
            let key = UInt16(truncatingIfNeeded: rows[offset].uetr.bits >> (128 - 14))
            keys.append(key)
            places[Int(key)] += 1
        }
        var start: UInt32 = 0
        for key in places.indices {
            (places[key], start) = (start, start + places[key])
        }
        order.removeAll(keepingCapacity: true)
        order.append(contentsOf: repeatElement(0, count: range.count))
        for (index, key) in keys.enumerated() {
            order[Int(places[Int(key)])] = UInt32(range.lowerBound + index)
            places[Int(key)] += 1
        }
        for key in places.indices { places[key] = 0 }
    }
}
