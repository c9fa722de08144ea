internal import ArgumentParser
internal import Simulation
internal import Terminal

struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Run clusters with faults in virtual time and check every promise.",
        discussion: """
            A seed decides the size of the cluster, its options, its faults and its load, and \
            gives the same run every time. Clusters are of consensus alone, or of whole nodes with \
            --ledger.

            With --mutants the checks themselves are tested: into the code that runs, a defect \
            that we know is planted, one after the other, and seeds are run until a promise \
            breaks. The defects are called
            \(list(ClusterResult.defectNames))
            and with --ledger
            \(list(LedgerResult.defectNames)).
            docs/consensus.md says what each of them is found by.

            Ends with exit status 1 when a promise was broken or a planted defect was not found.
            """)

    private static func list(_ names: [String]) -> String { names.joined(separator: ", ") }

    @Option(help: "The first seed.")
    var seed: UInt64 = 1

    @Option(
        name: .customLong("hours"),
        help: ArgumentHelp(
            "Virtual hours of each run (0.1; for defects 0.03, with --ledger 0.02).",
            valueName: "n"))
    var statedHours: Double?

    @Option(
        name: .customLong("runs"),
        help: ArgumentHelp(
            "Runs, each with the next seed (20); for each planted defect at most so many (1000).",
            valueName: "count"))
    var statedRuns: Int?

    @Flag(help: "Whole nodes with their ledgers and a model of their databases.")
    var ledger = false

    @Flag(
        help: """
            Three nodes, two clients that ask for little, and few faults, whatever the seed would \
            draw: to see how fast virtual time passes. Not with --mutants.
            """)
    var light = false

    @Flag(help: "Plant each known defect in turn; every one has to be found (see above).")
    var mutants = false

    @Option(help: ArgumentHelp("Plant the defect of this name alone.", valueName: "name"))
    var mutant: String?

    private var isSearch: Bool { mutants || mutant != nil }
    private var hours: Double { statedHours ?? (isSearch ? (ledger ? 0.02 : 0.03) : 0.1) }
    private var runs: Int { statedRuns ?? (isSearch ? 1_000 : 20) }

    func validate() throws {
        guard hours > 0, hours <= 10_000 else {
            throw ValidationError("--hours must be more than 0 and at most 10000, not \(hours)")
        }
        guard runs > 0, runs <= 1_000_000 else {
            throw ValidationError("--runs must be from 1 to 1000000, not \(runs)")
        }
        let names = ledger ? LedgerResult.defectNames : ClusterResult.defectNames
        if let mutant, !names.contains(mutant) {
            throw ValidationError(
                "no defect is called \(mutant); there are \(SimulateCommand.list(names))")
        }
        if isSearch, light {
            throw ValidationError(
                "--light and \(mutants ? "--mutants" : "--mutant") exclude each other")
        }
    }

    func run() async throws {
        let isSound = ledger ? simulate(LedgerResult.self) : simulate(ClusterResult.self)
        if !isSound { throw ExitCode.failure }
    }

    private func simulate<Result: SimulationResult>(_ type: Result.Type) -> Bool {
        isSearch ? findDefects(type) : runSeeds(type)
    }

    private func runSeeds<Result: SimulationResult>(_ type: Result.Type) -> Bool {
        var total = SimulationTotal<Result>()
        let clock = ContinuousClock()
        let start = clock.now
        for attempt in 0..<runs {
            let seed = seed &+ UInt64(attempt)
            ProgressLine.show("run \(attempt + 1) of \(runs), seed \(seed)")
            let result = Result.run(seed: seed, hours: hours, isLight: light)
            total.add(result)
            if let violation = result.violation { report(result, violation) }
            if Result.isRepeated(seed) {
                let again = Result.run(seed: seed, hours: hours, isLight: light)
                total.addRepetition(result, again)
            }
        }
        ProgressLine.clear()
        print(total.text(realSeconds: (clock.now - start) / .seconds(1)))
        return total.isSound
    }

    private func report(_ result: some SimulationResult, _ violation: String) {
        ProgressLine.clear()
        print("seed \(result.seed), \(result.virtualSeconds) s: \(violation)")
        let flags = (ledger ? " --ledger" : "") + (light ? " --light" : "")
        print(
            "repeat with: langqiao simulate\(flags) --seed \(result.seed) --hours \(hours) --runs 1"
        )
    }

    private func findDefects<Result: SimulationResult>(_ type: Result.Type) -> Bool {
        var table = TextTable([
            ("defect", .left), ("seeds", .right), ("seconds", .right), ("found by", .left),
        ])
        var survivors: [String] = []
        let clock = ContinuousClock()
        for name in Result.defectNames where mutant ?? name == name {
            ProgressLine.show("looking for \(name)")
            let start = clock.now
            let search = Result.search(name, firstSeed: seed, maxSeeds: runs, hours: hours)
            let seconds = (clock.now - start) / .seconds(1)
            let violation = search?.violation
            if violation == nil { survivors.append(name) }
            table.add([
                name, "\(search?.seedsTried ?? 0)", seconds.text,
                violation.map { String($0.prefix(90)) } ?? "NOT FOUND",
            ])
        }
        ProgressLine.clear()
        print(table.text)
        let count = mutant == nil ? Result.defectNames.count : 1
        print("found \(count - survivors.count) of \(count)")
        return survivors.isEmpty
    }
}
