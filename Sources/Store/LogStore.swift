package import Domain

/// The log of one ledger, open for writing: the node's durable memory.
///
/// Owned by the log thread; every call blocks. While it is open no second gateway can write to the
/// same schema: the session holds an advisory lock that dies with it.
///
/// A failed commit is never tried again. The replica that owns the log stops on any error; the next
/// one finds out what is there by reading it.
package final class LogStore {
    private let address: DatabaseAddress
    private let connection: PostgresConnection
    private var stagedCount = 0
    private var contentsArePrepared = false
    /// The last entry known to be durable.
    package private(set) var last: LogPosition

    /// Entries of one append. Keeps the server's answers within the socket's buffer while the
    /// client is still sending.
    package static let maximumEntriesPerAppend = 1_024

    /// Opens the log for writing.
    ///
    /// - Parameter lockWaitMilliseconds: how long a writer before this one may take to disappear;
    ///   after a crash its server process can live for a moment.
    /// - Throws: ``StoreError``: `anotherWriter` names who writes; `connectionLost`; `database`.
    package init(_ address: DatabaseAddress, lockWaitMilliseconds: Int = 5_000) throws {
        self.address = address
        connection = try LogStore.connect(to: address, lockWaitMilliseconds)
        last = try LogReader(connection).lastPosition()
    }

    /// Appends entries in one transaction and returns when they are durable.
    ///
    /// - Throws: ``StoreError``. `positionMismatch`: they do not follow the last entry, nothing is
    ///   written. `outcomeUnknown`: the connection broke; only the log can tell.
    ///   `database`: PostgreSQL refused, nothing is written, and the node must stop.
    /// - Complexity: one round trip; O(bytes).
    package func append(_ entries: [LogEntry]) throws {
        guard let newest = entries.last else { return }
        try stage(entries)
        try commitStaged()
        last = LogPosition(of: newest)
    }

    /// Sends the rows and leaves the transaction open.
    package func stage(_ entries: [LogEntry]) throws {
        try checkOrder(of: entries)
        try prepareContents(for: entries)
        do {
            try connection.beginPipeline()
            for entry in entries {
                try connection.send(prepared: "append", entry.parameters)
                guard !entry.contents.isEmpty else { continue }
                try connection.send(
                    prepared: "contents", [.int8(entry.index), .bytea(entry.contents)])
            }
        } catch {
            throw unknownOutcome(error)
        }
        stagedCount = entries.reduce(0) { $0 + ($1.contents.isEmpty ? 1 : 2) }
    }

    /// A ledger of version 2 needs no place for them, and on older tables there is none.
    private func prepareContents(for entries: [LogEntry]) throws {
        guard !contentsArePrepared, entries.contains(where: { !$0.contents.isEmpty }) else {
            return
        }
        try connection.prepare("contents", LogStore.contentsStatement, types: [20, 17])
        contentsArePrepared = true
    }

    /// Hands what is staged to the server at once; ``commitStaged()`` would do it too.
    package func flushStaged() throws {
        try connection.flushPipeline()
    }

    package func commitStaged() throws {
        let changed: [Int]
        do {
            changed = try connection.finishPipeline(stagedCount)
        } catch {
            if !connection.isOpen || error.code == .connectionLost { throw unknownOutcome(error) }
            guard error.cause?.sqlState == LogStore.uniqueViolation else { throw error }
            throw mismatch("raft_log already has a row with this index", cause: error.cause)
        }
        // Each row is written only behind its predecessor, so either all are there or none.
        guard changed.allSatisfy({ $0 == 1 }) else {
            throw mismatch("raft_log does not end where this writer believes", cause: nil)
        }
    }

    /// Entries from `index` on; see ``LogReader/read(from:limit:maximumBytes:)``.
    package func read(
        from index: UInt64, limit: Int, maximumBytes: Int = 16 * 1_024 * 1_024
    ) throws -> [LogEntry] {
        try LogReader(connection).read(from: index, limit: limit, maximumBytes: maximumBytes)
    }

    /// All entries from `index` on; nothing may be appended while the cursor is in use.
    package func entries(from index: UInt64) -> LogCursor {
        LogReader(connection).entries(from: index)
    }

    /// The server process of the session, as `pg_stat_activity` names it.
    package var serverProcess: Int32 { connection.serverProcess }

    private static let uniqueViolation = "23505"

    private func checkOrder(of entries: [LogEntry]) throws {
        guard entries.count <= LogStore.maximumEntriesPerAppend else {
            throw StoreError(.invalidArgument, "Too many entries in one append.")
        }
        var previous = last
        for entry in entries {
            let follows = previous.index == 0 || entry.previousHash == previous.checksum
            guard entry.index == previous.index + 1, follows else {
                throw mismatch("entry \(entry.index) does not follow \(previous.index)", cause: nil)
            }
            previous = LogPosition(of: entry)
        }
    }

    private func mismatch(_ what: String, cause: PostgresError?) -> StoreError {
        StoreError(
            .positionMismatch,
            "Schema \(address.schema), last entry \(last.index): \(what). Nothing was written.",
            cause: cause)
    }

    private func unknownOutcome(_ error: any Error) -> StoreError {
        StoreError(
            .outcomeUnknown,
            "The connection broke while entries behind \(last.index) were being written.",
            cause: (error as? StoreError)?.cause)
    }
}

