internal import Consensus

/// What one run did and found.
package struct SimulationResult: Sendable {
    /// Gives the same run again, with the same arguments.
    package var seed: UInt64
    /// Up to the last event; less than was asked for after a violation.
    package var virtualSeconds: Double
    /// Everything that was scheduled and happened, ticks included.
    package var events: Int
    /// Sent between nodes, lost ones included, doubles not.
    package var messages: Int
    /// Elections that were won.
    package var elections: Int
    /// Committed entries; the snapshot at the start counts as one.
    package var commits: Int
    /// Operations that clients had answered.
    package var answers: Int
    /// Times without faults on a majority that began, to see the cluster work again.
    package var calms: Int
    /// How often each happened; what never did is missing.
    package var faults: [FaultKind: Int]
    /// Over everything that happened: the same for the same seed.
    package var trace: UInt64
    /// The first promise that was broken; nil when all held.
    package var violation: String?
}

/// Runs of simulated clusters.
package enum SimulationRun {
    /// One run of a seed.
    ///
    /// - Parameters:
    ///   - hours: virtual time.
    ///   - isLight: a quiet cluster of three, whatever the seed would draw.
    package static func run(seed: UInt64, hours: Double, isLight: Bool = false) -> SimulationResult
    {
        run(isLight ? .light(seed: seed) : Scenario(seed: seed), hours: hours, defect: nil)
    }

    static func run(_ scenario: Scenario, hours: Double, defect: PlantedDefect?) -> SimulationResult
    {
        var simulation = ClusterSimulation(scenario, defect: defect)
        _ = simulation.run(until: VirtualTime(hours * 3_600_000_000))
        return SimulationResult(
            seed: scenario.seed, virtualSeconds: Double(simulation.now) / 1_000_000,
            events: simulation.events, messages: simulation.messages,
            elections: simulation.checker.elections,
            commits: simulation.checker.committed.count, answers: simulation.history.answers,
            calms: simulation.calm.calms, faults: simulation.faults,
            trace: simulation.trace.value, violation: simulation.checker.violation)
    }

    /// Whether a seed is run a second time, to prove that it gives the same run: one in twenty.
    package static func isRepeated(_ seed: UInt64) -> Bool { seed % 20 == 0 }
}

/// The search for one planted defect.
package struct DefectSearch: Sendable {
    /// One of `names`.
    package var name: String
    /// How it was found; nil when it was not.
    package var violation: String?
    /// Runs that were made, with the one that found it.
    package var seedsTried: Int
    /// The one that found it, or the last one tried.
    package var lastSeed: UInt64

    /// Names of all defects that can be planted.
    package static var names: [String] { PlantedDefect.allCases.map(\.rawValue) }

    /// Runs seeds with the defect until a promise is broken; nil when no defect has this name.
    /// `hours` are virtual, for each seed.
    package static func run(
        _ name: String, firstSeed: UInt64, maxSeeds: Int, hours: Double
    ) -> DefectSearch? {
        guard let defect = PlantedDefect(rawValue: name) else { return nil }
        for attempt in 0..<maxSeeds {
            let seed = firstSeed &+ UInt64(attempt)
            let result = SimulationRun.run(Scenario(seed: seed), hours: hours, defect: defect)
            if let violation = result.violation {
                return DefectSearch(
                    name: name, violation: violation, seedsTried: attempt + 1, lastSeed: seed)
            }
        }
        return DefectSearch(
            name: name, violation: nil, seedsTried: maxSeeds,
            lastSeed: firstSeed &+ UInt64(max(maxSeeds, 1) - 1))
    }
}
