internal import ArgumentParser
internal import Domain
internal import Foundation
internal import Gateway
internal import Logging
internal import Terminal

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run a gateway.",
        discussion: """
            Every option is also an environment variable (--port is LANGQIAO_PORT) and a key of \
            the JSON file named by --config ({"langqiao": {"port": 8443}}). Flags come before \
            variables, variables before the file. Without --database a private PostgreSQL runs \
            in --data. SIGTERM finishes what was accepted, refuses the rest and exits 0. \
            SIGHUP reads certificates, authorities and revocation lists again; so does a change \
            of their files.
            """)

    @Option(help: ArgumentHelp("A JSON file with settings.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("A libpq connection string.", valueName: "conninfo"))
    var database: String?

    @Option(help: ArgumentHelp("The schema of log and tables (langqiao).", valueName: "name"))
    var schema: String?

    @Option(help: ArgumentHelp("Directory of the private PostgreSQL.", valueName: "dir"))
    var data: String?

    @Option(
        help: ArgumentHelp(
            "A directory outside of the database: a file there remembers how far the log had come.",
            valueName: "dir"))
    var memory: String?

    @Option(help: ArgumentHelp("The address to listen on (127.0.0.1).", valueName: "address"))
    var host: String?

    @Option(help: ArgumentHelp("The port to listen on (8443); 0 takes a free one."))
    var port: Int?

    @Option(help: ArgumentHelp("Directory of certificates made by init.", valueName: "dir"))
    var certificates: String?

    @Option(help: ArgumentHelp("The server's certificate chain, PEM.", valueName: "file"))
    var certificate: String?

    @Option(help: ArgumentHelp("The server's key, PEM.", valueName: "file"))
    var key: String?

    @Option(help: ArgumentHelp("Authorities of client certificates, PEM.", valueName: "file"))
    var clientAuthority: String?

    @Option(help: ArgumentHelp("Lists of revoked client certificates.", valueName: "file"))
    var revocationList: String?

    @Option(help: ArgumentHelp("The BIC under which the gateway sends messages (LANGCNB0)."))
    var bic: String?

    @Option(help: ArgumentHelp("The LEI by which messages may name the gateway.", valueName: "lei"))
    var lei: String?

    @Option(help: ArgumentHelp("trace, debug, info, notice, warning or error (info)."))
    var logLevel: String?

    @Option(help: ArgumentHelp("Seconds for calls under way when stopping (10)."))
    var grace: Int?

    @Option(help: ArgumentHelp("Threads that serve connections (half of the processors)."))
    var threads: Int?

    @Option(
        help: ArgumentHelp(
            "The cluster of which this is a node: 1 to 32 of a to z, 0 to 9 and -; needs --node "
                + "and --peers.", valueName: "name"))
    var cluster: String?

    @Option(help: ArgumentHelp("This node's number in its cluster, 1 to 255.", valueName: "number"))
    var node: Int?

    @Option(
        help: ArgumentHelp(
            "Every node of the cluster with itself, 1, 3 or 5: 1=HOST:PORT,2=HOST:PORT,…",
            valueName: "nodes"))
    var peers: String?

    @Option(
        help: ArgumentHelp(
            "The address to listen on for other nodes, when it is not the one of --peers.",
            valueName: "address"))
    var peerHost: String?

    @Option(
        help: ArgumentHelp(
            "This node's certificate chain, PEM (node-N.pem in --certificates).", valueName: "file")
    )
    var nodeCertificate: String?

    @Option(
        help: ArgumentHelp(
            "This node's key, PEM (node-N-key.pem in --certificates).", valueName: "file"))
    var nodeKey: String?

    @Option(
        help: ArgumentHelp(
            "Authorities of nodes, PEM (nodes-ca.pem in --certificates).", valueName: "file"))
    var nodeAuthority: String?

    @Option(
        help: ArgumentHelp(
            "Megabytes free on the database's disk below which writes are refused (256); warned "
                + "at four times that.", valueName: "megabytes"))
    var freeSpace: Int?

    @Flag(help: "Serve a restored, promoted or upgraded database knowingly, from its end on.")
    var takeOver = false

    @Flag(
        help: ArgumentHelp(
            "Believe whom the authorities sign, whatever keys are on record, but nobody who is "
                + "revoked: the way back in after keys were registered wrongly."))
    var onlyRevocations = false

    @Flag(help: "Print one line of JSON when the gateway serves.")
    var json = false

    func run() async throws {
        let settings = try await settings()
        LoggingSystem.bootstrap { JSONLogHandler(label: $0) }
        var logger = Logger(label: "langqiao")
        logger.logLevel = settings.logLevel
        let signals = StopSignals()
        let hangUp = HangUpSignal()
        let gateway = try await RunningGateway.start(
            settings, takesOver: takeOver,
            relyingOn: onlyRevocations ? .revocationsOnly : .full, logger: logger)
        hangUp.onSignal { gateway.reloadCertificates() }
        announce(gateway, settings)
        Task {
            _ = await gateway.waitUntilNodeStops()
            signals.cancel()
        }
        let isAsked = await signals.wait()
        logger.info("gateway stops", metadata: ["asked": "\(isAsked)"])
        ServeCommand.endAnyway(
            gateway, after: settings.grace, status: isAsked ? 0 : 1, or: signals, logger)
        if let failure = await gateway.stop() {
            var metadata: Logger.Metadata = ["error": "\(failure)"]
            if let advice = gateway.advice(after: failure) { metadata["advice"] = "\(advice)" }
            logger.error("node failed", metadata: metadata)
            throw ExitCode.failure
        }
        logger.info("gateway stopped")
    }

    /// A flag that makes no sense is an error of the command line, with the exit status of one;
    /// what variables or the file say wrongly is not.
    private func settings() async throws -> Settings {
        do {
            return try await Settings.read(flags: flags, file: config)
        } catch let error as SettingsError {
            guard let key = error.key, key == "config" || flags[key] != nil else { throw error }
            Failure.print(error.description, code: "USAGE", json: json)
            throw ExitCode.validationFailure
        }
    }

    /// Ends the process a second after the calls have ended, or on a second signal. Nothing
    /// acknowledged is lost by that: it is durable, and the next start brings the tables up.
    private static func endAnyway(
        _ gateway: RunningGateway, after grace: Int, status: Int32, or signals: StopSignals,
        _ logger: Logger
    ) {
        Task {
            if await signals.wait() {
                logger.error("a second signal: the gateway ends at once")
                _exit(1)
            }
        }
        Task {
            try await Task.sleep(for: .seconds(grace) + .milliseconds(800))
            logger.warning(
                "the gateway ends before its tables or its PostgreSQL; the next start goes on there"
            )
            gateway.leaveDatabase()
            _exit(status)
        }
    }

    private func announce(_ gateway: RunningGateway, _ settings: Settings) {
        let text =
            json
            ? "{\"host\":\"\(settings.host)\",\"port\":\(gateway.port)}"
            : "serving on https://\(settings.host):\(gateway.port)"
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }

    /// The options that were given, by key.
    private var flags: [String: String] {
        let given: [(String, String?)] = [
            ("database", database), ("schema", schema), ("data", data),
            ("memory", memory), ("host", host), ("port", port.map(String.init)),
            ("certificates", certificates),
            ("certificate", certificate), ("key", key), ("client-authority", clientAuthority),
            ("revocation-list", revocationList), ("bic", bic), ("lei", lei),
            ("log-level", logLevel),
            ("grace", grace.map(String.init)),
            ("threads", threads.map(String.init)),
            ("cluster", cluster), ("node", node.map(String.init)), ("peers", peers),
            ("peer-host", peerHost), ("node-certificate", nodeCertificate), ("node-key", nodeKey),
            ("node-authority", nodeAuthority), ("free-space", freeSpace.map(String.init)),
        ]
        return Dictionary(
            uniqueKeysWithValues: given.compactMap { key, value in
                value.map { (key, $0) }
            })
    }
}
