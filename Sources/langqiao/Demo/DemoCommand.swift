internal import ArgumentParser
internal import Foundation
internal import HTTP2
internal import Logging

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Let six fictitious banks settle a morning's payments, and show what happened.",
        discussion: """
            Starts a gateway on a private PostgreSQL with development certificates, registers \
            the banks, opens four corridors, and submits some 350 payments over gRPC, JSON and \
            pacs.008 messages, each bank with its own certificate. Prints what became of them \
            and verifies it; then serves until Ctrl-C. The exit status is 1 when a check fails.
            """)

    @Flag(help: "End after the summary.")
    var once = false

    @Option(
        help: ArgumentHelp(
            "Keep certificates and database here; a temporary directory when left out.",
            valueName: "dir"))
    var data: String?

    @Option(help: "The port to listen on; 0 takes a free one.")
    var port = 0

    @Option(help: "The same seed gives the same morning, but for identifiers and times.")
    var seed: UInt64 = 1

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard (0...65_535).contains(port) else {
            throw ValidationError("--port is a whole number from 0 to 65535")
        }
    }

    func run() async throws {
        LoggingSystem.bootstrap { JSONLogHandler(label: $0) }
        let signals = StopSignals()
        let demonstration = Task { try await show() }
        let stopping = Task {
            if await signals.wait() { demonstration.cancel() }
        }
        let result = await demonstration.result
        signals.cancel()
        await stopping.value
        guard case .failure(let error) = result else { return }
        if error is CancellationError { throw ExitCode(130) }
        if let status = error as? GRPCStatus { throw DemoError(status.message) }
        throw error
    }

    /// The whole show; always stops what it started.
    private func show() async throws {
        progress("starting a gateway on a private PostgreSQL")
        let stage = try await DemoStage.open(directory: data, port: port)
        let result: Result<Void, any Error>
        do {
            result = .success(try await perform(stage))
        } catch {
            result = .failure(error)
        }
        progress("stopping")
        if let failure = await stage.close() { throw failure }
        try result.get()
    }

    private func perform(_ stage: DemoStage) async throws {
        progress("six banks submit a morning's payments")
        var run = DemoRun(stage, seed: seed)
        let diary = try await run.morning()
        let checks = try DemoChecks.all(diary)
        let history = try await DemoHistory.read(diary, stage)
        let report = DemoReport(
            diary: diary, checks: checks, history: history,
            commands: DemoCommands(stage, example: history?.payment, serves: !once), seed: seed)
        let text = json ? try DemoDocument(report).text() : try report.text()
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
        if !once { try await serve(stage) }
        guard checks.allSatisfy(\.holds) else { throw ExitCode.failure }
    }

    /// Until Ctrl-C, which is a good end here, or until the node fails.
    private func serve(_ stage: DemoStage) async throws {
        progress("serving on https://localhost:\(stage.gateway.port); Ctrl-C ends it")
        while stage.gateway.node.isServing {
            do {
                try await Task.sleep(for: .milliseconds(500))
            } catch {
                return
            }
        }
    }

    /// Tells people what takes time, apart from the summary.
    private func progress(_ text: String) {
        FileHandle.standardError.write(Data("langqiao demo: \(text) …\n".utf8))
    }
}
