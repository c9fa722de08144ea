internal import Clients
internal import Domain
internal import Foundation
internal import Gateway
internal import HTTP2
internal import NIOPosix
internal import Shares
internal import Store

/// One gateway process with its PostgreSQL, alone or as a node of a cluster.
struct BenchmarkNode {
    let database: PrivateCluster
    let process: Process
    let port: Int

    static let schema = "langqiao"

    /// The gateway's own BIC, to which messages go.
    static let bic = BIC("LANGCNB0")!  // of the form that a BIC has

    private static let cluster = "benchmark"

    /// Starts all nodes.
    ///
    /// - Parameter undo: gets what stops or removes each thing, in the order of their making.
    static func start(
        _ count: Int, in path: String, _ files: CertificateFiles, threads: Int,
        _ undo: inout [@Sendable () async -> Void]
    ) async throws -> [BenchmarkNode] {
        var databases: [PrivateCluster] = []
        for number in 1...count {
            let database = try await WorkerThread.run("database") {
                try PrivateCluster.start(
                    directory: count == 1 ? "\(path)/database" : "\(path)/database\(number)")
            }
            databases.append(database)
            undo.append { try? database.stop() }  // what there is to tell has been told
        }
        let places = count == 1 ? [] : try clusterArguments(count, files)
        var started: [(Process, Pipe)] = []
        for (place, database) in databases.enumerated() {
            let gateway = process(
                database, files, threads, count == 1 ? [] : places[place])
            started.append((gateway, try launch(gateway, &undo)))
        }
        return try zip(databases, started).map { database, started in
            BenchmarkNode(
                database: database, process: started.0, port: try announcedPort(started.1))
        }
    }

    /// The same nodes in new processes, all of which start when all old ones have ended.
    static func restart(
        _ nodes: [BenchmarkNode], _ undo: inout [@Sendable () async -> Void]
    ) throws -> [BenchmarkNode] {
        for node in nodes {
            node.process.terminate()
            node.process.waitUntilExit()
        }
        let started = try nodes.map { node in
            let process = Process()
            process.executableURL = node.process.executableURL
            process.arguments = node.process.arguments
            process.environment = node.process.environment
            return (process, try launch(process, &undo))
        }
        return try zip(nodes, started).map { node, started in
            BenchmarkNode(
                database: node.database, process: started.0, port: try announcedPort(started.1))
        }
    }

    /// - Returns: where it tells its port.
    private static func launch(
        _ gateway: Process, _ undo: inout [@Sendable () async -> Void]
    ) throws -> Pipe {
        let output = Pipe()
        gateway.standardOutput = output
        try gateway.run()
        undo.append {
            if gateway.isRunning { gateway.terminate() }
            gateway.waitUntilExit()
        }
        return output
    }

    /// What makes each of them a node of one cluster.
    private static func clusterArguments(
        _ count: Int, _ files: CertificateFiles
    ) throws -> [[String]] {
        guard let name = ClusterName(cluster) else { return [] }
        _ = try files.make(
            nodes: (1...count).compactMap { number in
                NodeName(cluster: name, number: UInt64(number)).map { ($0, "127.0.0.1") }
            })
        let ports = try FreePorts.take(count)
        let peers = ports.enumerated().map { "\($0 + 1)=127.0.0.1:\($1)" }
            .joined(separator: ",")
        return (1...count).map { number in
            [
                "--cluster", cluster, "--node", "\(number)", "--peers", peers,
                "--node-certificate",
                files.certificate(CertificateFiles.name(ofNode: UInt64(number))),
                "--node-key", files.key(CertificateFiles.name(ofNode: UInt64(number))),
                "--node-authority", files.certificate(CertificateFiles.nodeAuthority),
            ]
        }
    }

    /// Settings of the caller's own gateway do not reach it.
    private static func process(
        _ database: PrivateCluster, _ files: CertificateFiles, _ threads: Int, _ more: [String]
    ) -> Process {
        let process = Process()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments =
            [
                "serve", "--json", "--host", "127.0.0.1", "--port", "0",
                "--database", database.connectionString, "--schema", schema,
                "--certificate", files.certificate("server"), "--key", files.key("server"),
                "--client-authority", files.certificate("ca"), "--log-level", "error",
                "--threads", "\(threads)", "--bic", "\(bic)",
            ] + more
        process.environment = ProcessInfo.processInfo.environment.filter {
            !$0.key.hasPrefix("LANGQIAO_")
        }
        return process
    }

    private static func announcedPort(_ output: Pipe) throws -> Int {
        let line = output.fileHandleForReading.availableData
        struct Announcement: Decodable { let port: Int }
        guard let announced = try? JSONDecoder().decode(Announcement.self, from: line) else {
            throw StageError("the gateway does not start")
        }
        return announced.port
    }

    func connect(_ files: CertificateFiles, _ name: String) async throws -> Client {
        try await GatewayAddress(host: "127.0.0.1", port: port, files: files, as: name)
            .connect(on: BenchmarkNode.loops)
    }

    /// One thread reads the answers of many connections at a time.
    private static let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    /// The place of the node that leads, once all know it.
    static func leader(of nodes: [BenchmarkNode], _ files: CertificateFiles) async throws -> Int {
        guard nodes.count > 1 else { return 0 }
        for _ in 0..<600 {
            var leaders: Set<UInt64> = []
            for node in nodes {
                let operation = try await node.connect(files, "operator")
                let found: ProtoNode? = try? await APIClient(operation).call(
                    "Nodes/GetNode", ProtoGetNodeRequest())
                await operation.close()
                leaders.insert(UInt64(found?.leader ?? 0))
            }
            if let leader = leaders.first, leaders.count == 1, leader > 0 { return Int(leader) - 1 }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw StageError("the nodes agree on no leader")
    }
}
