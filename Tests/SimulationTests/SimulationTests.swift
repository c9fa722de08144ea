internal import Simulation
internal import Testing

/// Whole clusters with faults in virtual time.
@Suite struct SimulationTests {
    /// Every promise holds in every run, and a seed gives the same run twice.
    @Test(arguments: 0..<4)
    func promisesHold(_ part: Int) {
        for offset in 0..<10 {
            let seed = UInt64(1_000 + part * 10 + offset)
            let result = ClusterResult.run(seed: seed, hours: 0.05)
            #expect(
                result.violation == nil,
                "langqiao simulate --seed \(seed) --hours 0.05 --runs 1")
            #expect(result.elections > 0)
            guard ClusterResult.isRepeated(seed) else { continue }
            #expect(ClusterResult.run(seed: seed, hours: 0.05).trace == result.trace)
        }
    }

    /// A run that found nothing because nothing happened would prove nothing.
    @Test func everyFaultIsInjected() {
        var faults: [FaultKind: Int] = [:]
        var answers = 0
        for seed in UInt64(1)...100 {
            let result = ClusterResult.run(seed: seed, hours: 0.03)
            faults.merge(result.faults) { $0 + $1 }
            answers += result.answers
        }
        for kind in FaultKind.allCases { #expect(faults[kind, default: 0] > 0, "\(kind.title)") }
        #expect(answers > 1_000)
    }

    /// A checker that cannot find a known defect is worth nothing.
    @Test(arguments: ClusterResult.defectNames)
    func plantedDefectIsFound(_ name: String) throws {
        let search = try #require(
            ClusterResult.search(name, firstSeed: 1, maxSeeds: 1_000, hours: 0.03))
        let violation = search.violation ?? "not found"
        print("planted \(name): \(violation) (\(search.seedsTried) seeds)")
        #expect(search.violation != nil)
    }
}
