internal import Consensus
internal import Domain

/// The prepared statements of the log's writer, by their names.
enum LogStatement: String {
    case append
    case contents
    /// The two for an entry that lies in one part with the one before.
    case appendToPart = "append_to_part"
    case contentsToPart = "contents_to_part"
    case dropTail = "drop_tail"
    case dropContents = "drop_contents"
    case promise

    /// - Parameter part: where the entry and the one before lie; nil for anywhere.
    func text(_ part: LogPart? = nil) -> String {
        switch self {
        case .append, .appendToPart: LogStatement.insertEntry(part)
        case .contents, .contentsToPart: LogStatement.insertContents(part)
        case .dropTail: "DELETE FROM raft_log WHERE log_index >= $1"
        case .dropContents: "DELETE FROM raft_contents WHERE log_index >= $1"
        case .promise: LogStatement.promiseText
        }
    }

    var types: [UInt32] {
        switch self {
        case .append, .appendToPart: LogEntry.parameterTypes
        case .contents, .contentsToPart: [20, 17]
        case .dropTail, .dropContents: [20]
        case .promise: [20, 20, 20]
        }
    }

    /// What is wrong when it changed so many rows; nil when nothing is.
    func mistake(changed count: Int) -> String? {
        switch self {
        case .dropContents: nil
        case .dropTail: count > 0 ? nil : "raft_log does not reach as far as this writer believes"
        case .promise: count == 1 ? nil : "a term or a vote would be taken back"
        case .append, .appendToPart, .contents, .contentsToPart:
            count == 1 ? nil : "raft_log does not end where this writer believes"
        }
    }

    /// The guard stands in the statement itself, so it holds whatever this process believes.
    private static func insertEntry(_ part: LogPart?) -> String {
        let table = part?.table ?? "raft_log"
        let follows = """
            EXISTS (
                SELECT FROM \(table)
                WHERE log_index = $1 - 1 AND checksum = $6 AND term <= $2 AND commit_index <= $10
            )
            """
        let begins = "CASE WHEN $1 = 1 THEN NOT EXISTS (SELECT FROM raft_log) ELSE \(follows) END"
        return """
            INSERT INTO \(table)
                (log_index, term, recorded_at, timestamp_ns, command_count, previous_hash,
                checksum, payload, kind, commit_index)
            SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10
            WHERE \(part == nil ? begins : follows)
            """
    }

    /// Only beside its batch.
    private static func insertContents(_ part: LogPart?) -> String {
        """
        INSERT INTO \(part?.contentsTable ?? "raft_contents") (log_index, contents)
        SELECT $1, $2 WHERE EXISTS (SELECT FROM \(part?.table ?? "raft_log") WHERE log_index = $1)
        """
    }

    private static let promiseText = """
        UPDATE raft_state
        SET term = $1, vote = $2, commit_index = greatest(commit_index, $3)
        WHERE term < $1 OR term = $1 AND vote IN (\(noNode), $2)
        """
}

extension PostgresConnection {
    func prepare(_ statement: LogStatement, in part: LogPart? = nil) throws(StoreError) {
        try prepare(statement.rawValue, statement.text(part), types: statement.types)
    }
}

extension HardState {
    var parameters: [Parameter] { [.int8(term), .int8(vote), .int8(commit)] }
}
