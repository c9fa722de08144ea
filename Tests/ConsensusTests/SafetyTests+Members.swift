internal import Consensus
internal import Testing

/// Items 6 to 8 and 14.
extension SafetyTests {
    static let partitions = [
        Trial(.neverChecksQuorum, deafLeaderGivesWay),
        Trial(.ignoresLease, leaderStaysWhileHeard),
        Trial(.silentToOldLeaders, loneCandidateComesBack),
        Trial(.preVoteRaisesTerm, deafNodeRaisesNoTerm),
    ]
    static let changes = [
        Trial(.changesWhileChanging, oneUnappliedChange),
        Trial(.forgetsInheritedChange, inheritedChangeComesFirst),
        Trial(.campaignsBeforeApplyingChange, oldConfigurationElectsNobody),
    ]
    static let members = [
        Trial(.outgoingHalfIgnored, bothHalvesDecide),
        Trial(.staysJoint, jointConfigurationIsLeft),
        Trial(.removedCampaigns, removedNodeIsQuiet),
        Trial(.ignoresLease, unawareRemovedNodeIsIgnored),
        Trial(.learnersNeverVote, laggingLearnerVotes),
    ]
    static let transfers = [
        Trial(.proposesDuringTransfer, transferRefusesProposals),
        Trial(.transferNeverEnds, transferTimesOut),
    ]

    @Test("8. A leader that removes itself leaves somebody who can lead (thesis, 4.2.2)")
    func removedLeaderLeavesAnother() {
        #expect(Self.removedLeaderIsReplaced())
    }

    private static func protected(_ options: inout Options) {
        options.preVote = true
        options.checkQuorum = true
    }

    /// Everybody hears the leader, and the leader hears nobody.
    private static func deafLeaderGivesWay(_ defect: PlantedDefect?) -> Bool {
        var cluster = SafetyCluster(3, defect, configure: protected)
        cluster.elect(1)
        cluster.cut(2, 1)
        cluster.cut(3, 1)
        cluster.run(ticks: 100)
        guard let leader = [2, 3].first(where: cluster.isLeader) else { return false }
        cluster.propose(leader, "x")
        cluster.settle()
        return cluster.isSafe && cluster.isApplied("x")
    }

    /// Nodes 1 and 3 do not reach each other; node 2 reaches both, and stays with its leader.
    private static func leaderStaysWhileHeard(_ defect: PlantedDefect?) -> Bool {
        var cluster = SafetyCluster(3, defect, configure: protected)
        cluster.elect(1)
        cluster.cutBothWays(1, 3)
        cluster.run(ticks: 200)
        return cluster.isSafe && cluster.isLeader(1) && cluster[1].term == 1
    }

    /// Node 3 won its pre-votes and then lost everybody, so its term is ahead of the leader's.
    private static func loneCandidateComesBack(_ defect: PlantedDefect?) -> Bool {
        var cluster = SafetyCluster(3, defect, configure: protected)
        for _ in 1...2 {
            cluster.heal()
            cluster[3].campaign()
            cluster.settle([3])
            cluster.settle([2])
            cluster.deliver(to: 3)
            cluster.isolate(3)
            cluster.settle()
        }
        cluster.elect(1)
        cluster.heal()
        cluster.run(ticks: 100)
        guard let leader = cluster.leader else { return false }
        cluster.propose(leader, "x")
        cluster.settle()
        return cluster.isSafe && cluster[3].applied == cluster[leader].applied
    }

    /// Node 3 hears nobody and is heard by all.
    private static func deafNodeRaisesNoTerm(_ defect: PlantedDefect?) -> Bool {
        var cluster = SafetyCluster(3, defect) { $0.preVote = true }
        cluster.elect(1)
        cluster.cut(1, 3)
        cluster.cut(2, 3)
        cluster.run(ticks: 100)
        return cluster.isSafe && cluster.isLeader(1) && cluster[1].term == 1
    }

    /// The leader's first change cannot commit, and it is asked for another.
    private static func oneUnappliedChange(_ defect: PlantedDefect?) -> Bool {
        var cluster = SafetyCluster(3, defect)
        cluster.elect(1)
        cluster.isolate(1)
        cluster.change(1, [.init(.addVoter, 4)])
        cluster.change(1, [.init(.addVoter, 5)])
        cluster.settle()
        return cluster.isSafe && cluster.unappliedChanges(1) == 1
    }

    /// Node 2 leads with an unapplied change of node 1 in its log, before its first commit.
    private static func inheritedChangeComesFirst(_ defect: PlantedDefect?) -> Bool {
        var cluster = SafetyCluster(3, defect)
        cluster.elect(1)
        cluster.isolate(3)
        cluster.change(1, [.init(.addVoter, 4)])
        cluster.ready(1)
        cluster.settle([2])
        cluster.crash(1)
        cluster.heal()
        cluster.electSilently(2, voters: [3])
        cluster.change(2, [.init(.remove, 3)])
        cluster.settle()
        return cluster.isSafe && cluster.isLeader(2) && cluster.unappliedChanges(2) == 1
    }

    /// Node 1 restarts with the configuration {1}, and has not applied yet what made it {1, 2, 3}.
    private static func oldConfigurationElectsNobody(_ defect: PlantedDefect?) -> Bool {
        var cluster = SafetyCluster(3, defect, voters: [1]) { $0.asyncStorageWrites = true }
        cluster.elect(1)
        cluster.change(1, [.init(.addVoter, 2)])
        cluster.settle()
        cluster.change(1, [.init(.addVoter, 3)])
        cluster.settle()
        cluster.crash(1)
        cluster.restart(1)
        cluster.isolate(1)
        cluster[1].campaign()
        cluster.ready(1)
        cluster.write(1)
        cluster.deliver(to: 1)
        cluster.elect(2)
        return cluster.isSafe && cluster.isLeader(2)
    }

