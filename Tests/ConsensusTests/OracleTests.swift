internal import Consensus
internal import Foundation
internal import Testing

/// The same random schedules for our nodes and for etcd's Raft 3.4, with the answers compared after
/// every step.
@Suite(.serialized, WithOracle()) struct OracleTests {
    /// How many steps to compare, and the seed of the first schedule.
    private static let wantedSteps = environment("LANGQIAO_ORACLE_STEPS") ?? 1_000_000
    private static let firstSeed = UInt64(environment("LANGQIAO_ORACLE_SEED") ?? 1)

    private static func environment(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap(Int.init)
    }

    @Test func sameSchedulesSameAnswers() throws {
        guard let program = WithOracle.program else { return }
        let oracle = try OracleProcess(program)
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
        guard let program = WithOracle.program else { return }
        let oracle = try OracleProcess(program)
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

/// Builds the program for the tests of a suite, and removes it after them.
struct WithOracle: SuiteTrait, TestScoping {
    /// Nil when Go or etcd's source is not installed; a line has said so.
    @TaskLocal static var program: URL?

    func provideScope(
        for test: Test, testCase: Test.Case?, performing body: @Sendable () async throws -> Void
    ) async throws {
        let directory = FileManager.default.temporaryDirectory
            .appending(path: "raft-oracle-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        let program = try OracleProcess.build(in: directory)
        try await Self.$program.withValue(program) { try await body() }
    }
}
