internal import Clients
internal import Domain
internal import Foundation
internal import HTTP2
internal import Store

/// A gateway under load, one node or a cluster: processes, PostgreSQLs, and connections to the node
/// that leads.
package struct BenchmarkStage {
    private var nodes: [BenchmarkNode]
    /// The place of the one that leads.
    private var leader: Int
    private(set) var operation: Client
    private let clients: [Client]
    private var undo: [@Sendable () async -> Void]
    /// Where databases and certificates are.
    let directory: String
    let files: CertificateFiles

    /// Starts everything; what has started is stopped again when that fails.
    ///
    /// - Parameter directory: where databases and certificates stay; nil makes a temporary one.
    package static func open(
        directory: String?, nodes: Int, connections: Int, threads: Int
    ) async throws -> BenchmarkStage {
        var undo: [@Sendable () async -> Void] = []
        do {
            return try await open(directory, nodes, connections, threads, &undo)
        } catch {
            for step in undo.reversed() { await step() }
            throw error
        }
    }

    /// - Parameter undo: gets what stops or removes each thing, in the order of their making.
    private static func open(
        _ directory: String?, _ count: Int, _ connections: Int, _ threads: Int,
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
        let nodes = try await BenchmarkNode.start(count, in: path, files, threads: threads, &undo)
        let leader = try await BenchmarkNode.leader(of: nodes, files)
        let operation = try await nodes[leader].connect(files, "operator")
        undo.append { await operation.close() }
        try await GatewayLoad.prepare(operation)
        var clients: [Client] = []
        for number in 0..<connections {
            let name = CertificateFiles.name(of: banks[number % banks.count])
            let client = try await nodes[leader].connect(files, name)
            clients.append(client)
            undo.append { await client.close() }
        }
        return BenchmarkStage(
            nodes: nodes, leader: leader, operation: operation, clients: clients, undo: undo,
            directory: path, files: files)
    }

    /// The port of the node that leads.
    var port: Int { nodes[leader].port }

    /// Where the node that leads has its tables.
    func database() throws -> DatabaseAddress {
        try DatabaseAddress(
            connectionString: nodes[leader].database.connectionString,
            schema: BenchmarkNode.schema)
    }

    /// A reader of those tables.
    func reader() throws -> LedgerReader { try LedgerReader(database()) }

    /// Ends all processes of the gateway and starts them again on what their databases have.
    /// Connections with banks end.
    mutating func restart() async throws {
        nodes = try BenchmarkNode.restart(nodes, &undo)
        leader = try await BenchmarkNode.leader(of: nodes, files)
        let operation = try await nodes[leader].connect(files, "operator")
        self.operation = operation
        undo.append { await operation.close() }
    }

    private static func temporaryDirectory() -> String {
        FileManager.default.temporaryDirectory
            .appending(path: "langqiao-benchmark-\(UUID().uuidString.prefix(8))").path
    }

    /// Runs the load, lets the tables catch up, and compares.
    ///
    /// - Parameter progress: told what is being done, often.
    package func measure(
        _ options: GatewayLoadOptions, _ progress: @escaping @Sendable (String) -> Void
    ) async throws -> GatewayRun {
        let reader = try reader()
        let watch = try await TableWatch(operation)
        let before = try reader.position()
        let processors = nodes.map { ProcessorTimes($0) }
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
        let used = processors.map { $0.used() }
        let others = used.indices.filter { $0 != leader }.map { used[$0] }
        let times = TableTimes(
            lagAtEnd: try await lagAtEnd, greatestLag: await watch.greatestSeconds,
            catchUp: catchUp)
        let record = try RecordAudit(reader, since: before).record(result.sample, progress)
        return GatewayRun(
            load: result, record: record, tables: times,
            cost: GatewayCost(
                gatewaySeconds: used[leader].gateway, databaseSeconds: used[leader].database,
                followers: others.map { .init(gateway: $0.gateway, database: $0.database) },
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
