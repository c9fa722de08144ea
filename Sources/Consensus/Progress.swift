/// What a leader knows of one follower, and how it sends to it.
///
/// Invariant: `match < next`. Entries up to `match` are known to be in the follower's log, those
/// from `next` on have not been sent.
package struct Progress: Equatable, Sendable {
    /// How the follower is sent to, as in etcd's Raft.
    package enum State: UInt8, Equatable, Sendable {
        /// One append at a time, until the follower says where its log agrees.
        case probe
        /// Optimistic: `next` runs ahead of the answers, within the window.
        case replicate
        /// The follower needs a snapshot; nothing else is sent.
        case snapshot
    }

    /// The member; a leader keeps one for itself as well.
    package let id: NodeID
    /// `matchIndex` of the Raft paper, figure 2; 0 before the first answer of a term.
    package internal(set) var match: UInt64 = 0
    /// `nextIndex` of the Raft paper, figure 2.
    package internal(set) var next: UInt64
    /// Begins anew with every term.
    package internal(set) var state = State.probe
    /// The index of the snapshot on its way, or 0.
    package internal(set) var pendingSnapshot: UInt64 = 0
    /// Heard from since the last look at the quorum.
    package internal(set) var isRecentlyActive = false
    /// Counts for no majority.
    package internal(set) var isLearner: Bool
    /// No appends until the next answer or heartbeat answer.
    var isFlowPaused = false
    /// The greatest commit index that the follower may have been told.
    private var sentCommit: UInt64 = 0
    package private(set) var inflights: Inflights

    init(id: NodeID, match: UInt64 = 0, next: UInt64, isLearner: Bool, window: InflightWindow) {
        self.id = id
        self.match = match
        self.next = next
        self.isLearner = isLearner
        inflights = Inflights(window)
    }

    /// Whether appends have to wait.
    package var isPaused: Bool { state == .snapshot || isFlowPaused }
    /// Append messages without an answer.
    package var inflightCount: Int { inflights.count }
    /// Whether a bound of the `InflightWindow` is reached.
    package var isWindowFull: Bool { inflights.isFull }
}

/// Changes of state.
extension Progress {
    private mutating func enter(_ new: State) {
        isFlowPaused = false
        pendingSnapshot = 0
        state = new
        inflights.removeAll()
    }

    /// After a snapshot the follower is probed behind it, whether it arrived or not.
    mutating func becomeProbe() {
        let snapshot = state == .snapshot ? pendingSnapshot : 0
        enter(.probe)
        next = max(match, snapshot) + 1
        sentCommit = min(sentCommit, next - 1)
    }

    mutating func becomeReplicate() {
        enter(.replicate)
        next = match + 1
    }

    mutating func becomeSnapshot(_ index: UInt64) {
        enter(.snapshot)
        pendingSnapshot = index
        next = index + 1
        sentCommit = index
    }
}

/// What was sent, and what was answered.
extension Progress {
    mutating func didSend(entries: Int, bytes: UInt64) {
        switch state {
        case .probe:
            if entries > 0 { isFlowPaused = true }
        case .replicate:
            if entries > 0 {
                next += UInt64(entries)
                inflights.add(lastIndex: next - 1, bytes: bytes)
            }
            isFlowPaused = inflights.isFull
        case .snapshot:
            break
        }
    }

    mutating func didSend(commit: UInt64) {
        sentCommit = commit
    }

    /// Whether telling this commit index now can bring the follower further than what it was told.
    func canUseCommit(_ index: UInt64) -> Bool {
        index > sentCommit && sentCommit < next - 1
    }

    /// The follower has everything up to `index`. False when that is no news.
    mutating func acknowledge(_ index: UInt64) -> Bool {
        if index <= match { return false }
        match = index
        next = max(next, index + 1)
        isFlowPaused = false
        return true
    }

    /// The follower refused an append behind `rejected`; its log may agree at `hint`. False when
    /// the refusal is stale.
    mutating func reject(_ rejected: UInt64, hint: UInt64) -> Bool {
        if state == .replicate {
            if rejected <= match { return false }
            next = match + 1
        } else {
            // Followers that do not replicate are probed one message at a time.
            if next - 1 != rejected { return false }
            next = max(min(rejected, hint + 1), match + 1)
            isFlowPaused = false
        }
        sentCommit = min(sentCommit, next - 1)
        return true
    }

    /// Append messages up to `match` have been answered.
    mutating func releaseWindow() {
        inflights.release(upTo: match)
    }
}
