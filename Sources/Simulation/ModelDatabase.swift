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
    /// More entries than one transaction takes.
    case tooMany
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
/// refuses, and how far the tables have followed it. What they show there follows from the log.
///
/// One WAL holds both: a commit of the log is durable when it returns, and with it every commit of
/// the tables before it; one of the tables may be lost with the server, so the tables never outrun
/// the log. Who crashes decides what is lost: a gateway loses only what it did not commit.
///
/// The caller chooses faults and draws chances; here nothing happens by itself.
package struct ModelDatabase: Sendable {
    private var entries: [LogEntry] = []
    private var promise = HardState()
    /// The last batch that the tables show.
    package private(set) var applied: UInt64 = 0
    /// Commits of the tables that the server may lose, oldest first, and where they began.
    private var late: [UInt64] = []
    private var durablyApplied: UInt64 = 0
    /// Where the log's session believes the log to end; nil while there is none.
    private var session: LogPosition?
    /// Entries of one write.
    package static let maximumEntriesPerWrite = 1_024
    /// Whether every write fails for want of space.
    package var isFull = false

    /// An empty ledger.
    package init() {}

    // MARK: Reading

    /// Where the log ends.
    package var end: LogPosition { entries.last.map { LogPosition(of: $0) } ?? .start }

    /// Term and vote, as they are on record.
    package var hardState: HardState { promise }

    /// The entry at an index, if there is one.
    package func entry(at index: UInt64) -> LogEntry? {
        index > 0 && index <= UInt64(entries.count) ? entries[Int(index) - 1] : nil
    }

    /// Entries of a range of indices, at most so many.
    package func read(
        from index: UInt64, through end: UInt64 = UInt64(Int64.max), limit: Int
    ) -> [LogEntry] {
        Array(entries.dropFirst(Int(max(index, 1)) - 1).prefix { $0.index <= end }.prefix(limit))
    }

    // MARK: The log

    /// Opens the log for writing; a session before this one is gone.
    ///
    /// - Throws: ``DatabaseFailure/unsafeGround``.
    package mutating func open() throws(DatabaseFailure) -> (
        last: LogPosition, hardState: HardState
    ) {
        let last = end
        var state = promise
        state.commit = committed
        if last.term > state.term { state = HardState(term: last.term, commit: state.commit) }
        guard state.commit <= last.index else { throw .unsafeGround }
        promise.term = state.term
        promise.vote = state.vote
        flush()
        session = last
        return (last, state)
    }

    /// As `LogStore.write` does, in one transaction.
    ///
    /// - Throws: ``DatabaseFailure``; the session is of no use any more behind `outcomeUnknown`.
    /// - Complexity: O(entries written and replaced).
    package mutating func write(
        _ hardState: HardState?, _ entries: [LogEntry], _ fate: CommitFate = .succeeds
    ) throws(DatabaseFailure) {
        guard let last = session else { throw .outcomeUnknown }
        guard hardState != nil || !entries.isEmpty else { return }
        try checkOrder(entries, hardState, after: last)
        guard !isFull else { throw .full }
        try check(hardState, entries)
        guard fate != .isLost else {
            session = nil
            throw .outcomeUnknown
        }
        carryOut(hardState, entries)
        flush()
        guard fate != .isUnanswered else {
            session = nil
            throw .outcomeUnknown
        }
        session = end
    }

    // MARK: The tables

    /// Brings the tables to a batch of the log.
    ///
    /// - Precondition: the log has the batch, and the tables are before it.
    package mutating func writeTables(
        at index: UInt64, _ fate: CommitFate = .succeeds
    ) throws(DatabaseFailure) {
        precondition(index > applied && index <= end.index)
        guard !isFull else { throw .full }
        if fate != .isLost {
            applied = index
            late.append(index)
        }
        if fate != .succeeds { throw .outcomeUnknown }
    }

    /// What the server does by itself a few times a second: all that is shown becomes durable.
    package mutating func flush() {
        durablyApplied = applied
        late = []
    }

    // MARK: Crashes

    /// The gateway is gone, or its sessions are: what it had committed stays.
    package mutating func loseSessions() { session = nil }

    /// The server stops without a word and comes back: of the commits of tables that were not
    /// durable the first few are there.
    package mutating func crash(_ chance: inout SplitMix64) {
        applied = late.prefix(chance.below(late.count + 1)).last ?? durablyApplied
        flush()
        session = nil
    }

    /// A server that never made durable what it said: the last entries are gone, though they were
    /// acknowledged. No node has to bear that; it has to notice.
    package mutating func loseTail(_ count: Int) {
        removeTail(count)
        applied = durablyApplied
        flush()
        session = nil
    }

    /// What an owner does that replaces a tail in two transactions: the first one.
    package mutating func removeTail(_ count: Int) {
        entries.removeLast(min(count, entries.count))
        if session != nil { session = end }
    }
}

extension ModelDatabase {
    /// What nobody replaces.
    private var committed: UInt64 {
        max(promise.commit, applied, entries.last?.commit ?? 0)
    }

    /// What the writer can tell without looking.
    private func checkOrder(
        _ entries: [LogEntry], _ hardState: HardState?, after last: LogPosition
    ) throws(DatabaseFailure) {
        guard entries.count <= ModelDatabase.maximumEntriesPerWrite else { throw .tooMany }
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

    /// What the transaction refuses.
    private func check(
        _ hardState: HardState?, _ new: [LogEntry]
    ) throws(DatabaseFailure) {
        if let first = new.first {
            if first.index <= end.index {
                guard first.index > committed else { throw .committed }
            }
            if let before = entry(at: first.index - 1) {
                guard first.follows(before) else { throw .positionMismatch }
            }
        }
        guard let hardState else { return }
        let isKept = promise.vote == noNode || promise.vote == hardState.vote
        guard hardState.term > promise.term || hardState.term == promise.term && isKept else {
            throw .positionMismatch
        }
    }

    private mutating func carryOut(_ hardState: HardState?, _ new: [LogEntry]) {
        if let first = new.first, first.index <= end.index {
            promise.commit = committed
            entries.removeLast(Int(end.index - first.index) + 1)
        }
        entries += new
        guard let hardState else { return }
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
