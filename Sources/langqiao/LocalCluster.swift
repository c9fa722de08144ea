internal import Benchmark
internal import Clients
internal import Demo
internal import Domain
internal import Foundation
internal import Glibc
internal import Shares
internal import Store
internal import Synchronization

/// A cluster of processes on this machine, each with a PostgreSQL of its own that outlives it: for
/// the demonstration.
final class LocalCluster: DemoGateway, DemoIncidents {
    /// One node's things, all below its directory.
    private struct Node: Sendable {
        let number: UInt32
        let directory: String
        let database: PrivateCluster

        var settings: String { "\(directory).json" }
    }

    private let members: [Node]
    let nodes: [DemoNode]
    /// Killed nodes have none.
    private let processes: Mutex<[UInt32: NodeProcess]>

    private init(_ members: [Node], _ nodes: [DemoNode], _ processes: [UInt32: NodeProcess]) {
        self.members = members
        self.nodes = nodes
        self.processes = Mutex(processes)
    }

    private static let name = "demo"

    /// Makes what is missing in the directory, starts PostgreSQLs and nodes, and waits until all
    /// serve.
    ///
    /// - Parameter firstPort: of node 1, the others have the next ones; 0 takes free ports.
    /// - Throws: what kept one of them from starting; those that had started are stopped again.
    static func start(
        _ count: Int, in directory: String, _ files: CertificateFiles, firstPort: Int
    ) async throws -> LocalCluster {
        try checkSize(count, directory)
        try makeCertificates(count, files)
        let peers = try FreePorts.take(count).map { PeerAddress(host: "127.0.0.1", port: $0) }
        let databases = await databases(count, directory)
        let members = databases.compactMap { try? $0.get() }.sorted { $0.number < $1.number }
        var processes: [UInt32: NodeProcess] = [:]
        do {
            for database in databases { _ = try database.get() }
            for (place, member) in members.enumerated() {
                let port = firstPort == 0 ? 0 : firstPort + place
                try settings(member, peers, port: port, files)
                    .write(to: URL(fileURLWithPath: member.settings), options: .atomic)
                processes[member.number] = try process(member)
            }
            var nodes: [DemoNode] = []
            for (number, process) in processes.sorted(by: { $0.key < $1.key }) {
                let port = try await process.waitUntilServing()
                nodes.append(try node(members[Int(number) - 1], port: port))
            }
            return LocalCluster(members, nodes, processes)
        } catch {
            // The first error is the one to tell.
            _ = await LocalCluster(members, [], processes).stop()
            throw error
        }
    }

    private static func makeCertificates(_ count: Int, _ files: CertificateFiles) throws {
        guard let cluster = ClusterName(name) else { preconditionFailure("\(name) is a name") }
        let names = (1...UInt64(count)).compactMap { NodeName(cluster: cluster, number: $0) }
        _ = try files.make(nodes: names.map { (name: $0, host: "127.0.0.1") })
    }

    private static func settings(
        _ member: Node, _ peers: [PeerAddress], port: Int, _ files: CertificateFiles
    ) throws -> Data {
        try NodeSettings(
            cluster: name, node: UInt64(member.number), peers: NodeSettings.list(peers),
            port: port, database: member.database.connectionString,
            memory: "\(member.directory)/memory", certificates: files.directory
        ).file()
    }

    private static func node(_ member: Node, port: Int) throws -> DemoNode {
        let address = try DatabaseAddress(connectionString: member.database.connectionString)
        return DemoNode(number: member.number, port: port, database: address.forQueries)
    }

    /// The number of voters is for the life of a cluster.
    private static func checkSize(_ count: Int, _ directory: String) throws {
        func exists(_ number: Int) -> Bool {
            FileManager.default.fileExists(atPath: "\(directory)/node\(number)")
        }
        let there = (1...5).count(where: exists)
        guard there == 0 || there == count else {
            throw SettingsError("\(directory) holds a cluster of \(there) nodes")
        }
    }

    /// Starts all PostgreSQLs at once; those that started are known when another one did not.
    private static func databases(
        _ count: Int, _ directory: String
    ) async -> [Result<Node, any Error>] {
        await withTaskGroup(of: Result<Node, any Error>.self) { group in
            for number in 1...UInt32(count) {
                let path = "\(directory)/node\(number)"
                group.addTask {
                    do {
                        try makeDirectories(path)
                        let database = try await WorkerThread.run("start") {
                            try PrivateCluster.start(directory: "\(path)/database", isSmall: true)
                        }
                        return .success(Node(number: number, directory: path, database: database))
                    } catch {
                        return .failure(error)
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    /// Others may pass through: as root, PostgreSQL runs under another account.
    private static func makeDirectories(_ path: String) throws {
        for (directory, mode) in [(path, 0o711), ("\(path)/memory", 0o700)]
        where !FileManager.default.fileExists(atPath: directory) {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: false,
                attributes: [.posixPermissions: mode])
        }
    }

    private static func process(_ node: Node, port: Int? = nil) throws -> NodeProcess {
        try NodeProcess(
            ["serve", "--config", node.settings, "--json"]
                + (port.map { ["--port", "\($0)"] } ?? []),
            files: node.directory)
    }
}

extension LocalCluster {
    var incidents: (any DemoIncidents)? { self }

    var isServing: Bool { processes.withLock { $0.values.allSatisfy(\.isRunning) } }

    func kill(_ node: UInt32) async throws -> ContinuousClock.Instant {
        guard let process = processes.withLock({ $0.removeValue(forKey: node) }) else {
            throw SettingsError("node \(node) does not run")
        }
        let now = ContinuousClock.now
        process.send(SIGKILL)
        _ = await process.waitForEnd()
        return now
    }

    func bringBack(_ node: UInt32) async throws {
        guard let member = members.first(where: { $0.number == node }),
            let port = nodes.first(where: { $0.number == node })?.port
        else { throw SettingsError("there is no node \(node)") }
        let process = try LocalCluster.process(member, port: port)
        processes.withLock { $0[node] = process }
        _ = try await process.waitUntilServing()
    }

    /// All nodes at once, then their PostgreSQLs.
    func stop() async -> (any Error)? {
        let running = processes.withLock { $0.sorted { $0.key < $1.key }.map(\.value) }
        for process in running { process.send(SIGTERM) }
        var failures: [any Error] = []
        for process in running {
            if let failure = await process.waitForEnd() { failures.append(failure) }
        }
        for member in members {
            do {
                try await WorkerThread.run("stop") { try member.database.stop() }
            } catch {
                failures.append(error)
            }
        }
        return failures.first
    }
}
