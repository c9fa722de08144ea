internal import Consensus
internal import Testing

/// Items 1 to 5.
extension SafetyTests {
    static let durability = [
        Trial(.sendsBeforeDurable) { voteSurvivesCrash($0, isStored: false) },
        Trial(.forgetsVote) { voteSurvivesCrash($0, isStored: true) },
        Trial(.asksBeforeDurable, nobodyLeadsATermTwice),
        Trial(.leaderCountsItselfEarly, commitSurvivesLeader),
    ]
    static let counting = [
        Trial(.countsEarlierTerms, figure8),
        Trial(.minorityCommits, aloneNothingCommits),
    ]
    static let votes = [
        Trial(.votesTwice, secondCandidateLoses),
        Trial(.votesTwiceForTransfer, transferDoesNotVoteTwice),
        Trial(.minorityElects, aloneNobodyWins),
    ]
    static let freshness = [
        Trial(.voteIgnoresLog, shortLogLoses),
        Trial(.voteComparesLengthOnly, longOldLogLoses),
        Trial(.asksBeforeDurable, lostEntryWinsNoVotes),
    ]
    static let preVotes = [Trial(.preVoteIgnoresLog, staleNodeRaisesNoTerm)]

    /// Node 3 votes for 1, crashes, and is asked by 2 in the same term.
    private static func voteSurvivesCrash(_ defect: PlantedDefect?, isStored: Bool) -> Bool {
        var cluster = SafetyCluster(3, defect) { $0.asyncStorageWrites = true }
        cluster.cutBothWays(1, 2)
        cluster[1].campaign()
        cluster.ready(1)
        cluster.write(1)
        cluster.deliver(to: 3)
        cluster.ready(3)
        if isStored { cluster.write(3) }
        cluster.crash(3)
        cluster.settle([1])
        cluster.restart(3)
        cluster.inFlight = []
        cluster.elect(2)
        return cluster.isSafe
    }

    /// Node 1 asks for votes, crashes before its term is stored, and asks in the same term again.
    private static func nobodyLeadsATermTwice(_ defect: PlantedDefect?) -> Bool {
        var cluster = SafetyCluster(3, defect) { $0.asyncStorageWrites = true }
        cluster[1].campaign()
        cluster.ready(1)
        cluster.settle([2, 3])
        cluster.deliver(to: 1)
        cluster.propose(1, "x")
        cluster.ready(1)
        cluster.isolate(3)
        for _ in 1...2 {
            cluster.settle([2, 3])
            cluster.deliver(to: 1)
            cluster.ready(1)
        }
        cluster.crash(1)
        cluster.restart(1)
        cluster.heal()
        cluster.isolate(2)
        cluster.elect(1)
        cluster.propose(1, "y")
        cluster.settle()
        cluster.heal()
        cluster.run(ticks: 2)
        return cluster.isSafe && cluster.isApplied("y")
    }

    /// Node 1 asks for votes with an entry that its storage loses, and the answer comes late.
    private static func lostEntryWinsNoVotes(_ defect: PlantedDefect?) -> Bool {
        var cluster = SafetyCluster(3, defect) { $0.asyncStorageWrites = true }
        cluster.elect(3)
        cluster.propose(3, "x")
        cluster.ready(3)
        cluster.deliver(to: 1)
        cluster.ready(1)
        cluster.settle([2, 3])
        cluster[1].campaign()
        cluster.ready(1)
        cluster.cutBothWays(1, 3)
        cluster.settle([2])
        let answers = cluster.inFlight.filter { $0.from == 2 && $0.to == 1 }
        cluster.crash(1)
        cluster.restart(1)
        cluster[1].campaign()
        cluster.settle([1])
        for answer in answers { cluster.step(answer) }
        cluster.settle()
        return cluster.isSafe && !cluster.isLeader(1) && cluster.isApplied("x")
    }

    /// The leader's entry reaches node 2 before the leader's own disk; then the leader loses it.
    private static func commitSurvivesLeader(_ defect: PlantedDefect?) -> Bool {
        var cluster = SafetyCluster(3, defect) { $0.asyncStorageWrites = true }
        cluster.elect(1)
        cluster.isolate(3)
        cluster.propose(1, "x")
        cluster.ready(1)
        cluster.settle([2])
        cluster.deliver(to: 1)
        cluster.ready(1)
        cluster.settle([2])
        cluster.crash(1)
        cluster.restart(1)
        cluster.heal()
        cluster.isolate(2)
        cluster.elect(3)
        return cluster.isSafe && cluster.isLeader(3)
    }

