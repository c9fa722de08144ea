public import Domain

/// Writes what the engine did into the ledger tables.
///
/// Owned by the ledger thread; every call blocks. A write is one transaction with the applied
/// position in it, committed with `synchronous_commit = off`: the log row is durable already and
/// there is one WAL, so the tables can fall behind the log in a crash but never run ahead of it.
public final class LedgerWriter {
    private let connection: PostgresConnection
    private var merged = MergedEffects()
    private var stagedPosition = LedgerPosition()
    /// What the tables hold.
    public private(set) var position: LedgerPosition

    /// - Throws: ``StoreError``: `connectionLost`, `database`.
    public init(_ address: DatabaseAddress) throws {
        connection = try PostgresConnection(to: address, applicationName: "langqiao-ledger")
        try connection.execute("SET synchronous_commit = off")
        // Staged rows are few beside the table: go through the key, whatever the statistics say of
        // a temporary table that nobody ever analyses.
        try connection.execute("SET enable_hashjoin = off; SET enable_mergejoin = off")
        for table in LedgerWriter.stagedTables {
            try connection.execute(
                """
                CREATE TEMPORARY TABLE \(table.stagedName) (LIKE \(table.name))
                ON COMMIT DELETE ROWS
                """)
        }
        position = try LedgerReader(connection).position()
    }

    /// Writes the effects of consecutive batches in one transaction.
    ///
    /// A row that changed several times is written once, in its last state.
    ///
    /// - Parameter groups: batches in log order with what applying them did; the first follows the
    ///   stored position. Attachments are read from the batches.
    /// - Throws: ``StoreError``. `positionMismatch`: the batches do not follow what is stored;
    ///   nothing is written. `connectionLost`, `database`: nothing is known to be written; open a
    ///   new writer, which reads the position back, and replay the log behind it.
    /// - Complexity: O(rows), with a bounded buffer beside the rows themselves.
    public func write(_ groups: [(batch: Batch, effects: Effects)]) throws {
        guard !groups.isEmpty else { return }
        try stage(groups)
        try commitStaged()
    }

    /// Does everything but the commit.
    package func stage(_ groups: [(batch: Batch, effects: Effects)]) throws {
        let newest = try checkOrder(of: groups)
        merged.removeAll()
        for (number, group) in groups.enumerated() {
            merged.merge(group.effects, batch: number)
        }
        do {
            try connection.execute("BEGIN")
            try advance(to: newest, from: position.logIndex)
            try writeReferenceRows(groups)
            try writePayments(groups)
            try writeFills(groups)
            try writeFundings(groups)
        } catch {
            connection.rollBack()
            throw error
        }
        stagedPosition = newest
    }

    package func commitStaged() throws {
        do {
            try connection.execute("COMMIT")
        } catch {
            connection.rollBack()
            throw error
        }
        position = stagedPosition
    }

    /// The server process of the session, as `pg_stat_activity` names it.
    package var serverProcess: Int32 { connection.serverProcess }

    private static let stagedTables: [LedgerTable] = [
        .participants, .corridors, .accounts, .payments,
    ]

    private func checkOrder(of groups: [(batch: Batch, effects: Effects)]) throws -> LedgerPosition
    {
        var last = position.logIndex
        for group in groups {
            guard group.effects.position.logIndex == last + 1 else {
                throw mismatch(group.effects.position.logIndex, last)
            }
            last += 1
        }
        return groups[groups.count - 1].effects.position
    }

    private func mismatch(_ given: UInt64, _ last: UInt64) -> StoreError {
        StoreError(
            .positionMismatch,
            """
            Batch \(given) does not follow \(last), the last one in schema \
            \(connection.address.schema). Nothing was written.
            """)
    }
}

// MARK: - Rows

extension LedgerWriter {
    /// Moves the applied position. The row lock makes a second writer wait here and then fail.
    private func advance(to newest: LedgerPosition, from expected: UInt64) throws {
        let columns = LedgerTable.applied.columns
        let list = columns.enumerated().map { "\($1) = $\($0 + 1)" }.joined(separator: ", ")
        let result = try connection.query(
            "UPDATE applied SET \(list) WHERE log_index = $\(columns.count + 1)",
            newest.parameters + [.int8(expected)])
        guard result.changedRows == 1 else { throw mismatch(expected + 1, expected) }
    }