    /// From {1, 2, 3} jointly to {1}: node 1 alone is a majority of one half only.
    private static func bothHalvesDecide(_ defect: PlantedDefect?) -> Bool {
        var cluster = SafetyCluster(3, defect)
        cluster.elect(1)
        cluster.change(1, [.init(.remove, 2), .init(.remove, 3)], .jointExplicit)
        cluster.ready(1)
        cluster.settle([2, 3])
        cluster.deliver(to: 1)
        cluster.isolate(1)
        cluster.settle()
        cluster.propose(1, "x")
        cluster.settle()
        // The others do not know that the change is committed.
        cluster.elect(2)
        return cluster.isSafe && cluster.isLeader(2)
    }

    /// Node 3 has applied its own removal.
    private static func removedNodeIsQuiet(_ defect: PlantedDefect?) -> Bool {
        var cluster = SafetyCluster(3, defect)
        cluster.elect(1)
        cluster.change(1, [.init(.remove, 3)])
        cluster.settle()
        cluster.run(ticks: 100)
        return cluster.isSafe && cluster.isLeader(1) && cluster[1].term == 1
    }

    /// Node 3 does not know that it was removed, hears no leader and campaigns.
    private static func unawareRemovedNodeIsIgnored(_ defect: PlantedDefect?) -> Bool {
        var cluster = SafetyCluster(3, defect) { $0.checkQuorum = true }
        cluster.elect(1)
        cluster.isolate(3)
        cluster.change(1, [.init(.remove, 3)])
        cluster.settle()
        cluster.heal()
        cluster.run(ticks: 100)
        return cluster.isSafe && cluster.isLeader(1) && cluster[1].term == 1
            && cluster[3].term > 1
    }

    /// Node 3 was made a voter without knowing it, and node 2 needs its vote.
    private static func laggingLearnerVotes(_ defect: PlantedDefect?) -> Bool {
        var cluster = SafetyCluster(3, defect, voters: [1, 2], learners: [3])
        cluster.elect(1)
        cluster.change(1, [.init(.addVoter, 3)])
        cluster.ready(1)
        cluster.settle([2, 3])
        cluster.cut(1, 3)
        cluster.settle()
        cluster.crash(1)
        cluster.elect(2)
        return cluster.isSafe && cluster.isLeader(2)
            && cluster[3].membership == cluster[2].membership
    }

    /// Node 2 leads two voters and removes itself; the news of the commit does not reach node 1,
    /// which therefore still needs the vote of node 2, whose log is longer.
    private static func removedLeaderIsReplaced() -> Bool {
        var cluster = SafetyCluster(2, nil, configure: protected)
        cluster[2].campaign()
        cluster.settle()
        cluster.change(2, [.init(.remove, 2)])
        cluster.propose(2, "x")
        cluster.ready(2)
        cluster.loses = { $0.entries.contains { !$0.data.isEmpty && $0.kind == .normal } }
        cluster.settle([1])
        cluster.cut(2, 1)
        cluster.settle()
        cluster.heal()
        cluster.run(ticks: 200)
        guard cluster.isLeader(1), cluster.propose(1, "y") else { return false }
        cluster.settle()
        return cluster.isSafe && cluster.isApplied("y")
    }

    /// Leadership is being handed over in vain when the change is applied.
    private static func jointConfigurationIsLeft(_ defect: PlantedDefect?) -> Bool {
        var cluster = SafetyCluster(4, defect, voters: [1, 2, 3])
        cluster.elect(1)
        cluster.isolate(3)
        cluster.change(1, [.init(.addVoter, 4), .init(.remove, 3)])
        cluster[1].transferLeadership(to: 3)
        cluster.settle()
        guard cluster[1].membership.isJoint else { return false }
        cluster.run(ticks: 30)
        return cluster.isSafe && cluster[1].membership == Membership(voters: [1, 2, 4])
    }

    private static func transferRefusesProposals(_ defect: PlantedDefect?) -> Bool {
        var cluster = SafetyCluster(3, defect)
        cluster.elect(1)
        cluster.isolate(3)
        cluster[1].transferLeadership(to: 3)
        cluster.settle()
        return cluster.isSafe && !cluster.propose(1, "x")
    }

    /// The node that is to lead cannot be reached; an election timeout later the leader goes on.
    private static func transferTimesOut(_ defect: PlantedDefect?) -> Bool {
        var cluster = SafetyCluster(3, defect)
        cluster.elect(1)
        cluster.isolate(3)
        cluster[1].transferLeadership(to: 3)
        cluster.run(ticks: 9)
        let isEarly = cluster.propose(1, "x")
        cluster.run(ticks: 1)
        return cluster.isSafe && !isEarly && cluster.propose(1, "x")
    }
}

extension SafetyCluster {
    /// The leader of the latest term.
    fileprivate var leader: NodeID? {
        let leaders = (NodeID(1)...3).filter(isLeader)
        return leaders.max { self[$0].term < self[$1].term }
    }

    fileprivate func unappliedChanges(_ id: NodeID) -> Int {
        let entries = self[id].entries(from: self[id].applied + 1) ?? []
        return entries.count { $0.kind != .normal }
    }
}
