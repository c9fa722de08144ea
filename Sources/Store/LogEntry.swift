internal import Domain

/// How entries stand in `raft_log`, with what stands beside them in `raft_contents`.
extension LogEntry {
    static let columnList = """
        log_index, term, timestamp_ns, command_count, previous_hash, checksum, payload, contents,
        kind, commit_index
        """

    init(from row: inout some FieldSource) throws(StoreError) {
        self.init(
            index: row.int8AsUnsigned(), term: row.int8AsUnsigned(), timestamp: row.integer(),
            commandCount: row.integer(), previousHash: row.bytes(), checksum: row.bytes(),
            payload: row.bytes(), contents: row.optionalBytes() ?? [],
            kind: row.coded(row.integer(Int16.self), .batch), commit: row.int8AsUnsigned())
        try row.check("raft_log")
    }

    static let parameterTypes: [UInt32] = [20, 20, 1184, 20, 23, 17, 17, 17, 21, 20]

    var parameters: [Parameter] {
        [
            .int8(index), .int8(term), .time(timestamp), .int8(timestamp), .int4(commandCount),
            .bytea(previousHash), .bytea(checksum), .bytea(payload), .int2(Int16(kind.rawValue)),
            .int8(commit),
        ]
    }
}

extension LogPosition {
    /// The columns of a position.
    static let columnList = "log_index, term, timestamp_ns, checksum"

    init(from row: inout some FieldSource) throws(StoreError) {
        self.init(
            index: row.int8AsUnsigned(), term: row.int8AsUnsigned(), timestamp: row.integer(),
            checksum: row.bytes())
        try row.check("raft_log")
    }
}
