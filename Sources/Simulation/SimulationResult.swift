/// What one run of a simulation did and found. There are two: clusters of consensus alone
/// (``ClusterResult``) and clusters of whole nodes with their ledgers (``LedgerResult``).
package protocol SimulationResult: Sendable {
    /// Gives the same run again, with the same arguments.
    var seed: UInt64 { get }
    /// Up to the last event; less than was asked for after a violation.
    var virtualSeconds: Double { get }
    /// Everything that was scheduled and happened, ticks included.
    var events: Int { get }
    /// Over everything that happened: the same for the same seed.
    var trace: UInt64 { get }
    /// The first promise that was broken; nil when all held.
    var violation: String? { get }
    /// Times without faults that began, to see the cluster work again.
    var calms: Int { get }
    /// How often each happened; what never did is missing.
    var faults: [FaultKind: Int] { get }

    /// One run of a seed.
    ///
    /// - Parameters:
    ///   - hours: virtual time.
    ///   - isLight: a quiet cluster of three, whatever the seed would draw.
    static func run(seed: UInt64, hours: Double, isLight: Bool) -> Self

    /// One run with a known defect.
    static func run(seed: UInt64, hours: Double, planting name: String) -> Self

    /// Names of all defects that can be planted.
    static var defectNames: [String] { get }

    /// All that its runs break.
    static var kindsOfFaults: [FaultKind] { get }

    /// What several runs did besides, for people.
    static func lines(_ results: [Self]) -> [(name: String, text: String)]
}

extension SimulationResult {
    package static func run(seed: UInt64, hours: Double) -> Self {
        run(seed: seed, hours: hours, isLight: false)
    }

    /// Whether a seed is run a second time, to prove that it gives the same run: one in twenty.
    package static func isRepeated(_ seed: UInt64) -> Bool { seed % 20 == 0 }

    /// Runs seeds with a defect until a promise is broken; nil when no defect has this name.
    /// `hours` are virtual, for each seed.
    package static func search(
        _ name: String, firstSeed: UInt64, maxSeeds: Int, hours: Double
    ) -> DefectSearch? {
        guard defectNames.contains(name) else { return nil }
        var search = DefectSearch(violation: nil, seedsTried: 0, lastSeed: firstSeed)
        while search.seedsTried < maxSeeds, search.violation == nil {
            search.lastSeed = firstSeed &+ UInt64(search.seedsTried)
            search.seedsTried += 1
            search.violation =
                run(seed: search.lastSeed, hours: hours, planting: name).violation
        }
        return search
    }
}

/// The search for one planted defect.
package struct DefectSearch: Sendable {
    /// How it was found; nil when it was not.
    package var violation: String?
    /// Runs that were made, with the one that found it.
    package var seedsTried: Int
    /// The one that found it, or the last one tried.
    package var lastSeed: UInt64
}
