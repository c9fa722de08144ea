internal import Consensus
internal import Domain

/// Submissions that came in here and are for another node to carry out.
struct Forwarding {
    /// Sent to a leader, which has not said yet where they go.
    struct Unplaced {
        var submission: Submission
        let leader: NodeID
        /// When its caller is told that nobody knows, by the steady clock.
        var overdue: UInt64
    }

    /// In an entry of the leader's log.
    struct Placed {
        let id: EntryID
        let first: Int
        let submission: Submission
    }

    /// What an applied entry says about a placed submission.
    enum Verdict {
        case carriedOut, lost
    }

    /// Wait until somebody leads, since when, by the steady clock.
    var leaderless: [(submission: Submission, since: UInt64)] = []
    /// By ticket.
    private(set) var unplaced: [UInt64: Unplaced] = [:]
    private var placed: [Placed] = []
    /// Answered by what this node has not applied yet.
    private var held: [(submission: Submission, until: UInt64)] = []

    var isEmpty: Bool {
        leaderless.isEmpty && unplaced.isEmpty && placed.isEmpty && held.isEmpty
    }

    mutating func sent(_ submission: Submission, to leader: NodeID) {
        unplaced[submission.ticket] = Unplaced(
            submission: submission, leader: leader, overdue: submission.deadline)
    }

    /// What was sent under this ticket, if nobody has answered for it.
    mutating func take(_ ticket: UInt64) -> Submission? {
        unplaced.removeValue(forKey: ticket)?.submission
    }

    mutating func place(_ submission: Submission, at id: EntryID, first: Int) {
        placed.append(Placed(id: id, first: first, submission: submission))
    }

    mutating func hold(_ submission: Submission, until index: UInt64) {
        held.append((submission, index))
    }

    /// Takes out what is answered by entries up to this one.
    mutating func takeHeld(upTo index: UInt64) -> [Submission] {
        guard !held.isEmpty else { return [] }
        let ready = held.filter { $0.until <= index }.map(\.submission)
        held.removeAll { $0.until <= index }
        return ready
    }

    /// Takes out what an applied entry decides.
    ///
    /// Log matching (Raft paper, 5.3): an entry of a later term behind which others stand, or in
    /// whose place, belongs to no log that has them.
    ///
    /// - Complexity: O(placed), which is about one round to the leader.
    mutating func decide(
        _ applied: EntryID, _ duties: Duties
    ) -> [(submission: Submission, first: Int, verdict: Verdict)] {
        guard !placed.isEmpty else { return [] }
        var decided: [(submission: Submission, first: Int, verdict: Verdict)] = []
        placed.removeAll { place in
            if duties.isPlaced(place.id, in: applied) {
                decided.append((place.submission, place.first, .carriedOut))
                return true
            }
            guard place.id.index <= applied.index || place.id.term < applied.term else {
                return false
            }
            decided.append((place.submission, place.first, .lost))
            return true
        }
        return decided
    }

    /// Whoever leads another term answers nothing of what an earlier leader was sent; what that one
    /// has said may still be on its way until then.
    mutating func hurry(exceptTo leader: NodeID, until time: UInt64) {
        for (ticket, sent) in unplaced where sent.leader != leader {
            unplaced[ticket]?.overdue = min(sent.overdue, time)
        }
    }

    /// Takes out what was sent to a node and not placed yet, in order of tickets.
    mutating func takeUnplaced(at node: NodeID) -> [Submission] {
        takeUnplaced { $0.leader == node }
    }

    /// Takes out whose callers wait no longer.
    mutating func takeOverdue(_ now: UInt64) -> [Submission] {
        var overdue = takeUnplaced { $0.overdue <= now }
        placed.removeAll { place in
            guard place.submission.deadline <= now else { return false }
            overdue.append(place.submission)
            return true
        }
        overdue += held.filter { $0.submission.deadline <= now }.map(\.submission)
        held.removeAll { $0.submission.deadline <= now }
        return overdue
    }

    /// Takes out who has waited for a leader since then, or waits no longer.
    mutating func takeLeaderless(since limit: UInt64, _ now: UInt64) -> [Submission] {
        var taken: [Submission] = []
        leaderless.removeAll { wait in
            guard wait.since <= limit || wait.submission.deadline <= now else { return false }
            taken.append(wait.submission)
            return true
        }
        return taken
    }

    /// Takes out all that others may have recorded.
    mutating func takeUnknown() -> [Submission] {
        defer { (placed, held) = ([], []) }
        return takeUnplaced { _ in true } + placed.map(\.submission) + held.map(\.submission)
    }

    private mutating func takeUnplaced(where isMeant: (Unplaced) -> Bool) -> [Submission] {
        guard !unplaced.isEmpty else { return [] }
        let meant = unplaced.filter { isMeant($0.value) }
        for ticket in meant.keys { unplaced[ticket] = nil }
        return meant.sorted { $0.key < $1.key }.map(\.value.submission)
    }
}
