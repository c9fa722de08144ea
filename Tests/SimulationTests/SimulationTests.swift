internal import Simulation
internal import Testing

/// Clusters of consensus alone, with faults, in virtual time.
@Suite struct SimulationTests {
    @Test(arguments: 0..<4)
    func promisesHold(_ part: UInt64) {
        let first = 1_000 + part * 10
        expectPromises(of: ClusterResult.self, seeds: first..<first + 10, hours: 0.05) {
            $0.elections > 0
        }
    }

    @Test func everyFaultIsInjected() {
        let answers = expectEveryFault(of: ClusterResult.self, seeds: 100, hours: 0.03) {
            $0.answers
        }
        #expect(answers > 1_000)
    }

    @Test(arguments: ClusterResult.defectNames)
    func plantedDefectIsFound(_ name: String) throws {
        try expectFound(name, by: ClusterResult.self, hours: 0.03)
    }
}

/// Clusters of whole nodes with their ledgers.
@Suite struct LedgerSimulationTests {
    @Test(arguments: 0..<4)
    func promisesHold(_ part: UInt64) {
        let first = 1_000 + part * 5
        expectPromises(of: LedgerResult.self, seeds: first..<first + 5, hours: 0.02) {
            $0.payments > 0
        }
    }

    @Test func everyFaultIsInjected() {
        let payments = expectEveryFault(of: LedgerResult.self, seeds: 40, hours: 0.01) {
            $0.payments
        }
        #expect(payments > 1_000)
    }

    @Test(arguments: LedgerResult.defectNames)
    func plantedDefectIsFound(_ name: String) throws {
        try expectFound(name, by: LedgerResult.self, hours: 0.02)
    }
}

/// Every promise holds in every run, something happens, and a seed gives the same run twice.
private func expectPromises<Result: SimulationResult>(
    of type: Result.Type, seeds: Range<UInt64>, hours: Double, _ hasLived: (Result) -> Bool
) {
    for seed in seeds {
        let result = Result.run(seed: seed, hours: hours)
        let violation = result.violation ?? ""
        #expect(violation == "", "\(type), seed \(seed), \(hours) hours")
        #expect(hasLived(result), "\(type), seed \(seed)")
        guard Result.isRepeated(seed) else { continue }
        #expect(Result.run(seed: seed, hours: hours).trace == result.trace)
    }
}

/// A run that found nothing because nothing happened would prove nothing.
private func expectEveryFault<Result: SimulationResult>(
    of type: Result.Type, seeds: UInt64, hours: Double, _ count: (Result) -> Int
) -> Int {
    var faults: [FaultKind: Int] = [:]
    var sum = 0
    for seed in 1...seeds {
        let result = Result.run(seed: seed, hours: hours)
        faults.merge(result.faults) { $0 + $1 }
        sum += count(result)
    }
    for kind in Result.kindsOfFaults { #expect(faults[kind, default: 0] > 0, "\(kind.title)") }
    return sum
}

/// A checker that cannot find a known defect is worth nothing.
private func expectFound<Result: SimulationResult>(
    _ name: String, by type: Result.Type, hours: Double
) throws {
    let search = try #require(
        Result.search(name, firstSeed: 1, maxSeeds: 1_000, hours: hours))
    let violation = search.violation ?? "not found"
    print("planted \(name): \(violation) (\(search.seedsTried) seeds)")
    #expect(search.violation != nil)
}
