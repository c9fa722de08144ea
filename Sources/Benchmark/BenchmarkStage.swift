internal import Clients
internal import Domain
internal import Foundation
internal import HTTP2
internal import NIOCore
internal import NIOPosix
internal import Shares
internal import Store

/// A gateway under load: its process, its PostgreSQL, and connections to it.
package struct BenchmarkStage {
    private let cluster: PrivateCluster
    private let gateway: Process
    private let operation: Client
    private let clients: [Client]
    private let undo: [@Sendable () async -> Void]

    /// Starts everything; what has started is stopped again when that fails.
    ///
    /// - Parameter directory: where database and certificates stay; nil makes a temporary one.
    package static func open(
        directory: String?, connections: Int, threads: Int
    ) async throws -> BenchmarkStage {
        var undo: [@Sendable () async -> Void] = []
        do {
            return try await open(directory, connections, threads, &undo)
        } catch {
            for step in undo.reversed() { await step() }
            throw error
        }
    }

    /// - Parameter undo: gets what stops or removes each thing, in the order of their making.
    private static func open(
        _ directory: String?, _ connections: Int, _ threads: Int,
        _ undo: inout [@Sendable () async -> Void]
    ) async throws -> BenchmarkStage {
        let path = directory ?? temporaryDirectory()
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o711])
        if directory == nil {
            undo.append { try? FileManager.default.removeItem(atPath: path) }
        }
        let files = CertificateFiles(directory: "\(path)/certificates")
        let banks = GatewayLoad.bankNames.compactMap { BIC($0) }
        _ = try files.make(
            banks: banks, hosts: ["localhost"], addresses: ["127.0.0.1"])
        let cluster = try await WorkerThread.run("database") {
            try PrivateCluster.start(directory: "\(path)/database")
        }
        undo.append { try? cluster.stop() }  // what there is to tell has been told
        let gateway = gateway(cluster, files, threads)
        let output = Pipe()
        gateway.standardOutput = output
        try gateway.run()
        undo.append {
            gateway.terminate()
            gateway.waitUntilExit()
        }
        let port = try announcedPort(output)
        let operation = try await connect(files, "operator", port)
        undo.append { await operation.close() }
        try await GatewayLoad.prepare(operation)
        var clients: [Client] = []
        for number in 0..<connections {
            let name = CertificateFiles.name(of: banks[number % banks.count])
            let client = try await connect(files, name, port)
            clients.append(client)
            undo.append { await client.close() }
        }
        return BenchmarkStage(
            cluster: cluster, gateway: gateway, operation: operation, clients: clients, undo: undo)
    }

    private static func temporaryDirectory() -> String {
        FileManager.default.temporaryDirectory
            .appending(path: "langqiao-benchmark-\(UUID().uuidString.prefix(8))").path
    }

    /// Settings of the caller's own gateway do not reach it.
    private static func gateway(
        _ cluster: PrivateCluster, _ files: CertificateFiles, _ threads: Int
    ) -> Process {
        let process = Process()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = [
            "serve", "--json", "--host", "127.0.0.1", "--port", "0",
            "--database", cluster.connectionString, "--schema", schema,
            "--certificate", files.certificate("server"), "--key", files.key("server"),
            "--client-authority", files.certificate("ca"), "--log-level", "warning",
            "--threads", "\(threads)", "--bic", "\(bic)",
        ]
        process.environment = ProcessInfo.processInfo.environment.filter {
            !$0.key.hasPrefix("LANGQIAO_")
        }
        return process
    }

    private static let schema = "langqiao"

    /// The gateway's own BIC, to which messages go.
    static let bic = BIC("LANGCNB0")!  // of the form that a BIC has

    private static func announcedPort(_ output: Pipe) throws -> Int {
        let line = output.fileHandleForReading.availableData
        struct Announcement: Decodable { let port: Int }
        guard let announced = try? JSONDecoder().decode(Announcement.self, from: line) else {
            throw StageError("the gateway does not start")
        }
        return announced.port
    }

    private static func connect(
        _ files: CertificateFiles, _ name: String, _ port: Int
    ) async throws -> Client {
        try await GatewayAddress(host: "127.0.0.1", port: port, files: files, as: name)
            .connect(on: loops)
    }

    /// One thread reads the answers of many connections at a time.
    private static let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    /// Runs the load, lets the tables catch up, and compares.
    ///
    /// - Parameter progress: told what is being done, often.
    package func measure(
        _ options: GatewayLoadOptions, _ progress: @escaping @Sendable (String) -> Void
    ) async throws -> GatewayRun {
        let address = try DatabaseAddress(
            connectionString: cluster.connectionString, schema: BenchmarkStage.schema)
        let reader = try LedgerReader(address)
        let watch = try await TableWatch(operation)
        let before = try reader.position()
        let processors = ProcessorTimes(gateway: gateway.processIdentifier, cluster: cluster)
        let load = GatewayLoad(options, clients: clients)
        let end = ContinuousClock.now + .seconds(options.seconds)
        let watching = Task { await watch.sample() }
        defer { watching.cancel() }
        async let lagAtEnd = watch.lagSeconds(at: end)
        let result = await load.run { second, accepted in
            progress("\(second) of \(options.seconds) s: \(accepted) payments")
        }
        try Task.checkCancellation()
        let answered = ContinuousClock.now
        try await watch.waitUntilCaughtUp { missing in
            if missing > 0 { progress("tables are \(missing) batches behind") }
        }
        let catchUp = (ContinuousClock.now - answered) / .seconds(1)
        let used = processors.used()
        let times = TableTimes(
            lagAtEnd: try await lagAtEnd, greatestLag: await watch.greatestSeconds,
            catchUp: catchUp)
        let record = try RecordAudit(reader, since: before).record(result.sample, progress)
        return GatewayRun(
            load: result, record: record, tables: times,
            cost: GatewayCost(
                gatewaySeconds: used.gateway, databaseSeconds: used.database,
                databaseBytes: Int(try reader.databaseSize()),
                onRecord: Int(try reader.position().paymentCount)))
    }

    /// Stops everything and removes what was made for this run only.
    package func close() async {
        for step in undo.reversed() { await step() }
    }
}

/// Why a gateway could not be measured.
struct StageError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
