internal import Simulation
internal import Testing

/// Clusters of whole nodes with their ledgers, in virtual time.
@Suite struct LedgerSimulationTests {
    /// Every promise holds in every run, and a seed gives the same run twice.
    @Test(arguments: 0..<4)
    func promisesHold(_ part: Int) {
        for offset in 0..<5 {
            let seed = UInt64(1_000 + part * 5 + offset)
            let result = LedgerResult.run(seed: seed, hours: 0.02)
            #expect(
                result.violation == nil,
                "langqiao simulate --ledger --seed \(seed) --hours 0.02 --runs 1")
            #expect(result.payments > 0)
            guard LedgerResult.isRepeated(seed) else { continue }
            #expect(LedgerResult.run(seed: seed, hours: 0.02).trace == result.trace)
        }
    }

    /// A run that found nothing because nothing happened would prove nothing.
    @Test func everyFaultIsInjected() {
        var faults: [LedgerFault: Int] = [:]
        for seed in UInt64(1)...40 {
            let result = LedgerResult.run(seed: seed, hours: 0.01)
            faults.merge(result.faults) { $0 + $1 }
        }
        for kind in LedgerFault.allCases {
            #expect(faults[kind, default: 0] > 0, "\(kind.title)")
        }
    }

    /// A checker that cannot find a known defect is worth nothing.
    @Test(arguments: LedgerResult.defectNames)
    func plantedDefectIsFound(_ name: String) throws {
        let search = try #require(
            LedgerResult.search(name, firstSeed: 1, maxSeeds: 1_000, hours: 0.02))
        let violation = search.violation ?? "not found"
        print("planted \(name): \(violation) (\(search.seedsTried) seeds)")
        #expect(search.violation != nil)
    }
}
