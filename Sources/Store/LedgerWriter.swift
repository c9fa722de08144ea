public import Domain

/// Writes what the engine did into the ledger tables.
///
/// Owned by the ledger thread; every call blocks. A write is one transaction with the applied
/// position in it, committed with `synchronous_commit = off`: the log row is durable already and
/// there is one WAL, so the tables can fall behind the log in a crash but never run ahead of it.
public final class LedgerWriter {
    let connection: PostgresConnection
    var merged = MergedEffects()
    var lists = RowListBuilder()
    var otherLists = RowListBuilder()
    var byUETR = UETROrder()
    var ended: [EndedPayment] = []
    /// Segments below this one are there.
    var nextSegment: UInt64 = 0
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
                CREATE TEMPORARY TABLE \(table.stagedName) ON COMMIT DELETE ROWS AS
                SELECT \(table.changingColumns.joined(separator: ", ")) FROM \(table.name)
                WITH NO DATA
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
        try merged.merge(
            groups, onRecord: position.paymentCount, newest: newest.paymentCount)
        do {
            try connection.execute("BEGIN")
            try advance(to: newest, from: position.logIndex)
            try writeBatches(groups)
            try writeReferenceRows(groups)
            try writeOpenPayments(groups)
            try writeFinalPayments(groups)
            try writeFills(groups)
            try writeLists(groups)
            try writeFundings(groups)
        } catch {
            rollBack()
            throw error
        }
        stagedPosition = newest
    }

    package func commitStaged() throws {
        do {
            try connection.execute("COMMIT")
        } catch {
            rollBack()
            throw error
        }
        position = stagedPosition
    }

    private func rollBack() {
        connection.rollBack()
        // Segments made in the transaction are gone again.
        nextSegment = 0
    }

    /// The server process of the session, as `pg_stat_activity` names it.
    package var serverProcess: Int32 { connection.serverProcess }

    private static let stagedTables: [LedgerTable] = [
        .participants, .corridors, .accounts, .openPayments,
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

    func mismatch(_ given: UInt64, _ last: UInt64) -> StoreError {
        StoreError(
            .positionMismatch,
            """
            Batch \(given) does not follow \(last), the last one in schema \
            \(connection.address.schema). Nothing was written.
            """)
    }
}
