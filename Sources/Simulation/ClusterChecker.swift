internal import Consensus

/// Looks at every step of every node and remembers what the cluster has promised.
///
/// It knows all disks and all logs at once, which no node does. The first broken promise is kept
/// in words.
struct ClusterChecker {
    struct Committed {
        var term: UInt64
        var checksum: UInt64
        /// Term of the leader that counted it.
        var committedIn: UInt64
        /// The state after it, once somebody has applied it.
        var digest: UInt64?
    }

    private(set) var violation: String?
    /// Index 1 and what follows, as leaders have committed it.
    private(set) var committed: [Committed] = []
    private(set) var elections = 0
    private var leaders: [UInt64: NodeID] = [:]
    /// Entry to checksum and the term before it, over all logs.
    private var seen: [EntryID: (checksum: UInt64, before: UInt64)] = [:]
    /// Who voted for whom, by term.
    private var votes: [UInt64: [NodeID: NodeID]] = [:]
    private var campaigns: Set<UInt64> = []
    /// The membership in force from an index on, in order.
    private var memberships: [(index: UInt64, membership: Membership)] = []

    /// A cluster begins with a snapshot, which counts as committed.
    init(_ snapshot: Snapshot, digest: UInt64) {
        memberships = [(snapshot.index, snapshot.membership)]
        for index in 1...snapshot.index {
            committed.append(
                Committed(
                    term: snapshot.term, checksum: 0, committedIn: 0,
                    digest: index == snapshot.index ? digest : nil))
        }
    }

    var commitIndex: UInt64 { UInt64(committed.count) }

    mutating func fail(_ reason: String) {
        if violation == nil { violation = reason }
    }

    mutating func require(_ holds: Bool, _ reason: @autoclosure () -> String) {
        if !holds { fail(reason()) }
    }

    func membership(at index: UInt64) -> Membership {
        (memberships.last { $0.index <= index } ?? memberships[0]).membership
    }
}

/// Elections.
extension ClusterChecker {
    /// A vote leaves a node: one a term, whatever it forgets in between.
    mutating func didVote(_ voter: NodeID, for candidate: NodeID, term: UInt64) {
        let earlier = votes[term]?[voter]
        require(
            earlier == nil || earlier == candidate,
            "node \(voter) voted for \(earlier ?? 0) and \(candidate) in term \(term)")
        votes[term, default: [:]][voter] = candidate
    }

    /// A node has raised its term to campaign.
    mutating func didCampaign(_ node: Raft<MemoryLog>, hasUnappliedChange: Bool) {
        campaigns.insert(node.term)
        require(
            node.membership.allVoters.contains(node.id),
            "node \(node.id) campaigns and is no voter")
        require(!hasUnappliedChange, "node \(node.id) campaigns with an unapplied change")
    }

    /// Election safety, leader completeness, and a majority behind the leader.
    mutating func didBecomeLeader(_ node: Raft<MemoryLog>) {
        elections += 1
        let other = leaders[node.term]
        require(
            other == nil || other == node.id,
            "nodes \(other ?? 0) and \(node.id) lead in term \(node.term)")
        leaders[node.term] = node.id
        let granted = votes[node.term] ?? [:]
        require(
            node.membership.quorum.voteResult { granted[$0] == node.id ? true : nil } == .won,
            "node \(node.id) leads term \(node.term) without a majority of votes")
        // Entries that a later term's leader has committed need not be here.
        var index = commitIndex
        while index > 0, committed[Int(index) - 1].committedIn >= node.term { index -= 1 }
        require(
            index < node.firstIndex
                || node.term(at: index) == .term(committed[Int(index) - 1].term),
            "node \(node.id) leads term \(node.term) without committed entry \(index)")
        if votes.count > 200 { forgetTerms(before: node.term) }
    }

    private mutating func forgetTerms(before term: UInt64) {
        let oldest = term - min(term, 100)
        votes = votes.filter { $0.key >= oldest }
        leaders = leaders.filter { $0.key >= oldest }
        campaigns = campaigns.filter { $0 >= oldest }
    }

