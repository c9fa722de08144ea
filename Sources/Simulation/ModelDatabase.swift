package import Chance
package import Consensus
package import Domain

/// Why a write to a ``ModelDatabase`` left nothing, or perhaps nothing.
package enum DatabaseFailure: Error, Equatable, Sendable {
    /// The entries do not follow, or a promise would be taken back.
    case positionMismatch
    /// They would replace what is committed.
    case committed
    /// The session broke at the commit; only reading tells.
    case outcomeUnknown
    /// No space left.
    case full
    /// The log ends before what is committed.
    case unsafeGround
}

/// What becomes of a commit that nothing speaks against.
package enum CommitFate: Sendable {
    case succeeds
    /// The session breaks before it.
    case isLost
    /// The session breaks behind it.
    case isUnanswered
}

/// A database as a node knows it, as a value: the log with all that `LogStore` promises and
/// refuses, and tables that follow it.
///
/// One WAL holds both: a commit of the log is durable when it returns, and with it every commit of
/// the tables before it; one of the tables may be lost with the server, so the tables never outrun
/// the log. Who crashes decides what is lost: a gateway loses only what it did not commit.
///
/// The caller chooses faults and draws chances; here nothing happens by itself.
package struct ModelDatabase<Tables: Sendable>: Sendable {
    fileprivate struct Contents: Sendable {
        var entries: [LogEntry] = []
        var promise = HardState()
        var applied: UInt64 = 0
        var tables: Tables
    }

    /// What survives the server.
    private var durable: Contents
    /// What the server shows: also the commits of tables that are not durable yet.
    private var shown: Contents
    /// Those commits, oldest first.
    private var late: [(applied: UInt64, tables: Tables)] = []
    /// Where the log's session believes the log to end; nil while there is none.
    private var session: LogPosition?
    /// Whether every write fails for want of space.
    package var isFull = false

    /// An empty ledger.
    package init(_ tables: Tables) {
        durable = Contents(tables: tables)
        shown = durable
    }

    // MARK: Reading

    package var tables: Tables { shown.tables }
    package var applied: UInt64 { shown.applied }

    /// Entries of a range of indices, at most so many.
    package func read(
        from index: UInt64, through end: UInt64 = UInt64(Int64.max), limit: Int
    ) -> [LogEntry] {
        Array(shown.entries.drop { $0.index < index }.prefix { $0.index <= end }.prefix(limit))
    }

    // MARK: The log

    /// Opens the log for writing; a session before this one is gone.
    ///
    /// - Throws: ``DatabaseFailure/unsafeGround``.
    package mutating func open() throws(DatabaseFailure) -> (
        last: LogPosition, hardState: HardState
    ) {
        let last = shown.last
        var state = shown.promise
        state.commit = shown.committed
        if last.term > state.term { state = HardState(term: last.term, commit: state.commit) }
        guard state.commit <= last.index else { throw .unsafeGround }
        shown.promise.term = state.term
        shown.promise.vote = state.vote
        flush()
        session = last
        return (last, state)
    }

    /// As `LogStore.write` does, in one transaction.
    ///
    /// - Throws: ``DatabaseFailure``; the session is of no use any more behind `outcomeUnknown`.
    package mutating func write(
        _ hardState: HardState?, _ entries: [LogEntry], _ fate: CommitFate = .succeeds
    ) throws(DatabaseFailure) {
        guard let last = session else { throw .outcomeUnknown }
        guard hardState != nil || !entries.isEmpty else { return }
        try Contents.checkOrder(entries, hardState, after: last)
        guard !isFull else { throw .full }
        var next = shown
        try next.write(hardState, entries)
        guard fate != .isLost else {
            session = nil
            throw .outcomeUnknown
        }
        shown = next
        flush()
        guard fate != .isUnanswered else {
            session = nil
            throw .outcomeUnknown
        }
        session = shown.last
    }

    // MARK: The tables

    /// Brings the tables to a batch of the log.
    ///
    /// - Precondition: the log has the batch, and the tables are before it.
    package mutating func writeTables(
        _ tables: Tables, at index: UInt64, _ fate: CommitFate = .succeeds
    ) throws(DatabaseFailure) {
        precondition(index > shown.applied && index <= shown.last.index)
        guard !isFull else { throw .full }
        if fate != .isLost {
            shown.tables = tables
            shown.applied = index
            late.append((index, tables))
        }
        if fate != .succeeds { throw .outcomeUnknown }
    }

    /// What the server does by itself a few times a second: all that is shown becomes durable.
    package mutating func flush() {
        durable = shown
        late = []
    }

    // MARK: Crashes

    /// The gateway is gone, or its sessions are: what it had committed stays.
    package mutating func loseSessions() { session = nil }

    /// The server stops without a word and comes back: of the commits of tables that were not
    /// durable the first few are there.
    package mutating func crash(_ chance: inout SplitMix64) {
        let kept = late.prefix(chance.below(late.count + 1)).last
        if let kept {
            durable.applied = kept.applied
            durable.tables = kept.tables
        }
        shown = durable
        late = []
        session = nil
    }

    /// A server that never made durable what it said: the last entries are gone, though they were
    /// acknowledged. No node has to bear that; it has to notice.
    package mutating func loseTail(_ count: Int) {
        durable.entries.removeLast(min(count, durable.entries.count))
        shown = durable
        late = []
        session = nil
    }
}

extension ModelDatabase.Contents {
    fileprivate var last: LogPosition { entries.last.map { LogPosition(of: $0) } ?? .start }

    /// What nobody replaces.
    fileprivate var committed: UInt64 {
        max(promise.commit, applied, entries.last?.commit ?? 0)
    }

    /// What the writer can tell without looking.
    fileprivate static func checkOrder(
        _ entries: [LogEntry], _ hardState: HardState?, after last: LogPosition
    ) throws(DatabaseFailure) {
        let end = entries.last?.index ?? last.index
        guard hardState?.commit ?? 0 <= end else { throw .positionMismatch }
        guard let first = entries.first else { return }
        guard first.index > 0, first.index <= last.index + 1 else { throw .positionMismatch }
        if first.index == last.index + 1, last.index > 0, first.previousHash != last.checksum {
            throw .positionMismatch
        }
        guard entries.allSatisfy({ $0.commit <= end }) else { throw .positionMismatch }
        for (before, entry) in zip(entries, entries.dropFirst()) {
            guard entry.follows(before) else { throw .positionMismatch }
        }
    }

    /// What the transaction does and refuses.
    fileprivate mutating func write(
        _ hardState: HardState?, _ new: [LogEntry]
    ) throws(DatabaseFailure) {
        if let first = new.first, first.index <= last.index {
            guard first.index > committed else { throw .committed }
            promise.commit = committed
            entries.removeLast(Int(last.index - first.index) + 1)
        }
        if let first = new.first, let before = entries.last {
            guard first.follows(before) else { throw .positionMismatch }
        }
        entries += new
        guard let hardState else { return }
        let isKept = promise.vote == noNode || promise.vote == hardState.vote
        guard hardState.term > promise.term || hardState.term == promise.term && isKept else {
            throw .positionMismatch
        }
        promise = HardState(
            term: hardState.term, vote: hardState.vote,
            commit: max(promise.commit, hardState.commit))
    }
}

extension LogEntry {
    fileprivate func follows(_ before: LogEntry) -> Bool {
        index == before.index + 1 && previousHash == before.checksum && term >= before.term
            && commit >= before.commit
    }
}
