internal import Domain
internal import Foundation
internal import Gateway
internal import HTTP2
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import Node
internal import Replica
internal import Shares
internal import Store

/// A gateway with everything behind it, wired together: database, node, readers, server.
final class RunningGateway: Sendable {
    let address: DatabaseAddress
    let node: RunningNode
    private let certificates: CertificateWatch<ServerTLS>
    private let server: PrivateCluster?
    /// Nil for a cluster of one.
    private let cluster: RunningCluster?
    private let room: DatabaseRoom?
    private let readers: ReaderPool
    private let gateway: Gateway
    private let group: MultiThreadedEventLoopGroup
    private let logger: Logger
    private let grace: Int
    private let memoryReturn: MemoryReturn

    var port: Int { gateway.localPort }

    private init(
        certificates: CertificateWatch<ServerTLS>, address: DatabaseAddress, node: RunningNode,
        server: PrivateCluster?, cluster: RunningCluster?, room: DatabaseRoom?,
        readers: ReaderPool, gateway: Gateway, group: MultiThreadedEventLoopGroup, logger: Logger,
        grace: Int
    ) {
        self.certificates = certificates
        self.address = address
        self.node = node
        self.server = server
        self.cluster = cluster
        self.room = room
        self.readers = readers
        self.gateway = gateway
        self.group = group
        self.logger = logger
        self.grace = grace
        memoryReturn = MemoryReturn {
            gateway.takeHeldBytes()
        } connections: {
            gateway.connectionsOpen
        }
    }

    /// Starts PostgreSQL when none is named, then the node, then the server.
    ///
    /// - Parameters:
    ///   - takesOver: a database that is not the one on which the log was written, or an older
    ///     copy, is made the node's own first.
    ///   - reliance: how far the keys on record count.
    /// - Throws: what kept one of them from starting; those that had started are stopped again.
    static func start(
        _ settings: Settings, takesOver: Bool = false, relyingOn reliance: KeyReliance = .full,
        logger: Logger
    ) async throws -> RunningGateway {
        OpenFiles.prepare(logger)
        let certificates = try CertificateWatch(settings.certificateSources, logger: logger)
        let (address, server) = try await database(settings, logger)
        do {
            if takesOver { try await takeOver(address, settings, logger) }
            return try await start(settings, certificates, address, server, reliance, logger)
        } catch {
            try? server?.stop()  // the first error is the one to tell
            throw error
        }
    }

    private static func takeOver(
        _ address: DatabaseAddress, _ settings: Settings, _ logger: Logger
    ) async throws {
        try await WorkerThread.run("take-over") {
            try Migrations.apply(to: address)
            try LogStore.takeOver(address, LogSettings(memory: settings.memory))
        }
        logger.warning("the database is taken over as it is")
    }

    private static func database(
        _ settings: Settings, _ logger: Logger
    ) async throws -> (DatabaseAddress, PrivateCluster?) {
        if let database = settings.database {
            return (
                try DatabaseAddress(connectionString: database, schema: settings.schema), nil
            )
        }
        let cluster = try await WorkerThread.run("start") {
            try PrivateCluster.start(directory: settings.data)
        }
        logger.info(
            "private PostgreSQL runs",
            metadata: ["directory": "\(cluster.directory)", "adopted": "\(cluster.wasAdopted)"])
        let address = try DatabaseAddress(
            connectionString: cluster.connectionString, schema: settings.schema)
        return (address, cluster)
    }