    private func writeReferenceRows(_ groups: [(batch: Batch, effects: Effects)]) throws {
        let batches = groups.map(\.batch)
        try upsert(.participants, merged.participants) { row, place, copy in
            row.write(to: &copy)
            copy.details(place, in: batches)
        }
        try upsert(.corridors, merged.corridors) { row, _, copy in row.write(to: &copy) }
        try upsert(.accounts, merged.accounts) { row, _, copy in row.write(to: &copy) }
    }

    private func upsert<Key, Row>(
        _ table: LedgerTable, _ states: LastStates<Key, Row>,
        _ write: (Row, DetailsPlace?, inout CopyWriter) -> Void
    ) throws {
        guard !states.isEmpty else { return }
        try copy(states, into: table.stagedTarget, table, write)
        try connection.execute(
            """
            INSERT INTO \(table.copyTarget) SELECT \(table.columnList) FROM \(table.stagedName)
            ON CONFLICT (\(table.key)) DO UPDATE SET \(table.assignments(from: "excluded"))
            """)
    }

    /// New payments go straight into their table, changed ones through a staged copy.
    private func writePayments(_ groups: [(batch: Batch, effects: Effects)]) throws {
        let table = LedgerTable.payments
        let batches = groups.map(\.batch)
        let write = { (row: PaymentRow, place: DetailsPlace?, copy: inout CopyWriter) in
            row.write(to: &copy)
            copy.details(place, in: batches)
        }
        if !merged.newPayments.isEmpty {
            try copy(merged.newPayments, into: table.copyTarget, table, write)
        }
        guard !merged.changedPayments.isEmpty else { return }
        try copy(merged.changedPayments, into: table.stagedTarget, table, write)
        let updated = try connection.query(
            """
            UPDATE payments SET \(table.assignments(from: "staged"))
            FROM \(table.stagedName) AS staged WHERE payments.payment_id = staged.payment_id
            """
        ).changedRows
        guard updated == merged.changedPayments.rows.count else {
            throw StoreError(
                .database,
                "\(merged.changedPayments.rows.count) payments changed, \(updated) are on record.")
        }
    }

    private func copy<Key, Row>(
        _ states: LastStates<Key, Row>, into target: String, _ table: LedgerTable,
        _ write: (Row, DetailsPlace?, inout CopyWriter) -> Void
    ) throws {
        try connection.copyIn(target, columnCount: table.columns.count) { copy in
            for state in states.rows { write(state.row, state.details, &copy) }
        }
    }

    private func writeFills(_ groups: [(batch: Batch, effects: Effects)]) throws {
        guard groups.contains(where: { !$0.effects.fills.isEmpty }) else { return }
        let table = LedgerTable.fills
        try connection.copyIn(table.copyTarget, columnCount: table.columns.count) { copy in
            for group in groups {
                for row in group.effects.fills { row.write(to: &copy) }
            }
        }
    }

    private func writeFundings(_ groups: [(batch: Batch, effects: Effects)]) throws {
        guard groups.contains(where: { !$0.effects.fundings.isEmpty }) else { return }
        let table = LedgerTable.fundings
        let batches = groups.map(\.batch)
        try connection.copyIn(table.copyTarget, columnCount: table.columns.count) { copy in
            for (number, group) in groups.enumerated() {
                for row in group.effects.fundings {
                    row.write(to: &copy)
                    let place = DetailsPlace(batch: number, range: row.attachment)
                    copy.details(row.attachment.length > 0 ? place : nil, in: batches)
                }
            }
        }
    }
}

extension CopyWriter {
    /// An attachment as text.
    ///
    /// PostgreSQL refuses bytes that are no UTF-8 and the zero character, and the ledger must not
    /// stop because of them: they become U+FFFD here. The log keeps the exact bytes.
    mutating func details(_ place: DetailsPlace?, in batches: [Batch]) {
        guard let place else { return null() }
        batches[place.batch].bytes.withUnsafeBytes { whole in
            let start = Int(place.range.offset)
            let end = start + Int(place.range.length)
            require(end <= whole.count, "an attachment lies inside its batch")
            let attachment = UnsafeRawBufferPointer(rebasing: whole[start..<end])
            if attachment.allSatisfy({ $0 > 0 && $0 < 0x80 }) {
                bytes(attachment)
            } else {
                let repaired = String(decoding: attachment, as: UTF8.self)
                let replaced = repaired.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 }
                var scalars = String.UnicodeScalarView()
                scalars.append(contentsOf: replaced)
                text(String(scalars))
            }
        }
    }
}
