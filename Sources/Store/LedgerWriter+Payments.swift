internal import Domain

// A payment that can still change is a row of open_payments. When it ends, or when it is over
// before it is first written, it becomes a row of its segment, which is written once.

extension LedgerWriter {
    /// Brings the open payments up to date.
    func writeOpenPayments(_ changes: LedgerChanges) throws {
        let table = LedgerTable.openPayments
        let open = changes.changedOpen
        if !open.isEmpty {
            try connection.copyIn(
                table.stagedTarget, columnCount: table.changingColumns.count
            ) { copy in
                for change in open {
                    change.place.row(in: changes.groups).writeChange(
                        to: &copy, firstFill: change.fills.first)
                }
            }
            let updated = try connection.query(table.updateFromStaged).changedRows
            guard updated == open.count else { throw unknown(open.count, updated) }
            try unstage(table, open.count)
        }
        let new = changes.merged.newPayments
        guard new.contains(where: { !$0.status.isFinal }) else { return }
        try copy(into: table) { copy in
            for offset in new.indices where !new[offset].status.isFinal {
                changes.writeNew(offset, &copy)
            }
        }
    }

    /// Removes the rows of ended payments, which know what came before this write.
    ///
    /// - Parameter ended: in order of number.
    private func takeOut(_ ended: inout ArraySlice<EndedPayment>) throws {
        guard !ended.isEmpty else { return }
        let removed = try connection.query(
            """
            DELETE FROM open_payments WHERE payment_id = ANY ($1)
            RETURNING payment_id, first_fill, details
            """, [.int8Array(ended.map { Int64(bitPattern: $0.row.id) })])
        try removed.visit { row in
            let id = row.int8AsUnsigned()
            let fill = row.integer(orNull: Int64(0))
            guard let next = ended.place(of: id) else {
                throw unknown(ended.count, removed.rowCount)
            }
            if fill != 0 { ended[next].firstFill = UInt64(bitPattern: fill) }
            ended[next].details = row.optionalText()
            try row.check("open_payments")
        }
        guard removed.rowCount == ended.count else { throw unknown(ended.count, removed.rowCount) }
    }

    private func unknown(_ changed: Int, _ found: Int) -> StoreError {
        StoreError(.database, "\(changed) payments changed, \(found) of them were open.")
    }

    /// Takes ended payments out of the open ones, and writes all final ones into their segments.
    func writeFinalPayments(_ changes: LedgerChanges) throws {
        for part in changes.finalParts {
            try takeOut(&changes.ended[part.ended])
            for (segment, range) in changes.finals[part.finals] {
                try makeSegments(through: segment)
                try write(changes, changes.finalOrder[range], into: segment)
            }
            for index in part.ended { changes.ended[index].details = nil }
        }
    }

    private func write(
        _ changes: LedgerChanges, _ order: ArraySlice<Int32>, into segment: PaymentSegment
    ) throws {
        let columns = LedgerTable.payments.columns
        try connection.copyIn(
            "\(segment.table) (\(LedgerTable.payments.columnList))", columnCount: columns.count
        ) { copy in
            for number in order {
                if number >= 0 {
                    changes.writeNew(Int(number), &copy)
                } else {
                    let payment = changes.ended[-1 - Int(number)]
                    payment.row.write(to: &copy, firstFill: payment.firstFill)
                    copy.text(payment.details)
                }
            }
        }
    }
}

extension LedgerChanges {
    /// Writes a new payment, given its place among them.
    @inline(__always)
    fileprivate func writeNew(_ offset: Int, _ copy: inout CopyWriter) {
        merged.newPayments[offset].write(to: &copy, firstFill: merged.newFills[offset].first)
        let attachment = merged.newPayments[offset].attachment
        guard attachment.length > 0 else { return copy.null() }
        let batch = Int(merged.newGroups[offset])
        copy.details(DetailsPlace(batch: batch, range: attachment), in: batches)
    }
}

extension ArraySlice<EndedPayment> {
    /// Where the payment with this number stands; they are in order of number.
    fileprivate func place(of id: PaymentID) -> Int? {
        var low = startIndex
        var high = endIndex
        while low < high {
            let middle = (low + high) / 2
            if self[middle].row.id < id { low = middle + 1 } else { high = middle }
        }
        return low < endIndex && self[low].row.id == id ? low : nil
    }
}

// MARK: - Segments

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
        // Statistics are of no use here: keys lead to the rows. A visit that freezes the rows is
        // all that they need.
        try connection.execute(
            """
            CREATE TABLE \(segment.table) (LIKE payment_rows INCLUDING ALL EXCLUDING INDEXES)
            WITH (
                autovacuum_vacuum_insert_threshold = 1000000,
                autovacuum_vacuum_insert_scale_factor = 0,
                autovacuum_freeze_min_age = 0,
                autovacuum_analyze_threshold = 2147483647
            );
            CREATE UNIQUE INDEX ON \(segment.table) (uetr, payer_id);
            ALTER TABLE payment_rows ATTACH PARTITION \(segment.table)
                FOR VALUES FROM (\(segment.start)) TO (\(segment.end))
            """)
    }
}
