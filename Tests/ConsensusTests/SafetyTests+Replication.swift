internal import Consensus
internal import Testing

/// Items 9 to 13.
extension SafetyTests {
    static let matching = [
        Trial(.skipsMatchCheck, oldTailIsReplaced),
        Trial(.heartbeatCommitsUnmatched, heartbeatCommitsNoOldTail),
        Trial(.appendCutsLog, lateAppendCutsNothing),
        Trial(.acknowledgesWholeLog) { oldTailIsNotTaken($0).acknowledges },
        Trial(.followerCommitsUnmatched) { oldTailIsNotTaken($0).commits },
        Trial(.proposesTwice, proposalIsAppliedOnce),
    ]
    static let bounds = [
        Trial(.unboundedWindow, windowIsKept),
        Trial(.unboundedProposals, proposalsAreBounded),
        Trial(.proposalsUncounted, proposalsAreBounded),
    ]
    static let staleAnswers = [
        Trial(.acceptsOldStorageAnswers, overwrittenBack),
        Trial(.takesOverwrittenAsStored, overwrittenIsWritten),
    ]
    static let reads = [
        Trial(.readsBeforeTermCommit, newLeaderReadsCommits),
        Trial(.readsWithoutQuorum, oldLeaderReadsNothing),
        Trial(.readsStayUnanswered, readIsAnswered),
    ]
    static let snapshots = [
        Trial(.installsOldSnapshot, oldSnapshotIsRefused),
        Trial(.installForgetsMembership, installedMembershipRules),
    ]

    /// Node 3 has two entries of term 1 at indices 2 and 3 that nobody else has; term 2 has
    /// committed others there. Node 3 is back and node 1 leads.
    private static func withOldTail(_ defect: PlantedDefect?) -> SafetyCluster {
        var cluster = SafetyCluster(3, defect)
        cluster.elect(3)
        cluster.isolate(3)
        cluster.propose(3, "old")
        cluster.propose(3, "older")
        cluster.settle()
        cluster.elect(1)
        cluster.propose(1, "new")
        cluster.settle()
        cluster.heal()
        return cluster
    }

    /// A leader of a third term sends what follows the committed entries.
    private static func oldTailIsReplaced(_ defect: PlantedDefect?) -> Bool {
        var cluster = withOldTail(defect)
        cluster.crash(1)
        cluster.restart(1)
        cluster.elect(1)
        return cluster.isSafe && cluster[3].committed == 4
    }

    /// Only heartbeats get through.
    private static func heartbeatCommitsNoOldTail(_ defect: PlantedDefect?) -> Bool {
        var cluster = withOldTail(defect)
        cluster.loses = { $0.kind == .append && $0.to == 3 }
        cluster.run(ticks: 2)
        return cluster.isSafe && cluster[3].term == 2 && cluster[3].committed == 1
    }

    /// Node 2 holds the only copy besides the leader's when an earlier append comes again.
    private static func lateAppendCutsNothing(_ defect: PlantedDefect?) -> Bool {
        var cluster = SafetyCluster(3, defect)
        cluster.elect(1)
        cluster.isolate(3)
        cluster.propose(1, "a")
        cluster.ready(1)
        cluster.propose(1, "b")
        cluster.ready(1)
        cluster.settle([2])
        // Node 1 commits both, and node 2 does not hear of it.
        cluster.cut(1, 2)
        cluster.settle()
        cluster.heal()
        let first = cluster.delivered.first { $0.to == 2 && $0.entries.first?.index == 2 }
        if let first { cluster.step(first) }
        cluster.crash(1)
        cluster.settle()
        cluster.elect(2)
        return cluster.isSafe && cluster.isLeader(2) && cluster.isApplied("b")
    }

    /// A leader of term 2 asks node 3 about an entry that it has, with an old tail behind it.
    ///
    /// Leaders of this implementation begin at the first difference and so never leave such a tail;
    /// others may.
    private static func oldTailIsNotTaken(
        _ defect: PlantedDefect?
    ) -> (acknowledges: Bool, commits: Bool) {
        var cluster = withOldTail(defect)
        cluster.inFlight = []
        cluster.step(Message(.append, from: 1, to: 3, term: 2, logTerm: 1, index: 1, commit: 3))
        cluster.ready(3)
        let answer = cluster.inFlight.last { $0.kind == .appendResponse }
        return (answer?.index == 1, cluster.isSafe && cluster[3].committed == 1)
    }

