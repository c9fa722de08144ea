internal import Domain

/// How entries stand in `raft_log`.
extension LogEntry {
    static let columnList = """
        log_index, term, timestamp_ns, command_count, previous_hash, checksum, payload, contents
        """

    init(from row: inout some FieldSource) throws(StoreError) {
        self.init(
            index: row.int8AsUnsigned(), term: row.int8AsUnsigned(), timestamp: row.integer(),
            commandCount: row.integer(), previousHash: row.bytes(), checksum: row.bytes(),
            payload: row.bytes(), contents: row.optionalBytes() ?? [])
        try row.check("raft_log")
    }
}