extension LogStore {
    private static func connect(
        to address: DatabaseAddress, _ lockWaitMilliseconds: Int
    ) throws -> PostgresConnection {
        let connection = try PostgresConnection(to: address, applicationName: "langqiao-log")
        try connection.execute("SET synchronous_commit = on")
        try lock(connection, lockWaitMilliseconds)
        try connection.prepare("append", appendStatement, types: LogEntry.parameterTypes)
        return connection
    }

    /// The guard stands in the statement itself, so it holds whatever this process believes.
    private static let appendStatement = """
        INSERT INTO raft_log
            (log_index, term, recorded_at, timestamp_ns, command_count, previous_hash, checksum,
            payload)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8
        WHERE CASE
            WHEN $1 = 1 THEN NOT EXISTS (SELECT FROM raft_log)
            ELSE EXISTS (SELECT FROM raft_log WHERE log_index = $1 - 1 AND checksum = $6)
        END
        """

    /// Only beside its batch.
    private static let contentsStatement = """
        INSERT INTO raft_contents (log_index, contents)
        SELECT $1, $2 WHERE EXISTS (SELECT FROM raft_log WHERE log_index = $1)
        """

    private static func lock(_ connection: PostgresConnection, _ milliseconds: Int) throws {
        let schema = connection.address.schema
        try connection.execute("SET lock_timeout = \(max(1, milliseconds))")
        do {
            try connection.query(
                "SELECT 1 FROM pg_advisory_lock(hashtextextended($1, 2))", [.text(schema)])
        } catch {
            guard error.cause?.sqlState == lockNotAvailable else { throw error }
            let holder = try lockHolder(connection) ?? "it has just gone"
            throw StoreError(
                .anotherWriter,
                "Another gateway writes to schema \(schema): \(holder). Stop it first.")
        }
        try connection.execute("SET lock_timeout = 0")
    }

    private static let lockNotAvailable = "55P03"

    private static func lockHolder(_ connection: PostgresConnection) throws -> String? {
        try connection.query(
            """
            SELECT format('server process %s, connected since %s', pid, backend_start)
            FROM pg_locks JOIN pg_stat_activity USING (pid)
            WHERE locktype = 'advisory' AND granted AND objsubid = 1
                AND (classid::bigint << 32 | objid::bigint) = hashtextextended($1, 2)
            """, [.text(connection.address.schema)]
        ).first { $0.text() }
    }
}

extension LogEntry {
    static let parameterTypes: [UInt32] = [20, 20, 1184, 20, 23, 17, 17, 17]

    var parameters: [Parameter] {
        [
            .int8(index), .int8(term), .time(timestamp), .int8(timestamp), .int4(commandCount),
            .bytea(previousHash), .bytea(checksum), .bytea(payload),
        ]
    }
}
