internal import Consensus

/// What a step may change, as it was before.
struct StepView {
    var term: UInt64
    var role: Role
    var committed: UInt64
    var applied: UInt64
    var lastIndex: UInt64

    init(_ raft: Raft<MemoryLog>) {
        term = raft.term
        role = raft.role
        committed = raft.committed
        applied = raft.applied
        lastIndex = raft.lastID.index
    }
}

/// Checks after every step.
extension ClusterSimulation {
    mutating func check(_ node: Int, since before: StepView) {
        let raft = nodes[node].raft!
        let id = raft.id
        if let reason = raft.halted { checker.fail("node \(id) halted: \(reason)") }
        checker.require(raft.term >= before.term, "node \(id) went back to an earlier term")
        checker.require(raft.committed >= before.committed, "commit of node \(id) went back")
        checker.require(raft.applied >= before.applied, "applied of node \(id) went back")
        if raft.role == .candidate, raft.term > before.term {
            let unapplied = raft.entries(from: raft.applied + 1) ?? []
            checker.didCampaign(
                raft,
                hasUnappliedChange: unapplied.contains {
                    $0.index <= raft.committed && $0.kind != .normal
                })
        }
        if raft.role == .preCandidate, before.role != .preCandidate {
            checker.require(raft.canCampaign, "node \(id) asks for votes and may not lead")
        }
        if raft.term > before.term { checker.didRaiseTerm(id, to: raft.term) }
        if raft.role == .leader, before.role != .leader || raft.term > before.term {
            checker.didBecomeLeader(raft)
        }
        if raft.role == .leader { checkLeader(node, raft, since: before) }
        if raft.committed > before.committed { checker.hasCommit(raft) }
        trace.add(raft.term << 8 | UInt64(raft.role.rawValue))
        trace.add(raft.committed)
    }

    private mutating func checkLeader(
        _ node: Int, _ raft: Raft<MemoryLog>, since before: StepView
    ) {
        if raft.committed > before.committed {
            checker.didCommit(raft) { voter, id in
                nodes[Int(voter) - 1].disk.contains(id)
            }
        }
        for follower in raft.progress {
            checker.require(
                follower.inflightCount <= scenario.options.window.messages,
                "leader \(raft.id) has \(follower.inflightCount) appends in flight")
        }
        if raft.lastID.index > before.lastIndex { checkQuota(raft) }
        if raft.lastID.index > before.lastIndex, before.role == .leader {
            let changes = (raft.entries(from: raft.applied + 1) ?? [])
                .count { $0.kind != .normal }
            checker.require(
                changes <= 1, "leader \(raft.id) has \(changes) unapplied changes in its log")
        }
    }

    /// Proposals of this leader that are not applied yet are within the quota, by the log.
    private mutating func checkQuota(_ raft: Raft<MemoryLog>) {
        let quota = scenario.options.maxUncommittedBytes
        let proposal = UInt64(scenario.payload + 9)
        let own = (raft.entries(from: raft.applied + 1) ?? []).filter { $0.term == raft.term }
        let bytes = UInt64(own.reduce(0) { $0 + $1.data.count })
        let counted = raft.uncommittedBytes
        checker.require(
            bytes <= quota + proposal + 100,
            "leader \(raft.id) has \(bytes) bytes uncommitted and counts \(counted)")
    }

    /// Votes are what the papers ask for, acknowledgements what was matched.
    mutating func checkAnswers(_ node: Int, _ ready: Ready) {
        defer {
            checker.require(
                nodes[node].owed.isEmpty, "node \(nodes[node].id) leaves a leader without answer")
        }
        for message in ready.messages {
            for answer in [message] + message.responses where answer.to != nodes[node].id {
                if isVote(answer) { checkVote(node, answer) }
                if answer.kind == .appendResponse { checkAcknowledgement(node, answer) }
            }
        }
    }

    /// A follower acknowledges no more than the oldest unanswered append has matched.
    private mutating func checkAcknowledgement(_ node: Int, _ message: Message) {
        guard let owed = nodes[node].owed.first, owed.leader == message.to else {
            checker.fail("node \(nodes[node].id) answers an append that it has not got")
            return
        }
        nodes[node].owed.removeFirst()
        checker.require(
            message.isRejected || message.index <= owed.limit,
            "node \(nodes[node].id) acknowledges \(message.index), matched \(owed.limit)")
    }

