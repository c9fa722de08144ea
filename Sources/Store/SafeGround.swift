internal import Consensus
internal import Domain

/// Whether a database still holds what this node promised: a node that forgot a vote or an entry
/// can take part in the loss of a payment that was acknowledged.
///
/// What it finds is never repaired here; an operator decides, see docs/operating.md.
enum SafeGround {
    /// The server behind a session.
    struct Server: Equatable {
        /// Given by `initdb`; it stays for the life of the data directory and its physical copies.
        let system: UInt64
        /// Counts on when a server is restored or promoted.
        let timeline: Int32
    }

    /// The one row of `raft_state`, and what rows and tables say.
    struct Record {
        var node: NodeID?
        var hardState: HardState
        var server: Server?
        var isRememberedOutside: Bool
    }

    /// - Throws: ``StoreError`` with code `unsafeGround` when the server can lose or tear what it
    ///   said was written.
    static func checkSettings(_ connection: PostgresConnection) throws {
        for (setting, loss) in [
            ("fsync", "take back what was acknowledged"),
            ("full_page_writes", "leave torn pages behind"),
        ] {
            let value = try connection.query("SELECT current_setting($1)", [.text(setting)])
                .first { $0.text() }
            guard value == "on" else {
                throw StoreError(
                    .unsafeGround,
                    """
                    PostgreSQL runs with \(setting) = \(value ?? "null"), so a power failure could \
                    \(loss). Set \(setting) = on in postgresql.conf and reload it.
                    """)
            }
        }
    }

    /// The timeline is the one that is written now: that of `pg_control_checkpoint()` is behind it
    /// for a while after a promotion.
    static func server(_ connection: PostgresConnection) throws -> Server {
        let server = try connection.query(
            """
            SELECT system_identifier,
                ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer
            FROM pg_control_system()
            """
        ).first { Server(system: $0.int8AsUnsigned(), timeline: $0.integer()) }
        guard let server else {
            throw StoreError(.database, "pg_control_system() gives no row.")
        }
        return server
    }

    /// Reads what this node has promised.
    ///
    /// The commit indices of rows never go back, so that of the last row is their greatest.
    static func record(
        _ connection: PostgresConnection, _ last: LogPosition
    ) throws -> Record {
        let record = try connection.query(
            """
            SELECT node_id, term, vote, greatest(
                    raft_state.commit_index, applied.log_index,
                    (SELECT commit_index FROM raft_log ORDER BY log_index DESC LIMIT 1)
                ), system_identifier, timeline, remembered_outside
            FROM raft_state, applied
            """
        ).first { row in
            let node = row.integer(orNull: Int64(noNode))
            var hardState = HardState(
                term: row.int8AsUnsigned(), vote: row.int8AsUnsigned(),
                commit: row.int8AsUnsigned())
            let system = row.integer(orNull: Int64(0))
            let timeline = row.integer(orNull: Int32(0))
            let outside = row.boolean()
            try row.check("raft_state")
            // As older programs left it, which knew one term and no votes.
            if last.term > hardState.term {
                hardState.term = last.term
                hardState.vote = noNode
            }
            return Record(
                node: node == Int64(noNode) ? nil : NodeID(bitPattern: node), hardState: hardState,
                server: timeline == 0
                    ? nil : Server(system: UInt64(bitPattern: system), timeline: timeline),
                isRememberedOutside: outside)
        }
        guard let record else { throw StoreError(.rowUnreadable, "raft_state has no row.") }
        return record
    }

    /// Compares what was with what is.
    ///
    /// - Throws: ``StoreError`` with code `unsafeGround`, saying what differs.
    static func check(
        _ record: Record, on server: Server, last: LogPosition, node: NodeID
    ) throws(StoreError) {
        if let known = record.node, known != node {
            throw refusal("The log belongs to node \(known), and this is node \(node)")
        }
        if let known = record.server, known.system != server.system {
            throw refusal(
                """
                The log was written on the PostgreSQL with system identifier \(known.system), and \
                this one has \(server.system): it is a copy or was upgraded
                """)
        }
        if let known = record.server, known.timeline != server.timeline {
            throw refusal(
                """
                The log was written on timeline \(known.timeline) of its PostgreSQL, which is on \
                timeline \(server.timeline) now: it was restored or promoted
                """)
        }
        guard record.hardState.commit <= last.index else {
            throw refusal(
                """
                The log ends at batch \(last.index), but all up to \(record.hardState.commit) are \
                committed or shown by the tables
                """)
        }
    }

    /// Compares the log with what the file outside remembers.
    ///
    /// Of two logs the one with the later last term is newer, then the longer one (Raft paper,
    /// 5.4.1): a tail that was replaced may have been longer.
    ///
    /// - Throws: ``StoreError`` with code `unsafeGround`.
    static func check(
        _ record: Record, last: LogPosition, against remembered: RememberedLog?, at path: String
    ) throws(StoreError) {
        guard let remembered else {
            guard !record.isRememberedOutside else {
                throw refusal("\(path) is missing, which remembers how far the log had come")
            }
            return
        }
        let end = EntryID(term: last.term, index: last.index)
        guard end.isAtLeastAsFresh(as: remembered.last) else {
            throw refusal(
                """
                \(path) remembers batch \(remembered.last.index) of term \
                \(remembered.last.term), but the log ends at batch \(last.index) of term \
                \(last.term): it is an older copy
                """)
        }
        let (term, vote) = (record.hardState.term, record.hardState.vote)
        guard term >= remembered.term else {
            throw refusal(
                """
                \(path) remembers term \(remembered.term), but the log is in term \(term): it is \
                an older copy
                """)
        }
        guard term > remembered.term || remembered.vote == noNode || vote == remembered.vote else {
            throw refusal(
                """
                \(path) remembers a vote for node \(remembered.vote) in term \(term), and the \
                log does not: it is an older copy
                """)
        }
    }

    private static func refusal(_ finding: String) -> StoreError {
        StoreError(
            .unsafeGround,
            """
            \(finding). What this node acknowledged may be missing, so it does not start; see \
            "A log that was restored" in docs/operating.md.
            """)
    }
}
