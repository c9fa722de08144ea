internal import Consensus
internal import Testing

/// What consensus promises, and that each safeguard is needed: the scenario of a promise holds, and
/// does not hold when the safeguard is taken away.
///
/// "Paper" is Ongaro and Ousterhout, In Search of an Understandable Consensus Algorithm; "thesis"
/// is Ongaro's Consensus: Bridging Theory and Practice.
@Suite struct SafetyTests {
    /// One planted defect and the scenario that it must break.
    struct Trial: Sendable, CustomTestStringConvertible {
        var defect: PlantedDefect
        var holds: @Sendable (PlantedDefect?) -> Bool

        init(_ defect: PlantedDefect, _ holds: @escaping @Sendable (PlantedDefect?) -> Bool) {
            self.defect = defect
            self.holds = holds
        }

        var testDescription: String { defect.rawValue }

        func run() {
            #expect(holds(nil), "broken without a defect")
            #expect(!holds(defect), "the defect does no harm")
        }
    }

    @Test func everyPlantedDefectHasATrial() {
        let trials = [
            Self.durability, Self.counting, Self.votes, Self.freshness, Self.preVotes,
            Self.partitions, Self.changes, Self.members, Self.matching, Self.bounds,
            Self.staleAnswers, Self.reads, Self.snapshots, Self.transfers,
        ].flatMap { $0 }
        #expect(Set(trials.map(\.defect)) == Set(PlantedDefect.allCases))
    }

    @Test(
        """
        1. Term, vote and entries are durable before any message that depends on them \
        (paper, 5.1)
        """,
        arguments: durability)
    func durableFirst(_ trial: Trial) { trial.run() }

    @Test(
        "2. No commit of an earlier term's entry by counting (paper, 5.4.2 and figure 8)",
        arguments: counting)
    func ownTermCounts(_ trial: Trial) { trial.run() }

    @Test("3. One vote a term, leadership transfer included (paper, 5.2)", arguments: votes)
    func oneVote(_ trial: Trial) { trial.run() }

    @Test("4. Candidates and voters compare durable logs (paper, 5.4.1)", arguments: freshness)
    func freshLogsWin(_ trial: Trial) { trial.run() }

    @Test("5. Pre-vote checks log freshness (thesis, 9.6)", arguments: preVotes)
    func preVoteChecksLogs(_ trial: Trial) { trial.run() }

    @Test(
        """
        6. Pre-vote, check-quorum and stickiness together stay live under an asymmetric partition \
        (thesis, 6.4.1 and 9.6)
        """, arguments: partitions)
    func staysLive(_ trial: Trial) { trial.run() }

    @Test(
        """
        7. No configuration change before a commit in the current term, none while one is \
        unapplied (thesis, 4.1)
        """, arguments: changes)
    func oneChangeAtATime(_ trial: Trial) { trial.run() }

    @Test(
        """
        8. A removed node cannot disrupt, a learner votes when its configuration lags (thesis, \
        4.2.2 and 4.2.3)
        """, arguments: members)
    func membersDecide(_ trial: Trial) { trial.run() }

    @Test(
        """
        9. A follower never acknowledges entries that did not pass the matching check \
        (paper, 5.3)
        """,
        arguments: matching)
    func logsMatch(_ trial: Trial) { trial.run() }

    @Test("10. In-flight windows bound memory (thesis, 10.2.1)", arguments: bounds)
    func memoryIsBounded(_ trial: Trial) { trial.run() }

    @Test(
        "11. An append acknowledgement from an older term is ignored (thesis, 10.2.1)",
        arguments: staleAnswers)
    func staleAnswersAreIgnored(_ trial: Trial) { trial.run() }

    @Test("12. ReadIndex waits for the first commit of the term (thesis, 6.4)", arguments: reads)
    func readsAreLinearizable(_ trial: Trial) { trial.run() }

    @Test(
        "13. Snapshots older than the log are refused, installs are atomic (paper, 7)",
        arguments: snapshots)
    func snapshotsOnlyAdvance(_ trial: Trial) { trial.run() }

    @Test(
        "14. Transfer refuses proposals meanwhile and times out (thesis, 3.10)",
        arguments: transfers)
    func transferIsBounded(_ trial: Trial) { trial.run() }
}
