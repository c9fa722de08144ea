internal import Consensus
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
    private let settings: LogSettings
    private let parts: LogPartMaker
    private let memory: LogMemory?
    /// The part for which statements are prepared.
    private var part: LogPart?
    private var staged: (statements: [LogStatement], isExplicit: Bool) = ([], false)
    /// Term and vote as they are stored.
    private var promised: (term: UInt64, vote: NodeID)
    /// What was there when the log was opened.
    package let recovered: RecoveredLog
    /// The last entry known to be durable.
    package private(set) var last: LogPosition

    /// Entries of one write. Keeps the server's answers within the socket's buffer while the
    /// client is still sending.
    package static let maximumEntriesPerWrite = 1_024

    /// Opens the log for writing.
    ///
    /// - Parameter lockWaitMilliseconds: how long a writer before this one may take to disappear;
    ///   after a crash its server process can live for a moment.
    /// - Throws: ``StoreError``: `anotherWriter` names who writes; `unsafeGround` when the server
    ///   can lose what it stored, or is not the one that has stored what this node acknowledged;
    ///   `connectionLost`; `database`.
    package init(
        _ address: DatabaseAddress, _ settings: LogSettings = LogSettings(),
        lockWaitMilliseconds: Int = 5_000
    ) throws {
        let connection = try LogStore.connect(to: address, lockWaitMilliseconds)
        let ground = try LogGround(connection, settings)
        let file = settings.memory.map { MemoryFile(directory: $0, schema: address.schema) }
        if let file {
            try SafeGround.check(
                ground.record, last: ground.last, against: try file.read(), at: file.path)
        }
        let end = try LogPart.all(connection).last?.end ?? 1
        let hardState = ground.record.hardState
        self.address = address
        self.connection = connection
        self.settings = settings
        last = ground.last
        promised = (hardState.term, hardState.vote)
        recovered = RecoveredLog(last: ground.last, hardState: hardState)
        parts = LogPartMaker(address, size: settings.partSize, end: end)
        memory = try file.map { try LogMemory($0, ground.remembered) }
        try ground.keep(isRememberedOutside: file != nil, connection)
    }

    /// Stores what a step asks for in one transaction and returns when it is durable.
    ///
    /// Entries at or below the last index replace all that is there from the first of them on, with
    /// what stands beside it. SQL itself refuses that for what is committed, whatever this process
    /// believes.
    ///
    /// - Throws: ``StoreError``. `positionMismatch`: the entries do not follow, or a term or vote
    ///   would be taken back; `committed`: they would replace what is committed; nothing is written
    ///   then. `outcomeUnknown`: the connection broke; only the log can tell. `database`:
    ///   PostgreSQL refused, nothing is written. `unsafeGround`: the file outside cannot be
    ///   written. The node must stop on each of them.
    /// - Complexity: one round trip, three when term or vote change or entries are replaced; with a
    ///   file outside one sync of it; O(bytes).
    package func write(_ write: LogWrite) throws {
        guard !write.isEmpty else { return }
        try stage(write)
        try commitStaged()
        if let newest = write.entries.last { last = LogPosition(of: newest) }
        if let state = write.hardState { promised = (state.term, state.vote) }
        if last.term > promised.term { promised = (last.term, noNode) }
        try memory?.keep(
            RememberedLog(
                term: promised.term, vote: promised.vote,
                last: EntryID(term: last.term, index: last.index)))
        parts.logReached(last.index)
    }

    /// Appends entries in one transaction and returns when they are durable; see ``write(_:)``.
    package func append(_ entries: [LogEntry]) throws {
        try write(LogWrite(entries: entries))
    }

    /// Sends what ``write(_:)`` writes, and leaves the transaction open.
    package func stage(_ write: LogWrite) throws {
        try checkOrder(of: write)
        if let newest = write.entries.last { try preparePart(for: newest.index) }
        let replaced = write.entries.first.map(\.index).flatMap { $0 <= last.index ? $0 : nil }
        // In the steady state the rows are the transaction, and no statement stands beside them.
        let isExplicit = write.hardState != nil || replaced != nil
        staged = ([], isExplicit)
        do {
            if isExplicit { try connection.execute("BEGIN") }
            try connection.beginPipeline()
            if let replaced {
                try send(.dropContents, [.int8(replaced)])
                try send(.dropTail, [.int8(replaced)])
            }
            for entry in write.entries { try send(entry) }
            if let state = write.hardState { try send(.promise, state.parameters) }
        } catch {
            throw unknownOutcome(error)
        }
    }

    private func send(_ entry: LogEntry) throws {
        // Where the entry before lies in another part, the statement has to look at all of them.
        let isWithin = part?.contains(entry.index - 1) == true
        try send(isWithin ? .appendToPart : .append, entry.parameters)
        guard !entry.contents.isEmpty else { return }
        try send(
            isWithin ? .contentsToPart : .contents, [.int8(entry.index), .bytea(entry.contents)])
    }

    private func send(_ statement: LogStatement, _ parameters: [Parameter]) throws {
        try connection.send(prepared: statement.rawValue, parameters)
        staged.statements.append(statement)
    }

    /// Hands what is staged to the server at once; ``commitStaged()`` would do it too.
    package func flushStaged() throws {
        try connection.flushPipeline()
    }

    package func commitStaged() throws {
        do throws(StoreError) {
            let changed = try connection.finishPipeline(staged.statements.count)
            // Each row is written only behind its predecessor, so either all are there or none.
            for (statement, count) in zip(staged.statements, changed) {
                if let mistake = statement.mistake(changed: count) {
                    throw mismatch(mistake)
                }
            }
            if staged.isExplicit { try connection.execute("COMMIT") }
        } catch {
            if !connection.isOpen || error.code == .connectionLost { throw unknownOutcome(error) }
            if staged.isExplicit { connection.rollBack() }
            switch error.cause?.sqlState {
            case LogStore.uniqueViolation:
                throw mismatch("raft_log already has a row with this index", cause: error.cause)
            case LogStore.isCommitted:
                throw StoreError(
                    .committed, "Entries that are committed cannot be replaced.",
                    cause: error.cause)
            default: throw error
            }
        }
    }

    /// Entries from `index` on; see ``LogReader/read(from:through:limit:maximumBytes:)``.
    package func read(
        from index: UInt64, through end: UInt64 = UInt64(Int64.max), limit: Int,
        maximumBytes: Int = 16 * 1_024 * 1_024
    ) throws -> [LogEntry] {
        try LogReader(connection).read(
            from: index, through: end, limit: limit, maximumBytes: maximumBytes)
    }

    /// All entries from `index` on; nothing may be written while the cursor is in use.
    package func entries(from index: UInt64) -> LogCursor {
        LogReader(connection).entries(from: index)
    }

    /// The server process of the session, as `pg_stat_activity` names it.
    package var serverProcess: Int32 { connection.serverProcess }

    private static let uniqueViolation = "23505"
    /// What `keep_committed` says.
    private static let isCommitted = "LQ001"

    // MARK: Checks

    private func checkOrder(of write: LogWrite) throws {
        let entries = write.entries
        guard entries.count <= LogStore.maximumEntriesPerWrite else {
            throw StoreError(.invalidArgument, "Too many entries in one write.")
        }
        let end = entries.last?.index ?? last.index
        let known = entries.reduce(write.hardState?.commit ?? 0) { max($0, $1.commit) }
        guard known <= end else {
            throw mismatch("the log ends at \(end), which cannot be committed to \(known)")
        }
        guard let first = entries.first else { return }
        guard first.index > 0, first.index <= last.index + 1 else {
            throw mismatch("entry \(first.index) does not follow \(last.index)")
        }
        // Behind an entry that stays, the table compares.
        if first.index == last.index + 1, last.index > 0, first.previousHash != last.checksum {
            throw mismatch("entry \(first.index) has another predecessor than \(last.index)")
        }
        for (before, entry) in zip(entries, entries.dropFirst()) {
            guard entry.index == before.index + 1, entry.previousHash == before.checksum,
                entry.term >= before.term, entry.commit >= before.commit
            else { throw mismatch("entry \(entry.index) does not follow \(before.index)") }
        }
    }

    private func mismatch(_ what: String, cause: PostgresError? = nil) -> StoreError {
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

    // MARK: Parts

    /// Prepares statements that name the part of this index, so that it makes no difference how
    /// many parts there are. Makes the part if nobody has.
    private func preparePart(for index: UInt64) throws {
        if let part, part.contains(index) { return }
        let parts = try existingParts(upTo: index)
        guard let next = parts.last(where: { $0.contains(index) }) else {
            throw StoreError(.database, "raft_log has no part for batch \(index).")
        }
        if part != nil {
            try connection.execute("DEALLOCATE append_to_part; DEALLOCATE contents_to_part")
            part = nil
        }
        try connection.prepare(.appendToPart, in: next)
        try connection.prepare(.contentsToPart, in: next)
        part = next
    }

    private func existingParts(upTo index: UInt64) throws -> [LogPart] {
        var found = try LogPart.all(connection)
        while let end = found.last?.end, end <= index {
            try LogPart.add(end..<end + settings.partSize, connection)
            found = try LogPart.all(connection)
        }
        parts.partsReach(found.last?.end ?? 1)
        return found
    }
}

