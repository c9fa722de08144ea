internal import ArgumentParser
internal import Simulation

struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Run clusters with faults in virtual time and check every promise of consensus.",
        discussion: """
            A seed decides the size of the cluster, its options, its faults and its load, and \
            gives the same run every time. With --mutants a known defect is planted instead, one \
            after the other, and has to be found.

            Ends with exit status 1 when a promise was broken or a planted defect was not found.
            """)

    @Option(help: "The first seed.")
    var seed: UInt64 = 1

    @Option(
        name: .customLong("hours"),
        help: ArgumentHelp("Virtual hours of each run; 0.1, or 0.03 with mutants.", valueName: "n"))
    var statedHours: Double?

    @Option(
        name: .customLong("runs"),
        help: ArgumentHelp(
            "Runs, each with the next seed; 20, or up to 1,000 for each mutant.",
            valueName: "count"))
    var statedRuns: Int?

    @Flag(help: "A quiet cluster of three with few faults, whatever the seed would draw.")
    var light = false

    @Flag(help: "Plant defects, one at a time, and look for them.")
    var mutants = false

    @Option(help: ArgumentHelp("One planted defect only.", valueName: "name"))
    var mutant: String?

    private var isSearch: Bool { mutants || mutant != nil }
    private var hours: Double { statedHours ?? (isSearch ? 0.03 : 0.1) }
    private var runs: Int { statedRuns ?? (isSearch ? 1_000 : 20) }

    func validate() throws {
        guard hours > 0, hours <= 10_000 else {
            throw ValidationError("--hours must lie in 0...10000, above 0")
        }
        guard runs > 0, runs <= 1_000_000 else {
            throw ValidationError("--runs must lie in 1...1000000")
        }
        if let mutant, !DefectSearch.names.contains(mutant) {
            throw ValidationError(
                "--mutant must be one of \(DefectSearch.names.joined(separator: ", "))")
        }
        if isSearch, light {
            throw ValidationError("--light and --mutants exclude each other")
        }
    }

    func run() async throws {
        let isSound = isSearch ? findDefects() : runSeeds()
        if !isSound { throw ExitCode.failure }
    }

    private func runSeeds() -> Bool {
        var total = SimulationTotal()
        let clock = ContinuousClock()
        let start = clock.now
        for attempt in 0..<runs {
            let seed = seed &+ UInt64(attempt)
            ProgressLine.show("run \(attempt + 1) of \(runs), seed \(seed)")
            let result = SimulationRun.run(seed: seed, hours: hours, isLight: light)
            total.add(result)
            if let violation = result.violation { report(result, violation) }
            if SimulationRun.isRepeated(seed) {
                let again = SimulationRun.run(seed: seed, hours: hours, isLight: light)
                total.addRepetition(result, again)
            }
        }
        ProgressLine.clear()
        print(total.text(realSeconds: (clock.now - start).seconds))
        return total.isSound
    }

    private func report(_ result: SimulationResult, _ violation: String) {
        ProgressLine.clear()
        print("seed \(result.seed), \(result.virtualSeconds) s: \(violation)")
        let command = "langqiao simulate --seed \(result.seed) --hours \(hours) --runs 1"
        print("repeat with: \(command)\(light ? " --light" : "")")
    }

    private func findDefects() -> Bool {
        var table = TextTable([
            ("defect", .left), ("seeds", .right), ("seconds", .right), ("found by", .left),
        ])
        var survivors: [String] = []
        let clock = ContinuousClock()
        for name in DefectSearch.names where mutant ?? name == name {
            ProgressLine.show("looking for \(name)")
            let start = clock.now
            let search = DefectSearch.run(name, firstSeed: seed, maxSeeds: runs, hours: hours)
            let violation = search?.violation
            if violation == nil { survivors.append(name) }
            table.add([
                name, "\(search?.seedsTried ?? 0)", (clock.now - start).seconds.text,
                violation.map { String($0.prefix(90)) } ?? "NOT FOUND",
            ])
        }
        ProgressLine.clear()
        print(table.text)
        let count = mutant == nil ? DefectSearch.names.count : 1
        print("found \(count - survivors.count) of \(count)")
        return survivors.isEmpty
    }
}

/// Sums over runs.
private struct SimulationTotal {
    private var runs = 0
    private var virtualSeconds = 0.0
    private var events = 0
    private var messages = 0
    private var elections = 0
    private var commits = 0
    private var answers = 0
    private var calms = 0
    private var faults: [FaultKind: Int] = [:]
    private var broken = 0
    private var repeated = 0
    private var different: [UInt64] = []
    private var trace: UInt64 = 0

    var isSound: Bool { broken == 0 && different.isEmpty }

    mutating func add(_ result: SimulationResult) {
        runs += 1
        virtualSeconds += result.virtualSeconds
        events += result.events
        messages += result.messages
        elections += result.elections
        commits += result.commits
        answers += result.answers
        calms += result.calms
        faults.merge(result.faults) { $0 + $1 }
        trace = trace &* 31 &+ result.trace
        if result.violation != nil { broken += 1 }
    }

    mutating func addRepetition(_ first: SimulationResult, _ second: SimulationResult) {
        repeated += 1
        virtualSeconds += second.virtualSeconds
        if first.trace != second.trace || first.events != second.events {
            different.append(first.seed)
        }
    }

    private var verdict: String {
        if broken > 0 { return "\(broken) of \(runs) runs broke a promise" }
        return isSound ? "all promises held" : "runs differ when they are repeated"
    }

    func text(realSeconds: Double) -> String {
        let kinds = FaultKind.allCases.filter { faults[$0] != nil }
            .map { "\($0.title) \(faults[$0] ?? 0)" }
        let speed = Int(virtualSeconds / max(realSeconds, 0.001))
        let repetition =
            if repeated == 0 {
                "none twice: that is for seeds that 20 divides"
            } else if different.isEmpty {
                "\(repeated) of them twice, same each time"
            } else {
                "different when repeated: \(different)"
            }
        return """
            runs        \(runs); \(repetition)
            time        \((virtualSeconds / 3600).text) virtual hours in \(realSeconds.text) s, \
            \(speed) times real time
            events      \(events), of them messages sent \(messages)
            elections   \(elections) won
            commits     \(commits); operations answered \(answers)
            calms       \(calms), each to be recovered from
            faults      \(kinds.joined(separator: ", "))
            trace       \(String(trace, radix: 16)), the same for the same seeds
            verdict     \(verdict)
            """
    }
}

extension Double {
    fileprivate var text: String {
        let hundredths = Int((self * 100).rounded())
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}
