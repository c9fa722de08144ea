internal import Domain

/// What one run of a simulated ledger did and found.
package struct LedgerResult: SimulationResult {
    package let seed: UInt64
    package let virtualSeconds: Double
    package let events: Int
    package let trace: UInt64
    package let violation: String?
    package let faults: [FaultKind: Int]
    let nodes: Int
    let counts: LedgerCounts
    let batches: Int
    package let payments: Int
    package let calms: Int
    /// Payments that came into their books on their date, and business days that ended.
    let entered: Int
    let turns: Int

    package static func run(seed: UInt64, hours: Double, isLight: Bool) -> LedgerResult {
        LedgerResult(isLight ? .light(seed: seed) : LedgerScenario(seed: seed), hours, nil)
    }

    package static func run(seed: UInt64, hours: Double, planting name: String) -> LedgerResult {
        LedgerResult(LedgerScenario(seed: seed), hours, LedgerDefect(name))
    }

    package static var defectNames: [String] { LedgerDefect.names }
    package static var kindsOfFaults: [FaultKind] { FaultKind.ofLedgers }

    private init(_ scenario: LedgerScenario, _ hours: Double, _ defect: LedgerDefect?) {
        var simulation = LedgerSimulation(scenario, defect: defect)
        _ = simulation.run(until: VirtualTime(hours * 3_600_000_000))
        seed = scenario.seed
        virtualSeconds = Double(simulation.now) / 1_000_000
        counts = simulation.counts
        events = counts.events
        trace = simulation.trace.value
        violation = simulation.violation
        faults = simulation.faults
        nodes = scenario.voters
        batches = simulation.common.places.count
        payments = Int(simulation.common.paymentCount)
        calms = simulation.calm.calms
        entered = simulation.common.dates.values.count { $0.state == .entered }
        turns = simulation.common.turns
    }

    package static func lines(_ results: [LedgerResult]) -> [(name: String, text: String)] {
        func sum(_ count: (LedgerResult) -> Int) -> Int { results.reduce(0) { $0 + count($1) } }
        let sizes = [1, 3, 5].map { size in "\(results.count { $0.nodes == size }) of \(size)" }
        return [
            ("nodes", "\(sizes.joined(separator: ", ")); \(sum(\.counts.starts)) starts"),
            ("messages", "\(sum(\.counts.messages)) sent between nodes"),
            ("elections", "\(sum(\.counts.elections)) won"),
            ("batches", "\(sum(\.batches)); payments \(sum(\.payments))"),
            (
                "callers",
                "\(sum(\.counts.submissions)) submissions, answered \(sum(\.counts.answers)), "
                    + "outcome unknown \(sum(\.counts.unknown))"
            ),
            ("look-ups", "\(sum(\.counts.lookups)) of old payments"),
            ("days", "\(sum(\.turns)) turned; \(sum(\.entered)) payments of their date"),
        ]
    }
}
