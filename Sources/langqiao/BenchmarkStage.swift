internal import Benchmark
internal import Domain
internal import Foundation
internal import HTTP2
internal import NIOCore
internal import NIOPosix
internal import Store

/// A gateway under load: its process, its PostgreSQL, and connections to it.
struct BenchmarkStage {
    private let cluster: PrivateCluster
    private let gateway: Process
    private let operation: Client
    private let clients: [Client]
    private let undo: [@Sendable () async -> Void]

    /// Starts everything; what has started is stopped again when that fails.
    ///
    /// - Parameter directory: where database and certificates stay; nil makes a temporary one.
    static func open(
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
            banks: banks, operator: "operator", hosts: ["localhost"], addresses: ["127.0.0.1"])
        let cluster = try await onThread {
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
            "--threads", "\(threads)",
        ]
        process.environment = ProcessInfo.processInfo.environment.filter {
            !$0.key.hasPrefix("LANGQIAO_")
        }
        return process
    }

    private static let schema = "langqiao"

    private static func announcedPort(_ output: Pipe) throws -> Int {
        let line = output.fileHandleForReading.availableData
        struct Announcement: Decodable { let port: Int }
        guard let announced = try? JSONDecoder().decode(Announcement.self, from: line) else {
            throw SettingsError("the gateway does not start")
        }
        return announced.port
    }

    private static func connect(
        _ files: CertificateFiles, _ name: String, _ port: Int
    ) async throws -> Client {
        let tls = try ClientTLS(
            rootsPath: files.certificate("ca"), chainPath: files.certificate(name),
            keyPath: files.key(name))
        return try await Client.connect(
            host: "127.0.0.1", port: port, tls: tls, group: loops)
    }

    /// One thread reads the answers of many connections at a time.
    private static let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    /// Runs the load, lets the tables catch up, and compares.
    func measure(
        _ options: GatewayLoadOptions, _ progress: @escaping @Sendable (String) -> Void
    ) async throws -> GatewayReport {
        let address = try DatabaseAddress(
            connectionString: cluster.connectionString, schema: BenchmarkStage.schema)
        let reader = try LedgerReader(address)
        let watch = TableWatch(operation)
        try await watch.waitUntilCaughtUp()
        let before = try reader.position()
        let processors = ProcessorTimes(gateway: gateway.processIdentifier, cluster: cluster)
        let load = GatewayLoad(options, clients: clients)
        let watching = Task { await watch.sample() }
        let result = await load.run { second, accepted in
            progress("\(second) of \(options.seconds) s: \(accepted) payments")
        }
        watching.cancel()
        try Task.checkCancellation()
        let lag = try await watch.lagSeconds()
        let catchUp = try await watch.waitUntilCaughtUp()
        let used = processors.used()
        let after = try reader.position()
        return GatewayReport(
            load: result,
            missing: result.sample.count - (try reader.payments(uetrs: result.sample).count),
            payments: after.paymentCount - before.paymentCount,
            fills: after.fillCount - before.fillCount, onRecord: after.paymentCount,
            tableLagSeconds: lag, catchUpSeconds: catchUp, gatewaySeconds: used.gateway,
            databaseSeconds: used.database, databaseBytes: try reader.databaseSize(),
            sums: try reader.balanceSums())
    }

    /// Stops everything and removes what was made for this run only.
    func close() async {
        for step in undo.reversed() { await step() }
    }
}

/// Processor seconds of the gateway and of all processes of its PostgreSQL.
private struct ProcessorTimes {
    private let gateway: Int32
    private let postmaster: Int32
    private let before: (gateway: Double, database: Double)

    init(gateway: Int32, cluster: PrivateCluster) {
        self.gateway = gateway
        postmaster = cluster.postmasterPID
        before = ProcessorTimes.now(gateway, postmaster)
    }

    func used() -> (gateway: Double, database: Double) {
        let now = ProcessorTimes.now(gateway, postmaster)
        return (now.gateway - before.gateway, now.database - before.database)
    }

    private static func now(
        _ gateway: Int32, _ postmaster: Int32
    ) -> (gateway: Double, database: Double) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        var database = 0.0
        for process in names.compactMap({ Int32($0) }) {
            guard let stat = stat(process) else { continue }
            if process == postmaster {
                database += stat.own + stat.ended
            } else if stat.parent == postmaster {
                database += stat.own
            }
        }
        return (stat(gateway)?.own ?? 0, database)
    }

    /// Fields 4 and 14 to 17 of proc(5): parent, own times, and those of ended children.
    private static func stat(_ process: Int32) -> (parent: Int32, own: Double, ended: Double)? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 14, let parent = Int32(fields[1]) else { return nil }
        let ticks = fields[11...14].compactMap { Double($0) }
        guard ticks.count == 4 else { return nil }
        let second = Double(sysconf(Int32(_SC_CLK_TCK)))
        return (parent, (ticks[0] + ticks[1]) / second, (ticks[2] + ticks[3]) / second)
    }
}

/// Follows how far the tables are behind the log, by the gateway's metrics.
private actor TableWatch {
    private let operation: Client
    private var samples: [(at: Double, applied: UInt64, inTables: UInt64)] = []
    private let start = ContinuousClock.now

    init(_ operation: Client) {
        self.operation = operation
    }

    private var elapsed: Double { (ContinuousClock.now - start) / .seconds(1) }

    /// Takes a sample four times a second until it is cancelled.
    func sample() async {
        while !Task.isCancelled {
            if let now = try? await ask() { samples.append(now) }
            try? await Task.sleep(for: .milliseconds(250))
        }
    }

    private func ask() async throws -> (at: Double, applied: UInt64, inTables: UInt64) {
        let response = try await operation.request(
            RequestHead(method: "GET", path: "/metrics"), timeout: .seconds(30))
        let text = String(decoding: response.body.readableBytesView, as: UTF8.self)
        func value(_ name: String) -> UInt64? {
            let line = text.split(separator: "\n").first { $0.hasPrefix("\(name) ") }
            return line.flatMap { UInt64($0.dropFirst(name.count + 1)) }
        }
        guard response.head.status == 200, let applied = value("langqiao_applied_index"),
            let inTables = value("langqiao_tables_index")
        else {
            throw SettingsError("the gateway does not tell how far its tables are")
        }
        return (elapsed, applied, inTables)
    }

    /// How old the tables' state is now: the time since their last batch was applied.
    func lagSeconds() async throws -> Double {
        let now = try await ask()
        guard now.inTables < now.applied else { return 0 }
        let since = samples.first { $0.applied > now.inTables }?.at ?? now.at
        return max(0, now.at - since)
    }

    /// Waits until the tables show all that is applied; gives the seconds that took.
    @discardableResult
    func waitUntilCaughtUp() async throws -> Double {
        let began = elapsed
        while true {
            let now = try await ask()
            if now.inTables >= now.applied { return elapsed - began }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
