internal import ArgumentParser
internal import Clients
internal import Demo
internal import Domain
internal import Gateway
internal import Logging
internal import Store
internal import Terminal

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Let six fictitious banks settle a morning's payments, and show what happened.",
        discussion: """
            Starts a gateway on a private PostgreSQL with development certificates, registers \
            the banks, opens four corridors, and submits some 350 payments over gRPC, JSON and \
            pacs.008 messages, each bank with its own certificate; then two more banks pay, \
            are told, cancel and return by ISO 20022 messages alone. Prints what became of all \
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
        let show = Demonstration(
            directory: data, seed: seed, json: json, staysOpen: !once, start: gateway)
        let showing = Task { try await show.show() }
        let stopping = Task {
            if await signals.wait() { showing.cancel() }
        }
        let result = await showing.result
        signals.cancel()
        await stopping.value
        if case .failure(let error) = result, error is CancellationError { throw ExitCode(130) }
        guard try result.get() else { throw ExitCode.failure }
    }

    private func gateway(
        _ data: String, _ files: CertificateFiles, _ bic: BIC
    ) async throws -> any DemoGateway {
        let settings = Settings(
            host: "127.0.0.1", port: port, database: nil, schema: "langqiao", data: data,
            certificate: files.certificate("server"), key: files.key("server"),
            clientAuthority: files.certificate("ca"), bic: bic, lei: .none, logLevel: .warning,
            grace: 10,
            threads: 1)
        var logger = Logger(label: "langqiao") { JSONLogHandler(label: $0) }
        logger.logLevel = .warning
        return try await RunningGateway.start(settings, logger: logger)
    }
}

extension RunningGateway: DemoGateway {
    var isServing: Bool { node.isServing }

    var database: String {
        "\(address.connectionString) options=-csearch_path=\(address.schema)"
    }
}
