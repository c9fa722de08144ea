internal import Consensus
internal import Domain
internal import Gateway
internal import HTTP2
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import Replica

/// The ways to the other nodes, and the certificates under which they are opened.
final class RunningCluster: Sendable {
    let settings: ClusterSettings
    let network: PeerNetwork
    private let certificates: CertificateWatch<MutualTLS>
    private let keys: PeerKeys
    /// Peers wait for nothing that callers of the gateway do.
    private let group: MultiThreadedEventLoopGroup

    private init(
        _ settings: ClusterSettings, _ network: PeerNetwork,
        _ certificates: CertificateWatch<MutualTLS>, _ keys: PeerKeys,
        _ group: MultiThreadedEventLoopGroup
    ) {
        self.settings = settings
        self.network = network
        self.certificates = certificates
        self.keys = keys
        self.group = group
    }

    /// Listens for the others, and begins to connect to them.
    ///
    /// - Throws: when the certificates do not fit together, or the address cannot be bound.
    static func start(_ settings: ClusterSettings, _ logger: Logger) async throws -> RunningCluster
    {
        let certificates = try CertificateWatch(settings.sources, logger: logger)
        let names = settings.peers.compactMap { peer in
            NodeName(cluster: settings.name, number: peer.id).map {
                PeerNode(name: $0, host: peer.host, port: peer.port)
            }
        }
        guard let own = names.first(where: { $0.name.number == settings.node }) else {
            throw SettingsError("peers must have an entry of this node")
        }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let keys = PeerKeys()
        do {
            let network = try await PeerNetwork.start(
                PeerIdentification(name: own.name), peers: names.filter { $0.name != own.name },
                host: settings.listenHost, port: settings.listenPort,
                tls: keys.judging(certificates.tls),
                group: group
            ) { logger.note($0) }
            certificates.begin { network.replaceTLS(keys.judging($0)) }
            return RunningCluster(settings, network, certificates, keys, group)
        } catch {
            try? await group.shutdownGracefully()  // the first error is the one to tell
            throw error
        }
    }

    /// What the replica is told of it.
    var replica: ReplicaCluster {
        ReplicaCluster(
            id: settings.node, voters: NodeSet(settings.peers.map(\.id)), network: network)
    }

    /// From now on peers are believed only as the node's ledger says (R18.6).
    func believe(_ directory: Directory, relyingOn reliance: KeyReliance) {
        keys.begin(directory, relyingOn: reliance)
        directory.watchKeys { [network] in network.reconsider() }
        // Who came before was judged without it.
        network.reconsider()
    }

    func reloadCertificates() { certificates.reload() }

    func stop() async {
        certificates.end()
        await network.shutDown()
        try? await group.shutdownGracefully()
    }
}

extension Logger {
    fileprivate func note(_ news: PeerNews) {
        switch news {
        case .connected(let node): info("peer connected", metadata: ["peer": "\(node)"])
        case .disconnected(let node, let reason):
            warning("no way to a peer", metadata: ["peer": "\(node)", "reason": "\(reason)"])
        case .refused(let sentence):
            warning("a peer was refused", metadata: ["reason": "\(sentence)"])
        }
    }
}