    private func isVote(_ message: Message) -> Bool {
        message.kind == .voteResponse || message.kind == .preVoteResponse
    }

    private mutating func checkVote(_ node: Int, _ message: Message) {
        if let reason = oracles[node].check(message) { checker.fail(reason) }
    }

    /// What leaves a node, to others or to itself, rests on what its disk has.
    mutating func checkPromise(_ node: Int, _ message: Message) {
        let disk = nodes[node].disk.durable
        switch message.kind {
        case .appendResponse where !message.isRejected:
            // A later term's leader may have replaced the entries, in the same sync.
            checker.require(
                message.index <= disk.lastIndex || message.term < disk.hardState.term,
                "node \(nodes[node].id) acknowledges \(message.index) and has \(disk.lastIndex)")
        case .vote:
            checker.require(
                message.term <= disk.hardState.term,
                "node \(nodes[node].id) asks for votes before its disk has the term")
        case .voteResponse where !message.isRejected:
            checker.didVote(nodes[node].id, for: message.to, term: message.term)
            let state = disk.hardState
            checker.require(
                state.term > message.term
                    || state.term == message.term && state.vote == message.to,
                "node \(nodes[node].id) votes before its disk has the vote")
        default:
            break
        }
    }

    /// A message of a leader is about to be taken: what may be acknowledged for it.
    ///
    /// A node tells a leader of an earlier term so, or that leader would never learn it.
    mutating func willFollow(_ node: Int, _ message: Message) {
        let raft = nodes[node].raft!
        let options = scenario.options
        if message.term < raft.term {
            guard message.kind != .snapshot, options.checkQuorum || options.preVote else { return }
            nodes[node].owed.append((message.from, 0))
            return
        }
        let isItsOwn = message.term == raft.term && raft.role == .leader
        if message.kind == .heartbeat || isItsOwn { return }
        let end = message.snapshot?.index ?? message.index + UInt64(message.entries.count)
        let isMatch =
            message.snapshot != nil || raft.term(at: message.index) == .term(message.logTerm)
        let isOld = message.index < raft.committed || message.snapshot != nil
        nodes[node].owed.append(
            (message.from, max(isMatch ? end : 0, isOld ? raft.committed : 0)))
    }

    /// It was taken: a follower commits what the leader named, as far as it matched.
    mutating func didFollow(_ node: Int, _ message: Message, committed: UInt64) {
        let raft = nodes[node].raft!
        let end = message.index + UInt64(message.entries.count)
        checker.require(
            message.kind != .append || raft.committed <= max(committed, min(message.commit, end)),
            "node \(raft.id) commits \(raft.committed) and matched \(end)")
    }

    /// With synchronous storage a node's vote for itself never shows as a message.
    mutating func checkOwnVote(_ node: Int) {
        let state = nodes[node].disk.durable.hardState
        if state.vote == nodes[node].id {
            checker.didVote(state.vote, for: state.vote, term: state.term)
        }
    }

    /// The node takes entries for stored: those that were written, in the term of the answer.
    mutating func didBecomeStable(
        _ node: Int, _ message: Message, written: TermLookup, in term: UInt64
    ) {
        let id = nodes[node].id
        checker.require(
            written == .term(message.logTerm),
            "node \(id) takes entry \(message.index) for stored, which was overwritten")
        checker.require(
            message.term == term || message.snapshot != nil,
            "node \(id) in term \(term) takes entries for stored by an answer of \(message.term)")
        nodes[node].stable = message.logID
    }

    /// What the node takes for stored is what its storage has.
    mutating func checkStable(_ node: Int) {
        let raft = nodes[node].raft!
        let stable = nodes[node].stable
        // A snapshot that is yet to be written takes the place of what was stable.
        guard raft.stableIndex == stable.index, stable.index >= raft.firstIndex else { return }
        checker.require(
            raft.storage.term(at: stable.index) == .term(stable.term),
            "storage of node \(raft.id) has another entry at \(stable.index) than it believes")
    }
}
