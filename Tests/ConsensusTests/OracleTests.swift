internal import Consensus
internal import Foundation
internal import Testing

/// The same random schedules for our nodes and for etcd's Raft 3.4, with the answers compared after
/// every step.
@Suite(.serialized, .needsOracle) struct OracleTests {
    /// How many steps to compare, and the seed of the first schedule.
    private static let wantedSteps = environment("LANGQIAO_ORACLE_STEPS") ?? 1_000_000
    private static let firstSeed = UInt64(environment("LANGQIAO_ORACLE_SEED") ?? 1)

    private static func environment(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap(Int.init)
    }

    @Test func sameSchedulesSameAnswers() throws {
        let oracle = try OracleProcess()
        defer { oracle.stop() }
        var comparison = OracleComparison()
        var seed = Self.firstSeed
        while comparison.steps < Self.wantedSteps {
            if let difference = try comparison.run(oracle, seed: seed) {
                Issue.record("\(difference)")
                break
            }
            seed += 1
        }
        print(comparison.report)
        #expect(comparison.isEventful)
    }

    /// Show only when storage answers later, which 3.4 does not have.
    private static let unseen: [PlantedDefect] = [
        .sendsBeforeDurable, .asksBeforeDurable, .acceptsOldStorageAnswers,
        .takesOverwrittenAsStored,
    ]

    /// The comparison finds what we do wrong.
    @Test(arguments: PlantedDefect.allCases.filter { !unseen.contains($0) })
    func findsPlantedDefect(_ defect: PlantedDefect) throws {
        try expectDifference(in: 400, defect: defect, "planted defect \(defect.rawValue)")
    }

    /// What is listed as a difference of 3.4 is one.
    @Test(arguments: OracleComparison.amendments.indices)
    func findsDifferenceThatIsNotMadeUpFor(_ amendment: Int) throws {
        let others = OracleComparison.allAmendments & ~(1 << UInt64(amendment))
        let name = OracleComparison.amendments[amendment]
        try expectDifference(in: 1000, amendments: others, "3.4 without \(name)")
    }

    private func expectDifference(
        in schedules: UInt64, amendments: UInt64 = OracleComparison.allAmendments,
        defect: PlantedDefect? = nil, _ title: String
    ) throws {
        let oracle = try OracleProcess()
        defer { oracle.stop() }
        var comparison = OracleComparison()
        // What is found must come of what was changed.
        if let difference = try comparison.run(oracle, seed: 1) {
            Issue.record("differs as it is: \(difference)")
            return
        }
        for seed in 1...schedules {
            let difference = try comparison.run(
                oracle, seed: seed, amendments: amendments, defect: defect)
            if let difference {
                print("\(title): found in step \(comparison.steps + difference.step)")
                return
            }
        }
        Issue.record("\(title): not found in \(comparison.steps) steps")
    }
}
