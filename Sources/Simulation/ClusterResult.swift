internal import Consensus

/// What one run of a cluster of consensus alone did and found.
package struct ClusterResult: SimulationResult {
    package let seed: UInt64
    package let virtualSeconds: Double
    package let events: Int
    package let trace: UInt64
    package let violation: String?
    /// Sent between nodes, lost ones included, doubles not.
    let messages: Int
    /// Elections that were won.
    package let elections: Int
    /// Committed entries; the snapshot at the start counts as one.
    let commits: Int
    /// Operations that clients had answered.
    package let answers: Int
    package let calms: Int
    package let faults: [FaultKind: Int]

    package static func run(seed: UInt64, hours: Double, isLight: Bool) -> ClusterResult {
        ClusterResult(isLight ? .light(seed: seed) : Scenario(seed: seed), hours, nil)
    }

    package static func run(seed: UInt64, hours: Double, planting name: String) -> ClusterResult {
        ClusterResult(Scenario(seed: seed), hours, PlantedDefect(rawValue: name))
    }

    package static var defectNames: [String] { PlantedDefect.allCases.map(\.rawValue) }
    package static var kindsOfFaults: [FaultKind] { FaultKind.ofClusters }

    private init(_ scenario: Scenario, _ hours: Double, _ defect: PlantedDefect?) {
        var simulation = ClusterSimulation(scenario, defect: defect)
        _ = simulation.run(until: VirtualTime(hours * 3_600_000_000))
        seed = scenario.seed
        virtualSeconds = Double(simulation.now) / 1_000_000
        events = simulation.events
        trace = simulation.trace.value
        violation = simulation.checker.violation
        messages = simulation.messages
        elections = simulation.checker.elections
        commits = simulation.checker.committed.count
        answers = simulation.history.answers
        calms = simulation.calm.calms
        faults = simulation.faults
    }

    package static func lines(_ results: [ClusterResult]) -> [(name: String, text: String)] {
        func sum(_ count: (ClusterResult) -> Int) -> Int { results.reduce(0) { $0 + count($1) } }
        return [
            ("messages", "\(sum(\.messages)) sent between nodes"),
            ("elections", "\(sum(\.elections)) won"),
            ("commits", "\(sum(\.commits)); operations answered \(sum(\.answers))"),
        ]
    }
}
