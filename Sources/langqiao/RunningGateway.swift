internal import Domain
internal import Foundation
internal import Gateway
internal import HTTP2
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import Node
package import Replica
internal import Shares
internal import Store

extension RunningNode: SettlementNode {
    package var isServing: Bool { condition == .serving }
}

/// A gateway with everything behind it, wired together: database, node, readers, server.
final class RunningGateway: Sendable {
    let address: DatabaseAddress
    let node: RunningNode
    private let certificates: CertificateWatch<ServerTLS>
    private let cluster: PrivateCluster?
    private let readers: ReaderPool
    private let gateway: Gateway
    private let group: MultiThreadedEventLoopGroup
    private let logger: Logger
    private let grace: Int
    private let memoryReturn: MemoryReturn

    var port: Int { gateway.localPort }

    private init(
        certificates: CertificateWatch<ServerTLS>, address: DatabaseAddress, node: RunningNode,
        cluster: PrivateCluster?, readers: ReaderPool,
        gateway: Gateway, group: MultiThreadedEventLoopGroup, logger: Logger, grace: Int
    ) {
        self.certificates = certificates
        self.address = address
        self.node = node
        self.cluster = cluster
        self.readers = readers
        self.gateway = gateway
        self.group = group
        self.logger = logger
        self.grace = grace
        memoryReturn = MemoryReturn { gateway.takeHeldBytes() }
    }

    /// Starts PostgreSQL when none is named, then the node, then the server.
    ///
    /// - Parameter takesOver: a database that is not the one on which the log was written, or an
    ///   older copy, is made the node's own first.
    /// - Throws: what kept one of them from starting; those that had started are stopped again.
    static func start(
        _ settings: Settings, takesOver: Bool = false, logger: Logger
    ) async throws -> RunningGateway {
        OpenFiles.prepare(logger)
        let certificates = try CertificateWatch(settings.certificateSources, logger: logger)
        let (address, cluster) = try await database(settings, logger)
        do {
            if takesOver { try await takeOver(address, settings, logger) }
            return try await start(settings, certificates, address, cluster, logger)
        } catch {
            try? cluster?.stop()  // the first error is the one to tell
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
        _ cluster: PrivateCluster?, _ logger: Logger
    ) async throws -> RunningGateway {
        if settings.memory == nil {
            logger.notice(
                "without --memory a restored older copy of the database would be served unnoticed")
        }
        let node = try await WorkerThread.run("start") {
            try RunningNode.start(address, log: LogSettings(memory: settings.memory)) { event in
                switch event {
                case .serving(let index):
                    logger.info("node serves", metadata: ["logIndex": "\(index)"])
                case .erasureFailed(let error):
                    logger.error("erasure failed", metadata: ["error": "\(error)"])
                case .role(let role):
                    logger.info(
                        "role changed",
                        metadata: [
                            "role": "\(role.role)", "term": "\(role.term)",
                            "leader": "\(role.leader)",
                        ])
                case .clockMoved(let difference):
                    logger.warning(
                        "the clock was moved", metadata: ["nanoseconds": "\(difference)"])
                case .clockBehind(let difference):
                    logger.error(
                        "the clock is behind the log: no batch is formed before it catches up",
                        metadata: ["nanoseconds": "\(difference)"])
                case .replicaFailed(let error):
                    logger.error("replica stopped", metadata: ["error": "\(error)"])
                }
            }
        }
        let readers: ReaderPool
        do {
            readers = try ReaderPool(address)
        } catch {
            node.stop()
            _ = await node.waitUntilStopped()
            throw error
        }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: settings.threads)
        do {
            var configuration = Server.Configuration(
                host: settings.host, port: settings.port, tls: certificates.tls)
            configuration.connections = ConnectionBounds(total: OpenFiles.connections)
            let gateway = try await Gateway.start(
                configuration,
                services: try Services(
                    node: node, readers: readers, ownBIC: settings.bic, ownLEI: settings.lei,
                    logger: logger),
                group: group, logger: logger)
            certificates.begin { gateway.replaceTLS($0) }
            return RunningGateway(
                certificates: certificates, address: address, node: node, cluster: cluster,
                readers: readers,
                gateway: gateway, group: group, logger: logger, grace: settings.grace)
        } catch {
            node.stop()
            _ = await node.waitUntilStopped()
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
    func reloadCertificates() { certificates.reload() }

    /// Asks the private PostgreSQL to stop, without waiting, when there is no time left.
    func leaveDatabase() { cluster?.stopSoon() }

    /// Finishes what was accepted, refuses the rest, and stops everything that was started.
    ///
    /// - Returns: the node's failure, if it had one.
    func stop() async -> (any Error)? {
        certificates.end()
        memoryReturn.end()
        await gateway.shutDown(gracefulFor: .seconds(grace))
        node.stop()
        let failure = await node.waitUntilStopped()
        await readers.shutdown()
        do {
            try await group.shutdownGracefully()
            if let cluster { try await WorkerThread.run("stop") { try cluster.stop() } }
        } catch {
            logger.error("stopping was not clean", metadata: ["error": "\(error)"])
        }
        return failure
    }
}
