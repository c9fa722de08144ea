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

            With --nodes 3 or 5 the gateway is a cluster of processes, each with a PostgreSQL of \
            its own. Calls go to all of them. In the middle of the morning the leader is killed, \
            and comes back; in the end all nodes must have the same ledger.
            """)

    @Flag(help: "End after the summary.")
    var once = false

    @Option(
        help: ArgumentHelp(
            "Keep certificates and database here; a temporary directory when left out.",
            valueName: "dir"))
    var data: String?

    @Option(help: ArgumentHelp("Nodes of the gateway: 1, 3 or 5.", valueName: "count"))
    var nodes = 1

    @Option(help: "The port to listen on, of the first node; 0 takes free ones.")
    var port = 0

    @Option(help: "The same seed gives the same morning, but for identifiers and times.")
    var seed: UInt64 = 1

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard ClusterSettings.sizes.contains(nodes) else {
            throw ValidationError("--nodes is 1, 3 or 5")
        }
        guard (0...(65_536 - nodes)).contains(port) else {
            throw ValidationError("--port is a whole number from 0 to \(65_536 - nodes)")
        }
    }

    func run() async throws {
        LoggingSystem.bootstrap { JSONLogHandler(label: $0) }
        let signals = StopSignals()
        let show = Demonstration(
            directory: data, seed: seed, json: json, staysOpen: !once,
            opening: nodes == 1
                ? "starting a gateway on a private PostgreSQL"
                : "starting a cluster of \(nodes) nodes, each on a private PostgreSQL",
            start: nodes == 1 ? gateway : cluster)
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

    private func cluster(
        _ directory: String, _ files: CertificateFiles, _ bic: BIC
    ) async throws -> any DemoGateway {
        try await LocalCluster.start(nodes, in: directory, files, firstPort: port)
    }

    private func gateway(
        _ directory: String, _ files: CertificateFiles, _ bic: BIC
    ) async throws -> any DemoGateway {
        let settings = Settings(
            host: "127.0.0.1", port: port, database: nil, schema: "langqiao",
            data: "\(directory)/database",
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
    var incidents: (any DemoIncidents)? { nil }

    var nodes: [DemoNode] {
        [DemoNode(number: 1, port: port, database: address.forQueries)]
    }
}

extension DatabaseAddress {
    /// How `psql` reaches the tables.
    var forQueries: String { "\(connectionString) options=-csearch_path=\(schema)" }
}