extension LogStore {
    /// Makes a database that is not the one on which this node wrote its log, or holds an older
    /// copy of it, the node's own from now on. What it acknowledged behind the end of this log is
    /// given up; a promise that the file outside remembers is kept.
    ///
    /// Only for a node that has its cluster to itself: among others it has to be added anew.
    ///
    /// - Throws: as opening does, except for what it is there to accept.
    package static func takeOver(
        _ address: DatabaseAddress, _ settings: LogSettings, lockWaitMilliseconds: Int = 5_000
    ) throws {
        let connection = try connect(to: address, lockWaitMilliseconds)
        let file = settings.memory.map { MemoryFile(directory: $0, schema: address.schema) }
        let remembered = try file?.read()
        var ground = try LogGround(taking: connection, settings)
        if let remembered { ground.keepPromise(of: remembered) }
        try file?.write(ground.remembered)
        try ground.keep(isRememberedOutside: file != nil, connection)
    }

    private static func connect(
        to address: DatabaseAddress, _ lockWaitMilliseconds: Int
    ) throws -> PostgresConnection {
        let connection = try PostgresConnection(to: address, applicationName: "langqiao-log")
        try connection.execute("SET synchronous_commit = on")
        try lock(connection, lockWaitMilliseconds)
        for statement: LogStatement in [.append, .contents, .dropContents, .dropTail, .promise] {
            try connection.prepare(statement)
        }
        return connection
    }

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

    /// Who writes to the schema at this moment, as PostgreSQL knows him; nil when nobody does.
    package static func writer(of address: DatabaseAddress) throws -> String? {
        try lockHolder(PostgresConnection(to: address, applicationName: "langqiao-look"))
    }

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
