internal import Domain

extension LedgerWriter {
    /// Moves the applied position. The row lock makes a second writer wait here and then fail.
    func advance(to newest: LedgerPosition, from expected: UInt64) throws {
        let columns = LedgerTable.applied.columns
        let list = columns.enumerated().map { "\($1) = $\($0 + 1)" }.joined(separator: ", ")
        let result = try connection.query(
            "UPDATE applied SET \(list) WHERE log_index = $\(columns.count + 1)",
            newest.parameters + [.int8(expected)])
        guard result.changedRows == 1 else { throw mismatch(expected + 1, expected) }
    }

    func writeBatches(_ changes: LedgerChanges) throws {
        var new = changes.merged.newPayments[...]
        try copy(into: .batches) { copy in
            for group in changes.groups {
                let effects = group.effects
                copy.beginRow()
                copy.int8(effects.position.logIndex)
                copy.int8(effects.position.timestamp)
                copy.int8(effects.position.paymentCount)
                copy.int8(effects.position.fillCount)
                var ended: [UInt64] = []
                for row in effects.payments where !row.isNew && row.status.isFinal {
                    ended.append(row.id)
                }
                copy.array(ended[...])
                let count = effects.position.paymentCount + 1 - changes.merged.firstNew
                let own = new[..<Int(count)]
                new = new[own.endIndex...]
                copy.packed(own.map(\.uetr))
            }
        }
    }

    func writeAccounts(_ changes: LedgerChanges) throws {
        let accounts = changes.merged.accounts.rows
        try upsert(.accounts, accounts.count) { copy in
            for row in accounts { row.write(to: &copy) }
        }
    }

    /// Writes the changed rows of one declared table.
    func writeDeclared<Row: DeclaredRow>(_ type: Row.Type, _ changes: LedgerChanges) throws {
        var last = LastStates<UInt128, Row>()
        for (number, group) in changes.groups.enumerated() {
            for row in group.effects.declared[type] {
                last.put(row.key, row, DetailsPlace(batch: number, range: row.attachment))
            }
        }
        let write: (inout CopyWriter) -> Void = { copy in
            for state in last.rows {
                state.row.write(to: &copy, state.details, in: changes.batches)
            }
        }
        guard !last.rows.isEmpty else { return }
        let table = LedgerTable(type)
        if Row.isFinal {
            try copy(into: table, write)
        } else {
            try upsert(table, last.rows.count, write)
        }
    }

    /// Most rows are there already, so they are updated first; what is left is new.
    private func upsert(
        _ table: LedgerTable, _ count: Int, _ write: (inout CopyWriter) -> Void
    ) throws {
        guard count > 0 else { return }
        try connection.copyIn(table.stagedTarget, columnCount: table.columns.count, write)
        let updated = try connection.query(table.updateFromStaged).changedRows
        if updated < count {
            try connection.execute(
                """
                INSERT INTO \(table.copyTarget) SELECT \(table.columnList) FROM \(table.stagedName)
                ON CONFLICT (\(table.key)) DO NOTHING
                """)
        }
        try unstage(table, count)
    }

    func copy(into table: LedgerTable, _ write: (inout CopyWriter) -> Void) throws {
        try connection.copyIn(table.copyTarget, columnCount: table.columns.count, write)
    }

    func writeFills(_ changes: LedgerChanges) throws {
        guard changes.groups.contains(where: { !$0.effects.fills.isEmpty }) else { return }
        try copy(into: .fillRows) { copy in
            var fills: [FillRow] = []
            fills.reserveCapacity(FillRow.mostInRow)
            for group in changes.groups {
                for fill in group.effects.fills {
                    fills.append(fill)
                    guard fills.count == FillRow.mostInRow else { continue }
                    copy.fills(fills)
                    fills.removeAll(keepingCapacity: true)
                }
            }
            if !fills.isEmpty { copy.fills(fills) }
        }
        try joinShortRows(changes.before.fillCount, changes.newest.fillCount)
    }

    /// Makes one row of those that lie within what one can hold, when small writes have filled it.
    ///
    /// A fill alone in a row takes five times the room. Rows of larger writes stay as they are.
    private func joinShortRows(_ before: UInt64, _ after: UInt64) throws {
        let most = UInt64(FillRow.mostInRow)
        let last = after / most * most
        guard last > before, after - before < most / 4 else { return }
        try connection.query(
            planned: LedgerWriter.joinStatement, [.int8(last - most), .int8(last)])
    }

    private static let joinStatement = """
        WITH short AS (
            DELETE FROM fill_rows WHERE last_fill > $1 AND last_fill <= $2 AND first_fill > $1
            RETURNING first_fill, last_fill
        )
        INSERT INTO fill_rows (\(LedgerTable.fillRows.columnList))
        SELECT min(fill_id), max(fill_id), \(
            LedgerTable.fills.columns.dropFirst().map { "array_agg(\($0))" }
                .joined(separator: ", "))
        FROM (
            SELECT * FROM fill_records_of(
                ARRAY(SELECT generate_series(first_fill, last_fill) FROM short))
            ORDER BY fill_id
        ) AS fills HAVING count(*) > 0
        """

    func writeLists(_ changes: LedgerChanges) throws {
        guard !changes.listRows.isEmpty else { return }
        try connection.copyIn(LedgerTable.rowLists.copyTarget, encoded: changes.listRows)
    }
}

extension CopyWriter {
    /// UETRs as 16 bytes each.
    fileprivate mutating func packed(_ uetrs: [UETR]) {
        uetrs.map { $0.bits.bigEndian }.withUnsafeBytes { bytes($0) }
    }

    /// An attachment as text, which is empty where it is erased.
    ///
    /// PostgreSQL refuses bytes that are no UTF-8 and the zero character, and the ledger must not
    /// stop because of them; see ``AttachmentText``.
    mutating func details(_ place: DetailsPlace?, in batches: [Batch]) {
        guard let place, place.range.length > 0 else { return null() }
        guard let attachment = batches[place.batch].attachment(place.range) else {
            return text("")
        }
        AttachmentText.shown(attachment).withUnsafeBytes { bytes($0) }
    }
}
