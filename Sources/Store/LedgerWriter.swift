package import Domain

/// Writes what the engine did into the ledger tables.
///
/// Owned by the ledger thread; every call blocks. A write is one transaction with the applied
/// position in it, committed with `synchronous_commit = off`: the log row is durable already and
/// there is one WAL, so the tables can fall behind the log in a crash but never run ahead of it.
package final class LedgerWriter {
    let connection: PostgresConnection
    /// For those who have nobody to make changes ready beside the writer.
    private let ownChanges = LedgerChanges()
    /// Segments below this one are there.
    var nextSegment: UInt64 = 0
    private var stagedPosition = LedgerPosition()
    /// Rows that each staged table has held since its file was last given back.
    private var heldRows: [String: Int] = [:]
    /// With so many the file is given back.
    private static let mostHeldRows = 4_096
    private var lastFreeze = ContinuousClock.now
    /// Between two visits that freeze the staged tables: some million transactions of the log.
    private static let freezeInterval = Duration.seconds(3_600)
    /// What the tables hold.
    package private(set) var position: LedgerPosition

    /// - Throws: ``StoreError``: `connectionLost`, `database`.
    package init(_ address: DatabaseAddress) throws {
        connection = try PostgresConnection(to: address, applicationName: "langqiao-ledger")
        try connection.execute("SET synchronous_commit = off")
        // Staged rows are few beside the table: go through the key, whatever the statistics say of
        // a temporary table that nobody ever analyses.
        try connection.execute("SET enable_hashjoin = off; SET enable_mergejoin = off")
        for table in LedgerWriter.stagedTables {
            try connection.execute(
                """
                CREATE TEMPORARY TABLE \(table.stagedName) AS
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
    /// - Parameter changes: follow the stored position. Attachments are read from the batches; the
    ///   changes let them go when they are written.
    /// - Throws: ``StoreError``. `positionMismatch`: the changes do not follow what is stored;
    ///   nothing is written. `connectionLost`, `database`: nothing is known to be written; open a
    ///   new writer, which reads the position back, and replay the log behind it.
    /// - Complexity: O(rows), with a bounded buffer beside the changes themselves.
    package func write(_ changes: LedgerChanges) throws {
        try stage(changes)
        try commitStaged()
        changes.release()
        if lastFreeze.duration(to: .now) > LedgerWriter.freezeInterval {
            try freezeStagedTables()
            lastFreeze = .now
        }
    }

    /// Tells PostgreSQL that the staged tables hold no old transactions.
    ///
    /// They live as long as the session, and no autovacuum may touch another session's temporary
    /// tables: without this they would hold back the whole database, until after two thousand
    /// million transactions PostgreSQL accepted no more.
    package func freezeStagedTables() throws {
        for table in LedgerWriter.stagedTables {
            try connection.execute("VACUUM (FREEZE) \(table.stagedName)")
        }
    }

    /// Makes changes of what batches did, and writes them.
    ///
    /// - Parameter groups: batches in log order with what applying them did; the first follows the
    ///   stored position.
    /// - Throws: as ``write(_:)-(LedgerChanges)``.
    package func write(_ groups: [(batch: Batch, effects: Effects)]) throws {
        guard !groups.isEmpty else { return }
        try ownChanges.take(groups, after: position)
        try write(ownChanges)
    }

    /// Does everything but the commit.
    package func stage(_ changes: LedgerChanges) throws {
        guard changes.before.logIndex == position.logIndex else {
            throw mismatch(changes.before.logIndex + 1, position.logIndex)
        }
        do {
            try connection.execute("BEGIN")
            try advance(to: changes.newest, from: position.logIndex)
            try writeBatches(changes)
            for type in DeclaredRows.all { try writeDeclared(type, changes) }
            try writeAccounts(changes)
            try writeOpenPayments(changes)
            try writeFinalPayments(changes)
            try writeFills(changes)
            try writeLists(changes)
            try writeTotals(changes)
        } catch {
            rollBack()
            throw error
        }
        stagedPosition = changes.newest
    }

    /// Takes out of a staged table what was put there.
    ///
    /// To give a file back and get another one takes longer than all else that a transaction of
    /// few rows does, and queries wait for it. So few rows are deleted; that leaves their places
    /// behind, and from time to time the file is given back after all.
    func unstage(_ table: LedgerTable, _ count: Int) throws {
        let held = heldRows[table.name, default: 0] + count
        let isMany = held > LedgerWriter.mostHeldRows
        heldRows[table.name] = isMany ? 0 : held
        try connection.execute("\(isMany ? "TRUNCATE" : "DELETE FROM") \(table.stagedName)")
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

    private static let stagedTables: [LedgerTable] =
        DeclaredRows.all.filter { !$0.isFinal }.map { LedgerTable($0) } + [
            .accounts, .openPayments,
        ]

    func mismatch(_ given: UInt64, _ last: UInt64) -> StoreError {
        StoreError(
            .positionMismatch,
            """
            Batch \(given) does not follow \(last), the last one in schema \
            \(connection.address.schema). Nothing was written.
            """)
    }
}