    /// Node 1 spreads an entry of term 1 to a majority in term 3, and node 5, whose last entry is
    /// of term 2, is elected afterwards.
    private static func figure8(_ defect: PlantedDefect?) -> Bool {
        var cluster = SafetyCluster(5, defect) { $0.maxMessageBytes = 1 }
        cluster.elect(1)
        // (a) An entry at index 2 reaches nodes 1 and 2 only.
        for other: NodeID in 3...5 { cluster.cut(1, other) }
        cluster.propose(1, "x")
        cluster.settle()
        cluster.crash(1)
        // (b) Node 5 leads term 2 with an entry of its own there, and fails.
        cluster.heal()
        cluster.isolate(2)
        cluster.electSilently(5, voters: [3, 4])
        cluster.crash(5)
        // (c) Node 1 leads term 3; "x" gets to node 3, what follows it does not.
        cluster.heal()
        cluster.restart(1)
        cluster.elect(1)
        cluster[1].campaign()
        cluster.settle([1])
        cluster.settle([2, 3, 4])
        cluster.cut(1, 4)
        for _ in 1...2 {
            cluster.deliver(to: 1)
            cluster.ready(1)
            cluster.settle([2, 3])
        }
        cluster.loses = { $0.to == 3 }
        cluster.settle()
        cluster.crash(1)
        // (d) Node 5 leads term 4 with the votes of 3 and 4, and replaces index 2.
        cluster.heal()
        cluster.restart(5)
        cluster.elect(5)
        cluster.elect(5)
        return cluster.isSafe && cluster.isLeader(5)
    }

    /// A leader without the others takes a proposal while they elect another leader.
    private static func aloneNothingCommits(_ defect: PlantedDefect?) -> Bool {
        var cluster = SafetyCluster(3, defect)
        cluster.elect(1)
        cluster.isolate(1)
        cluster.propose(1, "x")
        cluster.settle()
        cluster.elect(2)
        cluster.propose(2, "y")
        cluster.settle()
        return cluster.isSafe && cluster.isApplied("y")
    }

    /// Node 3 is asked by 2 in the term in which it voted for 1.
    private static func secondCandidateLoses(_ defect: PlantedDefect?) -> Bool {
        var cluster = SafetyCluster(3, defect)
        cluster.cutBothWays(1, 2)
        cluster.electSilently(1, voters: [3])
        cluster.elect(2)
        return cluster.isSafe && cluster.isLeader(1)
    }

    /// Leadership is handed to 2 while 3 wins the same term with the vote of 1.
    private static func transferDoesNotVoteTwice(_ defect: PlantedDefect?) -> Bool {
        var cluster = SafetyCluster(3, defect)
        cluster.elect(1)
        cluster[1].transferLeadership(to: 2)
        cluster.ready(1)
        cluster.cutBothWays(2, 3)
        cluster[3].campaign()
        cluster.settle([3])
        cluster.settle([1])
        cluster.settle([3])
        cluster.cut(3, 1)
        cluster.settle()
        return cluster.isSafe && cluster.isLeader(3)
    }

    private static func aloneNobodyWins(_ defect: PlantedDefect?) -> Bool {
        var cluster = SafetyCluster(3, defect)
        for id: NodeID in 1...3 { cluster.isolate(id) }
        for id: NodeID in 1...3 { cluster.elect(id) }
        return cluster.isSafe
    }

    /// Node 3 missed a commit and campaigns.
    private static func shortLogLoses(_ defect: PlantedDefect?) -> Bool {
        var cluster = SafetyCluster(3, defect)
        cluster.elect(1)
        cluster.isolate(3)
        cluster.propose(1, "x")
        cluster.settle()
        cluster.crash(1)
        cluster.heal()
        cluster.elect(3)
        return cluster.isSafe && !cluster.isLeader(3)
    }

    /// Node 1 has many entries of term 1 that nobody else has; term 2 has committed one.
    private static func longOldLogLoses(_ defect: PlantedDefect?) -> Bool {
        var cluster = SafetyCluster(3, defect)
        cluster.elect(1)
        cluster.isolate(1)
        for text in ["a", "b", "c"] { cluster.propose(1, text) }
        cluster.settle()
        cluster.elect(2)
        cluster.heal()
        cluster.crash(2)
        cluster.crash(1)
        cluster.restart(1)
        cluster.elect(1)
        cluster.elect(1)
        return cluster.isSafe && !cluster.isLeader(1)
    }

    /// Node 3 missed a commit and asks whether it could win.
    private static func staleNodeRaisesNoTerm(_ defect: PlantedDefect?) -> Bool {
        var cluster = SafetyCluster(3, defect) { $0.preVote = true }
        cluster.elect(1)
        cluster.isolate(3)
        cluster.propose(1, "x")
        cluster.settle()
        cluster.heal()
        cluster.elect(3)
        return cluster.isSafe && cluster.isLeader(1) && cluster[1].term == 1
    }
}
