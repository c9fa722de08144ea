internal import Benchmark
internal import Domain
internal import Foundation
internal import HTTP2
internal import NIOCore
internal import NIOPosix
internal import Store

/// A gateway under load: its process, its PostgreSQL, and connections to it.
struct BenchmarkStage {
    private let directory: String
    private let isTemporary: Bool
    private let cluster: PrivateCluster
    private let gateway: Process
    private let operation: Client
    private let clients: [Client]

    /// Starts everything.
    ///
    /// - Parameter directory: where database and certificates stay; nil makes a temporary one.
    static func open(
        directory: String?, connections: Int, threads: Int
    ) async throws -> BenchmarkStage {
        let path = directory ?? temporaryDirectory()
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o711])
        let files = CertificateFiles(directory: "\(path)/certificates")
        let banks = GatewayLoad.bankNames.compactMap { BIC($0) }
        _ = try files.make(
            banks: banks, operator: "operator", hosts: ["localhost"], addresses: ["127.0.0.1"])
        let cluster = try await onThread {
            try PrivateCluster.start(directory: "\(path)/database")
        }
        do {
            let (gateway, port) = try startGateway(cluster, files, threads)
            let operation = try await connect(files, "operator", port)
            try await GatewayLoad.prepare(operation)
            var clients: [Client] = []
            for number in 0..<connections {
                let name = CertificateFiles.name(of: banks[number % banks.count])
                clients.append(try await connect(files, name, port))
            }
            return BenchmarkStage(
                directory: path, isTemporary: directory == nil, cluster: cluster,
                gateway: gateway, operation: operation, clients: clients)
        } catch {
            try? cluster.stop()  // the first error is the one to tell
            throw error
        }
    }

    private static func temporaryDirectory() -> String {
        FileManager.default.temporaryDirectory
            .appending(path: "langqiao-benchmark-\(UUID().uuidString.prefix(8))").path
    }

    private static func startGateway(
        _ cluster: PrivateCluster, _ files: CertificateFiles, _ threads: Int
    ) throws -> (Process, Int) {
        let process = Process()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = [
            "serve", "--json", "--port", "0", "--database", cluster.connectionString,
            "--certificate", files.certificate("server"), "--key", files.key("server"),
            "--client-authority", files.certificate("ca"), "--log-level", "warning",
            "--threads", "\(threads)",
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let line = output.fileHandleForReading.availableData
        struct Announcement: Decodable { let port: Int }
        guard let announced = try? JSONDecoder().decode(Announcement.self, from: line) else {
            process.terminate()
            throw SettingsError("the gateway does not start")
        }
        return (process, announced.port)
    }

    private static func connect(
        _ files: CertificateFiles, _ name: String, _ port: Int
    ) async throws -> Client {
        let tls = try ClientTLS(
            rootsPath: files.certificate("ca"), chainPath: files.certificate(name),
            keyPath: files.key(name))
        return try await Client.connect(
            host: "127.0.0.1", port: port, tls: tls, group: MultiThreadedEventLoopGroup.singleton)
    }

    /// Runs the load, lets the tables catch up, and compares.
    func measure(
        _ options: GatewayLoadOptions, _ progress: @escaping @Sendable (String) -> Void
    ) async throws -> GatewayReport {
        let address = try DatabaseAddress(
            connectionString: cluster.connectionString, schema: "langqiao")
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
        let lag = await watch.lagSeconds()
        let catchUp = try await watch.waitUntilCaughtUp()
        let used = processors.used()
        let after = try reader.position()
        return GatewayReport(
            load: result, payments: after.paymentCount - before.paymentCount,
            fills: after.fillCount - before.fillCount, onRecord: after.paymentCount,
            tableLagSeconds: lag, catchUpSeconds: catchUp, gatewaySeconds: used.gateway,
            databaseSeconds: used.database, databaseBytes: try reader.databaseSize(),
            sums: try reader.balanceSums())
    }

    /// Stops everything and removes what was made for this run only.
    func close() async {
        for client in clients { await client.close() }
        await operation.close()
        gateway.terminate()
        gateway.waitUntilExit()
        try? cluster.stop()  // what was measured has been told already
        if isTemporary { try? FileManager.default.removeItem(atPath: directory) }
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
        func value(_ name: String) -> UInt64 {
            let line = text.split(separator: "\n").first { $0.hasPrefix("\(name) ") }
            return line.flatMap { UInt64($0.dropFirst(name.count + 1)) } ?? 0
        }
        return (elapsed, value("langqiao_applied_index"), value("langqiao_tables_index"))
    }

    /// How old the tables' state is now: the time since their last batch was applied.
    func lagSeconds() async -> Double {
        guard let now = try? await ask(), now.inTables < now.applied else { return 0 }
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