    /// Node 1 campaigns with an entry of term 1 where term 2 has committed another one, and is
    /// refused by a node that says so.
    @Test("9. A candidate commits what a refusal names only if its log has it")
    func refusalCommitsNoOldTail() {
        var cluster = SafetyCluster(3, nil)
        cluster.elect(1)
        cluster.isolate(1)
        cluster.propose(1, "old")
        cluster.settle()
        cluster.elect(2)
        cluster.crash(1)
        cluster.restart(1)
        for _ in 1...2 { cluster.elect(1) }
        cluster.heal()
        #expect(cluster[1].lastID == EntryID(term: 1, index: 2))
        for (term, committed) in [(UInt64(2), UInt64(1)), (1, 2)] {
            #expect(cluster[1].role == .candidate)
            cluster.step(
                Message(
                    .voteResponse, from: 3, to: 1, term: cluster[1].term, logTerm: term,
                    commit: 2, isRejected: true))
            #expect(cluster[1].committed == committed)
        }
        #expect(cluster[1].role == .follower)
    }

    private static func proposalIsAppliedOnce(_ defect: PlantedDefect?) -> Bool {
        var cluster = SafetyCluster(3, defect)
        cluster.elect(1)
        cluster.propose(1, "x")
        cluster.settle()
        return cluster.isSafe && cluster.applied.values.count { $0.data == Array("x".utf8) } == 1
    }

    /// Followers are silent.
    private static func windowIsKept(_ defect: PlantedDefect?) -> Bool {
        var cluster = SafetyCluster(3, defect) { $0.window.messages = 3 }
        cluster.elect(1)
        for count in 1...20 {
            cluster.propose(1, "\(count)")
            cluster.ready(1)
        }
        let sent = cluster.inFlight.count { $0.to == 2 && !$0.entries.isEmpty }
        let isBounded = sent == 3 && cluster[1].progress.allSatisfy { $0.inflightCount <= 3 }
        cluster.settle()
        return isBounded && cluster.isApplied("20")
    }

    private static func proposalsAreBounded(_ defect: PlantedDefect?) -> Bool {
        var cluster = SafetyCluster(3, defect) { $0.maxUncommittedBytes = 100 }
        cluster.elect(1)
        cluster.isolate(1)
        let taken = (10...50).count { cluster.propose(1, "proposal\($0)") }
        cluster.heal()
        cluster.run(ticks: 3)
        return taken == 10 && cluster.propose(1, "again")
    }

    /// Index 2 of node 3 is written as "a", as "b" and as "a" again; the first is confirmed late.
    private static func overwrittenBack(_ defect: PlantedDefect?) -> Bool {
        var cluster = SafetyCluster(3, defect) { $0.asyncStorageWrites = true }
        let first = Entry(term: 1, index: 1)
        let second = Entry(term: 1, index: 2, data: Array("a".utf8))
        let other = Entry(term: 2, index: 2, data: Array("b".utf8))
        let third = Entry(term: 3, index: 3)
        cluster.step(Message(.append, from: 1, to: 3, term: 1, entries: [first, second]))
        cluster.ready(3)
        cluster.step(
            Message(.append, from: 2, to: 3, term: 2, logTerm: 1, index: 1, entries: [other]))
        cluster.ready(3)
        cluster.step(
            Message(
                .append, from: 1, to: 3, term: 3, logTerm: 1, index: 1, commit: 3,
                entries: [second, third]))
        cluster.ready(3)
        for _ in 1...2 {
            cluster.write(3)
            cluster.deliver(to: 3)
        }
        // The disk holds "b" now.
        cluster.ready(3)
        cluster.apply(3)
        cluster.settle([3])
        return cluster.isSafe && cluster.applied[2] == second && cluster[3].applied == 3
    }

    /// Index 1 of node 3 is written in term 1, confirmed in term 2, and overwritten in between.
    private static func overwrittenIsWritten(_ defect: PlantedDefect?) -> Bool {
        var cluster = SafetyCluster(3, defect) { $0.asyncStorageWrites = true }
        let first = Entry(term: 1, index: 1)
        let other = Entry(term: 2, index: 1, data: Array("b".utf8))
        cluster.step(Message(.append, from: 1, to: 3, term: 1, entries: [first]))
        cluster.ready(3)
        cluster.step(Message(.heartbeat, from: 2, to: 3, term: 2))
        cluster.ready(3)
        cluster.step(Message(.append, from: 2, to: 3, term: 2, entries: [other]))
        for _ in 1...2 {
            cluster.write(3)
            cluster.deliver(to: 3)
        }
        cluster.settle([3])
        return cluster.isSafe && cluster[3].storage.term(at: 1) == .term(2)
    }

    @Test("12. A leader that is a quorum alone reads alone, also when it is joint with itself")
    func loneLeaderReads() {
        var cluster = SafetyCluster(1, nil)
        cluster.elect(1)
        cluster.change(1, [], .jointExplicit)
        cluster.settle()
        #expect(cluster[1].membership == Membership(voters: [1], votersOutgoing: [1]))
        try? cluster[1].requestRead([1])
        cluster.settle()
        #expect(cluster.isSafe && cluster.reads[1]?.map(\.index) == [2])
    }

