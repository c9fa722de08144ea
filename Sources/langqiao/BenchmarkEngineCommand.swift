internal import ArgumentParser
internal import Benchmark
internal import Foundation
internal import Terminal

struct BenchmarkEngineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engine",
        abstract: "Measure the engine alone: one core, no network, no database.",
        discussion: """
            W1 is one corridor with a hot book, W2 the same on a million resting orders over \
            10,000 levels, W3 twelve corridors, 64 banks and the orders of the demonstration's \
            customers. The stream has a fixed seed and is made before anything is timed.
            """)

    @Option(help: ArgumentHelp("w1, w2 or w3; all when left out.", valueName: "name"))
    var workload: String?

    @Flag(help: "The book alone: no accounts, no money (w1 and w2).")
    var matchingOnly = false

    @Option(help: "Commands in the stream.")
    var commands = 1_000_000

    @Option(help: "How often to run it.")
    var runs = 5

    @Flag(help: "One line of JSON for each workload.")
    var json = false

    @Option(
        help: ArgumentHelp(
            """
            Measure nothing: write the stream of the book alone, for other engines, as \
            docs/performance.md describes it.
            """, valueName: "file"))
    var writeStream: String?

    func validate() throws {
        guard commands > 0, commands <= 10_000_000 else {
            throw ValidationError("--commands must lie in 1...10000000")
        }
        guard runs > 0, runs <= 100 else { throw ValidationError("--runs must lie in 1...100") }
        if let workload, EngineWorkload.Kind(rawValue: workload) == nil {
            throw ValidationError("--workload must be w1, w2 or w3")
        }
        if matchingOnly, workload == "w3" {
            throw ValidationError("--matching-only knows w1 and w2")
        }
        if writeStream != nil, workload != "w1", workload != "w2" {
            throw ValidationError("--write-stream needs --workload w1 or w2")
        }
    }

    func run() async throws {
        var kinds = EngineWorkload.Kind.allCases.filter { workload ?? $0.rawValue == $0.rawValue }
        if matchingOnly { kinds.removeAll { $0 == .w3 } }
        if let writeStream { return try write(kinds[0], to: writeStream) }
        for kind in kinds {
            let report = EngineReport(
                kind: kind, commands: commands, runs: runs, matchingOnly: matchingOnly)
            let text = try report.measure(asJSON: json) {
                ProgressLine.show("\(kind.rawValue): \($0)")
            }
            ProgressLine.clear()
            print(text)
        }
    }

    private func write(_ kind: EngineWorkload.Kind, to path: String) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forWritingAtPath: path)
        else {
            Failure.print("cannot write \(path)", code: "UNWRITABLE", json: json)
            throw ExitCode.failure
        }
        defer { try? file.close() }
        try EngineBenchmark.bookStream(kind, operations: commands) {
            try file.write(contentsOf: Data($0.utf8))
        }
    }
}