    private static func start(
        _ settings: Settings, _ certificates: CertificateWatch<ServerTLS>,
        _ address: DatabaseAddress,
        _ server: PrivateCluster?, _ reliance: KeyReliance, _ logger: Logger
    ) async throws -> RunningGateway {
        if reliance == .revocationsOnly {
            logger.warning("of the keys on record only revocations count, until the next start")
        }
        if settings.memory == nil {
            logger.notice(
                "without --memory a restored older copy of the database would be served unnoticed")
        }
        let cluster: RunningCluster? =
            if let peers = settings.cluster { try await RunningCluster.start(peers, logger) } else {
                nil
            }
        let node: RunningNode
        do {
            node = try await WorkerThread.run("start") {
                try RunningNode.start(
                    address, log: LogSettings(memory: settings.memory), cluster: cluster?.replica
                ) { logger.note($0) }
            }
        } catch {
            await cluster?.stop()
            throw error
        }
        cluster?.believe(node.directory, relyingOn: reliance)
        await node.catchUpBeforeCallers(logger)
        let readers: ReaderPool
        do {
            readers = try ReaderPool(address)
        } catch {
            node.stop()
            _ = await node.waitUntilStopped()
            await cluster?.stop()
            throw error
        }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: settings.threads)
        var room: DatabaseRoom?
        do {
            room = try await DatabaseRoom.watch(
                address, megabytes: settings.freeSpace, of: node, logger)
            var configuration = Server.Configuration(
                host: settings.host, port: settings.port, tls: certificates.tls)
            configuration.connections = ConnectionBounds(total: OpenFiles.connections)
            let gateway = try await Gateway.start(
                configuration,
                services: try Services(
                    node: node, readers: readers, ownBIC: settings.bic, ownLEI: settings.lei,
                    logger: logger),
                relyingOn: reliance, group: group, logger: logger)
            certificates.begin { gateway.replaceTLS($0) }
            return RunningGateway(
                certificates: certificates, address: address, node: node, server: server,
                cluster: cluster,
                room: room,
                readers: readers, gateway: gateway, group: group, logger: logger,
                grace: settings.grace)
        } catch {
            room?.end()
            node.stop()
            _ = await node.waitUntilStopped()
            await cluster?.stop()
            await readers.shutdown()
            try? await group.shutdownGracefully()  // the first error is the one to tell
            throw error
        }
    }

    /// Waits until the node stops by itself; gives its failure.
    func waitUntilNodeStops() async -> (any Error)? {
        await node.waitUntilStopped()
    }

    /// Reads certificates, authorities and revocation lists again, now.
    func reloadCertificates() {
        certificates.reload()
        cluster?.reloadCertificates()
    }

    /// What an operator has to do before the node can serve again, if that is known.
    func advice(after failure: any Error) -> String? {
        failure is StoreError ? room?.advice : nil
    }

    /// Asks the private PostgreSQL to stop, without waiting, when there is no time left.
    func leaveDatabase() { server?.stopSoon() }

    /// Finishes what was accepted, refuses the rest, and stops everything that was started.
    ///
    /// - Returns: the node's failure, if it had one.
    func stop() async -> (any Error)? {
        certificates.end()
        room?.end()
        memoryReturn.end()
        await gateway.shutDown(gracefulFor: .seconds(grace))
        node.stop()
        let failure = await node.waitUntilStopped()
        await cluster?.stop()
        await readers.shutdown()
        do {
            try await group.shutdownGracefully()
            if let server { try await WorkerThread.run("stop") { try server.stop() } }
        } catch {
            logger.error("stopping was not clean", metadata: ["error": "\(error)"])
        }
        return failure
    }
}

extension Logger {
    /// What an operator should see of the node.
    fileprivate func note(_ news: NodeNews) {
        switch news {
        case .serving(let index): info("node serves", metadata: ["logIndex": "\(index)"])
        case .erasureFailed(let error):
            self.error("erasure failed", metadata: ["error": "\(error)"])
        case .role(let role):
            info(
                "role changed",
                metadata: [
                    "role": "\(role.role)", "term": "\(role.term)", "leader": "\(role.leader)",
                    "reason": "\(role.reason)",
                ])
        case .clockMoved(let difference):
            warning("the clock was moved", metadata: ["nanoseconds": "\(difference)"])
        case .clockBehind(let difference):
            self.error(
                "the clock is behind the log: no batch is formed before it catches up",
                metadata: ["nanoseconds": "\(difference)"])
        case .clockDeviates(let difference, let next):
            warning(
                "the clock is far from the others': another node is to lead",
                metadata: ["nanoseconds": "\(difference)", "next": "\(next)"])
        case .replicaFailed(let error):
            self.error("replica stopped", metadata: ["error": "\(error)"])
        }
    }
}