    private static func readIsAnswered(_ defect: PlantedDefect?) -> Bool {
        var cluster = SafetyCluster(3, defect)
        cluster.elect(1)
        try? cluster[1].requestRead([1])
        try? cluster[2].requestRead([2])
        cluster.run(ticks: 2)
        return cluster.isSafe && cluster.reads[1]?.map(\.index) == [1]
            && cluster.reads[2]?.map(\.index) == [1]
    }

    /// Node 2 leads without knowing that an entry of its log is committed.
    private static func newLeaderReadsCommits(_ defect: PlantedDefect?) -> Bool {
        var cluster = SafetyCluster(3, defect)
        cluster.elect(1)
        cluster.isolate(3)
        cluster.propose(1, "x")
        cluster.ready(1)
        cluster.settle([2])
        cluster.cut(1, 2)
        cluster.settle()
        cluster.crash(1)
        cluster.heal()
        cluster.loses = { $0.kind == .append }
        cluster.elect(2)
        try? cluster[2].requestRead([1])
        cluster.run(ticks: 1)
        cluster.heal()
        cluster.run(ticks: 2)
        return cluster.isSafe && cluster.reads[2]?.map(\.index) == [3]
    }

    /// Node 1 does not know that node 2 leads, and is asked for a read.
    private static func oldLeaderReadsNothing(_ defect: PlantedDefect?) -> Bool {
        var cluster = SafetyCluster(3, defect)
        cluster.elect(1)
        cluster.isolate(1)
        cluster.elect(2)
        cluster.propose(2, "x")
        cluster.settle()
        try? cluster[1].requestRead([1])
        cluster.run(ticks: 2)
        return cluster.isSafe && cluster.isLeader(1) && cluster.reads[1] == []
    }

    /// A snapshot comes to a node that is past it.
    private static func oldSnapshotIsRefused(_ defect: PlantedDefect?) -> Bool {
        var cluster = SafetyCluster(3, defect)
        cluster.elect(1)
        cluster.propose(1, "a")
        cluster.settle()
        cluster.compact(1)
        let old = Message(
            .snapshot, from: 1, to: 2, term: 1, snapshot: cluster[1].storage.snapshot)
        cluster.isolate(3)
        cluster.propose(1, "b")
        cluster.settle()
        cluster.step(old)
        cluster.settle()
        cluster.crash(1)
        cluster.heal()
        cluster.elect(2)
        return cluster.isSafe && cluster.isLeader(2) && cluster.isApplied("b")
    }

    /// Node 3 joins by a snapshot and has to win an election.
    private static func installedMembershipRules(_ defect: PlantedDefect?) -> Bool {
        var cluster = SafetyCluster(3, defect, voters: [1, 2])
        cluster.elect(1)
        cluster.isolate(3)
        cluster.change(1, [.init(.addVoter, 3)])
        cluster.settle()
        cluster.compact(1)
        cluster.heal()
        cluster.run(ticks: 2)
        cluster.crash(1)
        cluster.elect(3)
        return cluster.isSafe && cluster.isLeader(3)
    }

    @Test("13. A snapshot is stored with its commit index, and all of it or nothing (paper, 7)")
    func installIsAtomic() {
        var cluster = SafetyCluster(3, nil) { $0.asyncStorageWrites = true }
        cluster.elect(1)
        cluster.isolate(3)
        cluster.propose(1, "a")
        cluster.settle()
        cluster.compact(1)
        cluster.heal()
        for isWritten in [false, true] {
            let work = receiveSnapshot(&cluster)
            #expect(work?.snapshot?.index == 2 && work?.commit == 2 && work?.entries == [])
            #expect(!cluster[3].canCampaign, "there is no log to campaign with")
            if isWritten { cluster.write(3) }
            cluster.crash(3)
            cluster.restart(3)
            #expect(cluster[3].committed == (isWritten ? 2 : 1))
            #expect(cluster[3].lastID == EntryID(term: 1, index: isWritten ? 2 : 1))
            cluster[1].reportSnapshot(to: 3, delivered: isWritten)
        }
        cluster.propose(1, "b")
        cluster.run(ticks: 2)
        #expect(cluster.isSafe && cluster[3].applied == 3)
    }

    /// What node 3 asks its storage to write when a snapshot has come.
    private func receiveSnapshot(_ cluster: inout SafetyCluster) -> Message? {
        for _ in 1...10 {
            cluster[1].tick()
            cluster.settle([1, 2])
            cluster.deliver(to: 3)
            cluster.ready(3)
            if let work = cluster.appendWork(3).last, work.snapshot != nil { return work }
            cluster.write(3)
        }
        return nil
    }
}