    /// Terms come from campaigns, not from asking whether one would win.
    mutating func didRaiseTerm(_ node: NodeID, to term: UInt64) {
        require(
            campaigns.contains(term), "node \(node) is in term \(term), which nobody has begun")
    }
}

/// Logs.
extension ClusterChecker {
    /// Log matching: term and index determine the entry and, through the term before it, all
    /// entries before it.
    mutating func didAppend(_ entries: [Entry], to node: Raft<MemoryLog>) {
        guard let first = entries.first else { return }
        var before = node.term(at: first.index - 1)
        for entry in entries {
            if case .term(let term) = before {
                let known = seen[entry.id]
                let checksum = entry.checksum
                require(
                    known.map { $0.checksum == checksum && $0.before == term } ?? true,
                    "two logs differ at or before index \(entry.index), term \(entry.term)")
                seen[entry.id] = (checksum, term)
            }
            before = .term(entry.term)
        }
        if seen.count > 50_000 { forgetEntries() }
    }

    private mutating func forgetEntries() {
        let oldest = commitIndex - min(commitIndex, 10_000)
        seen = seen.filter { $0.key.index >= oldest }
    }

    /// A leader has counted: entries of its own term, on the disks of a majority.
    mutating func didCommit(
        _ node: Raft<MemoryLog>, isOnDisk: (NodeID, EntryID) -> Bool
    ) {
        let index = node.committed
        guard index > commitIndex else { return }
        guard let entries = node.entries(from: commitIndex + 1) else {
            fail("leader \(node.id) has not got what it commits")
            return
        }
        for entry in entries where entry.index <= index {
            committed.append(
                Committed(
                    term: entry.term, checksum: entry.checksum, committedIn: node.term, digest: nil)
            )
        }
        let id = EntryID(term: committed[Int(index) - 1].term, index: index)
        require(
            id.term == node.term,
            "leader \(node.id) counted an entry of term \(id.term) in \(node.term)")
        require(
            node.membership.quorum.voteResult { isOnDisk($0, id) ? true : nil } == .won,
            "entry \(index) is committed and not on the disks of a majority")
    }

    /// Nobody commits anything else, or before a leader has.
    mutating func hasCommit(_ node: Raft<MemoryLog>) {
        let index = node.committed
        guard index <= commitIndex else {
            fail("node \(node.id) commits \(index), leaders \(commitIndex)")
            return
        }
        guard index >= node.firstIndex else { return }
        require(
            node.term(at: index) == .term(committed[Int(index) - 1].term),
            "node \(node.id) commits another entry at \(index)")
    }
}

/// States.
extension ClusterChecker {
    /// State machine safety: the same entry at the same index, and the same state after it.
    mutating func didApply(_ entry: Entry, digest: UInt64, on node: NodeID) {
        guard entry.index <= commitIndex else {
            fail("node \(node) applies \(entry.index), which is not committed")
            return
        }
        let place = Int(entry.index) - 1
        require(
            committed[place].checksum == entry.checksum,
            "node \(node) applies another entry at \(entry.index)")
        checkState(digest, at: entry.index, on: node)
    }

    mutating func checkState(_ digest: UInt64, at index: UInt64, on node: NodeID) {
        guard index <= commitIndex, index > 0 else {
            fail("node \(node) has a state at \(index), behind everything committed")
            return
        }
        let place = Int(index) - 1
        require(
            (committed[place].digest ?? digest) == digest,
            "node \(node) has another state at \(index)")
        committed[place].digest = digest
    }

    /// A change is in force on a node.
    mutating func didChange(_ membership: Membership, at index: UInt64, on node: NodeID) {
        if let last = memberships.last, index > last.index {
            memberships.append((index, membership))
        }
        require(
            self.membership(at: index) == membership,
            "node \(node) has another membership at \(index)")
    }
}
