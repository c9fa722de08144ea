internal import Domain
internal import Node
internal import Store

/// Brings a ledger from its tables to what is known to be committed.
enum Recovery {
    /// Log entries that are replayed and written to the tables at a time.
    static let group = 256
    /// Payments for which the engine takes memory at the start: 150 MB.
    private static let room = 1_000_000

    /// Loads the tables and replays the entries behind them, catching the tables up as well.
    ///
    /// - Parameters:
    ///   - commit: as the log knows it; what stands behind may still be replaced.
    ///   - directory: told who and what there is.
    /// - Throws: ``LogDamage``, ``StateDivergence``, `LoadError` or `StoreError`; the node must not
    ///   start then.
    static func recover(
        _ address: DatabaseAddress, upTo commit: UInt64, suspectsAll: Bool,
        directory: Directory
    ) throws -> LedgerFollower {
        let log = try LogReader(address)
        let ledger = try LedgerWriter(address)
        var follower = try load(address, log, suspectsAll, directory)
        follower.makeRoom(payments: room)
        while follower.end.index < commit {
            let rest = min(UInt64(group), commit - follower.end.index)
            let applied = try follower.follow(log, limit: Int(rest))
            for batch in applied { directory.update(batch) }
            try ledger.write(applied.map { ($0.batch, $0.effects) })
        }
        return follower
    }

    /// The rows behind what the ledger has applied: committed or not, nobody knows yet.
    ///
    /// Few: what a node may write before the first of them is committed is bounded.
    static func rest(
        _ address: DatabaseAddress, behind applied: UInt64, _ last: UInt64
    ) throws -> [LogEntry] {
        guard last > applied else { return [] }
        var cursor = try LogReader(address).entries(from: applied + 1)
        var rest: [LogEntry] = []
        while let entry = try cursor.next() { rest.append(entry) }
        return rest
    }

    private static func load(
        _ address: DatabaseAddress, _ log: LogReader, _ suspectsAll: Bool, _ directory: Directory
    ) throws -> LedgerFollower {
        let reader = try LedgerReader(address)
        var recorded = RecordedUETRs(seed: .random(in: .min ... .max), suspectsAll: suspectsAll)
        var attempted = RecordedUETRs(seed: .random(in: .min ... .max), suspectsAll: suspectsAll)
        var given = RecordedUETRs(seed: .random(in: .min ... .max), suspectsAll: suspectsAll)
        let image = try reader.loadImage(
            eachUETR: { recorded.insert($0) }, eachAttempt: { attempted.insert($0) },
            eachCommand: { given.insert($0) })
        let follower = try LedgerFollower(
            loading: image, at: try startingPoint(image.position, log), recorded: recorded,
            attempted: attempted, given: given, seed: .random(in: .min ... .max))
        // Only now is it certain that the tables make sense.
        directory.load(image)
        return follower
    }

    /// The log's position at which the tables stand.
    private static func startingPoint(
        _ applied: LedgerPosition, _ log: LogReader
    ) throws -> LogPosition {
        guard applied.logIndex > 0 else { return .start }
        guard let entry = try log.read(from: applied.logIndex, limit: 1).first,
            entry.index == applied.logIndex
        else {
            throw LogDamage(
                index: applied.logIndex, reason: "the tables have applied it, the log lacks it")
        }
        return LogPosition(of: entry)
    }
}

extension LedgerFollower {
    /// Follows the next entries of a log, at least one and at most `limit`.
    ///
    /// - Throws: as for `follow(_:)`, ``LogDamage`` also when the log ends here; `StoreError`.
    mutating func follow(_ log: LogReader, limit: Int) throws -> [AppliedBatch] {
        let entries = try log.read(from: end.index + 1, limit: limit)
        guard !entries.isEmpty else {
            throw LogDamage(index: end.index + 1, reason: "the entry is missing")
        }
        return try entries.map { try follow($0) }
    }
}
