internal import Shares

/// A part of the log, `raft_log_N` and `raft_contents_N`: the batches of a range.
struct LogPart: Equatable {
    let first: UInt64
    /// Behind the last index.
    let end: UInt64

    var table: String { "raft_log_\(first)" }
    var contentsTable: String { "raft_contents_\(first)" }

    func contains(_ index: UInt64) -> Bool { index >= first && index < end }

    /// All that there are, in order.
    static func all(_ connection: PostgresConnection) throws -> [LogPart] {
        try connection.query(
            "SELECT first_index, end_index FROM raft_log_parts ORDER BY first_index"
        ).map { row in
            let part = LogPart(first: row.int8AsUnsigned(), end: row.int8AsUnsigned())
            try row.check("raft_log_parts")
            return part
        }
    }

    /// Makes a part behind the last one unless somebody else has made it meanwhile.
    static func add(_ range: Range<UInt64>, _ connection: PostgresConnection) throws {
        try connection.query(
            "SELECT add_log_part($1, $2)", [.int8(range.lowerBound), .int8(range.upperBound)])
    }
}

/// Makes parts of the log before they are needed, on a session and a thread of its own for that
/// moment, so that no batch waits for it.
///
/// What fails here stops nothing: it is tried again a while later, and at last by the log's writer,
/// when it needs the part.
final class LogPartMaker: Sendable {
    private struct State {
        /// Behind the last part.
        var end: UInt64
        /// From this index on the next part is wanted.
        var wanted: UInt64
        var isBusy = false
    }

    private let address: DatabaseAddress
    private let size: UInt64
    private let state: Monitor<State>

    /// - Parameters:
    ///   - size: batches in a part.
    ///   - end: behind the last part.
    init(_ address: DatabaseAddress, size: UInt64, end: UInt64) {
        self.address = address
        self.size = size
        state = Monitor(State(end: end, wanted: end - min(end, size / 2)))
    }

    /// Says that the log has come to `index`. Returns at once.
    func logReached(_ index: UInt64) {
        let end: UInt64? = state.withLock { state in
            guard index >= state.wanted, !state.isBusy else { return nil }
            state.isBusy = true
            // Should it fail: not at once again.
            state.wanted = index + size / 16 + 1
            return state.end
        }
        guard let end else { return }
        do throws(WorkerThread.Unavailable) {
            try WorkerThread("log-part") { [self] in make(end..<end + size) }
        } catch {
            state.withLock { $0.isBusy = false }
        }
    }

    private func make(_ range: Range<UInt64>) {
        let isMade: Bool
        do {
            let connection = try PostgresConnection(
                to: address, applicationName: "langqiao-log-part")
            try LogPart.add(range, connection)
            isMade = true
        } catch {
            isMade = false
        }
        state.withLock {
            $0.isBusy = false
            guard isMade else { return }
            $0.end = max($0.end, range.upperBound)
            $0.wanted = $0.end - size / 2
        }
    }

    /// Notes that the log's writer has found or made parts up to here.
    func partsReach(_ end: UInt64) {
        state.withLock {
            guard end > $0.end else { return }
            $0.end = end
            $0.wanted = end - min(end, size / 2)
        }
    }
}
