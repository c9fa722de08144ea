package import Domain

/// Reads the log without taking part in writing it: for verification beside a running gateway.
///
/// Blocking; belongs to the thread that made it.
package final class LogReader {
    private let connection: PostgresConnection

    /// - Throws: ``StoreError`` with code `connectionLost`.
    package init(_ address: DatabaseAddress) throws {
        connection = try PostgresConnection(to: address, applicationName: "langqiao-log-reader")
    }

    init(_ connection: PostgresConnection) {
        self.connection = connection
    }

    /// The last entry's place, ``LogPosition/start`` when there is none.
    package func lastPosition() throws -> LogPosition {
        try connection.query(
            "SELECT \(LogPosition.columnList) FROM raft_log ORDER BY log_index DESC LIMIT 1"
        ).first { try LogPosition(from: &$0) } ?? .start
    }

    /// Entries from `index` on, in order.
    ///
    /// - Parameters:
    ///   - end: the last index wanted.
    ///   - limit: at most so many entries.
    ///   - maximumBytes: stops before the entry with which payloads and contents exceed it, but
    ///     gives at least one entry when there is one.
    ///   - onlyWithContents: passes over entries beside which nothing stands.
    /// - Complexity: O(entries); payloads beyond the bound are not read.
    package func read(
        from index: UInt64, through end: UInt64 = UInt64(Int64.max), limit: Int,
        maximumBytes: Int = 16 * 1_024 * 1_024, onlyWithContents: Bool = false
    ) throws -> [LogEntry] {
        // The running total needs only the stored sizes, which lie in the row itself.
        let join = onlyWithContents ? "JOIN" : "LEFT JOIN"
        let sql = """
            SELECT \(LogEntry.columnList)
            FROM (
                SELECT *, sum(size) OVER (ORDER BY log_index) AS total
                FROM (
                    SELECT raft_log.*, contents,
                        octet_length(payload) + coalesce(octet_length(contents), 0) AS size
                    FROM raft_log \(join) raft_contents USING (log_index)
                    WHERE log_index BETWEEN $1 AND $4 ORDER BY log_index LIMIT $2
                ) AS sized
            ) AS page
            WHERE total <= $3 OR total = size
            ORDER BY log_index
            """
        return try connection.query(
            sql,
            [.int8(index), .int8(Int64(limit)), .int8(Int64(maximumBytes)), .int8(end)]
        ).map { try LogEntry(from: &$0) }
    }

    /// All entries from `index` on, fetched in pages of bounded size.
    package func entries(from index: UInt64) -> LogCursor {
        LogCursor(reader: self, next: index)
    }
}

/// Walks the log entry by entry; holds one page of at most 256 entries and 16 MiB or one entry.
package struct LogCursor {
    private let reader: LogReader
    private var nextIndex: UInt64
    private var page: ArraySlice<LogEntry> = []

    init(reader: LogReader, next: UInt64) {
        self.reader = reader
        nextIndex = next
    }

    /// The next entry, nil behind the last one. Entries appended meanwhile are found.
    ///
    /// - Throws: ``StoreError``; `positionMismatch` when an index is missing in the table.
    package mutating func next() throws -> LogEntry? {
        if page.isEmpty {
            page = try reader.read(from: nextIndex, limit: 256)[...]
        }
        guard let entry = page.popFirst() else { return nil }
        guard entry.index == nextIndex else {
            throw StoreError(
                .positionMismatch, "raft_log has no row \(nextIndex), but has \(entry.index).")
        }
        nextIndex += 1
        return entry
    }
}
