package import Consensus
internal import Foundation
package import HTTP2
package import NIOCore
package import Node
internal import Synchronization

/// The ways between this node and its peers, over mutual TLS on a listener of their own.
///
/// Each node opens one stream to every other one and sends on it; so there are two connections
/// between two nodes, and one that nobody can reach still reaches others. Who connects must have a
/// certificate for `urn:langqiao:node:CLUSTER/ID` of this cluster and its membership, and must be
/// able to apply the ledger's rules; who does not is refused with a sentence.
///
/// Messages may be lost with a connection. Then the receiver is told that the way is broken.
package final class PeerNetwork: Sendable {
    static let path = "/langqiao.peers.v1/Stream"

    private struct Shared {
        var receiver: PeerReceiver?
        var tls: MutualTLS
        var server: Server?
        /// Streams that peers have opened; a new one takes an old one's place.
        var inbound: [NodeID: InboundStream] = [:]
        var lastStream: UInt64 = 0
        /// What an operator was told of last.
        var refusal: (sentence: String, at: UInt64)?
    }

    private struct InboundStream {
        let number: UInt64
        let end: @Sendable () -> Void
    }

    let who: PeerIdentification
    private let peers: [PeerAddress]
    private let group: any EventLoopGroup
    private let onNews: @Sendable (PeerNews) -> Void
    private let shared: Mutex<Shared>
    private let links = Mutex<[NodeID: PeerLink]>([:])

    private init(
        _ who: PeerIdentification, _ peers: [PeerAddress], _ tls: MutualTLS,
        _ group: any EventLoopGroup, _ onNews: @escaping @Sendable (PeerNews) -> Void
    ) {
        self.who = who
        self.peers = peers
        self.group = group
        self.onNews = onNews
        shared = Mutex(Shared(tls: tls))
    }

    /// Listens, and begins to connect.
    ///
    /// - Parameters:
    ///   - peers: the others.
    ///   - onNews: told what an operator should see; must not block.
    /// - Throws: an I/O error when the address cannot be bound.
    package static func start(
        _ who: PeerIdentification, peers: [PeerAddress], host: String, port: Int, tls: MutualTLS,
        group: any EventLoopGroup, onNews: @escaping @Sendable (PeerNews) -> Void
    ) async throws -> PeerNetwork {
        let network = PeerNetwork(who, peers, tls, group, onNews)
        var configuration = Server.Configuration(host: host, port: port, tls: tls.server)
        configuration.limits = PeerNetwork.limits
        configuration.connections = ConnectionBounds(total: 64)
        configuration.memory.requestsPerOwner = configuration.memory.requests
        configuration.runsHandlersOnEventLoop = true
        configuration.owner = { peer in network.nodeNamed(by: peer).map { "node \($0)" } }
        configuration.onHandshakeFailure = { network.tell(.refused("a TLS handshake failed: \($0)")) }
        let server = try await Server.start(
            configuration: configuration, group: group, handler: PeerHandler(network: network))
        network.shared.withLock { $0.server = server }
        let links = Dictionary(uniqueKeysWithValues: peers.map { ($0.id, PeerLink($0, network)) })
        network.links.withLock { $0 = links }
        for link in links.values { link.start() }
        return network
    }

    /// Windows wide enough for a batch at a time, and no idle end.
    private static var limits: Limits {
        var limits = Limits()
        limits.maxConcurrentStreams = 8
        limits.streamWindow = 4 << 20
        limits.connectionWindow = 8 << 20
        limits.maxStreamOutput = 1 << 20
        limits.cheapFrameBurst = 100_000
        limits.cheapFramesPerSecond = 20_000
        return limits
    }

    /// The port listened on.
    package var localPort: Int { shared.withLock { $0.server?.localPort ?? 0 } }

    /// Messages to a peer that were lost before they were sent.
    package func dropped(to node: NodeID) -> UInt64 {
        links.withLock { $0[node] }?.outflow.dropped ?? 0
    }

    /// Uses other certificates from now on.
    package func replaceTLS(_ tls: MutualTLS) {
        let server = shared.withLock {
            $0.tls = tls
            return $0.server
        }
        server?.replaceTLS(tls.server)
    }

    /// Closes everything.
    package func shutDown() async {
        detach()
        for link in links.withLock({ Array($0.values) }) { await link.stop() }
        links.withLock { $0 = [:] }
        let server = shared.withLock { $0.server }
        await server?.shutDown(gracefulFor: .milliseconds(100))
    }

    // MARK: The node's side

    /// Messages go to this receiver from now on.
    package func attach(_ receiver: PeerReceiver) {
        shared.withLock { $0.receiver = receiver }
    }

    /// The node is gone; peers find their ways broken, and try again later.
    package func detach() {
        let inbound = shared.withLock { shared in
            shared.receiver = nil
            return shared.inbound.values.map(\.end)
        }
        for end in inbound { end() }
    }

    /// Sends a message, or loses it. That a submission or an answer to one is lost is told.
    package func send(_ message: PeerMessage, to node: NodeID) {
        let link = links.withLock { $0[node] }
        guard link?.outflow.put(.message(message)) != true else { return }
        if case .consensus = message { return }
        broken(node)
    }

    // MARK: The links' side

    var receiver: PeerReceiver? { shared.withLock { $0.receiver } }
    var hello: PeerFrame { .hello(who, ledgerRules: receiver?.rules() ?? 0) }

    /// A peer that is refused comes again and again; once a minute is enough for that.
    func tell(_ news: PeerNews) {
        guard case .refused(let sentence) = news else { return onNews(news) }
        let isNew = shared.withLock { shared in
            let now = Clocks.steady
            if let last = shared.refusal, last.sentence == sentence,
                now - last.at < 60_000_000_000
            {
                return false
            }
            shared.refusal = (sentence, now)
            return true
        }
        if isNew { onNews(news) }
    }
    func broken(_ node: NodeID) { receiver?.broken(node) }
    func noteClock(of node: NodeID, ahead: Int64) { receiver?.clock(node, ahead) }

    /// Connects to a peer, and makes sure that it is the one.
    func connect(to peer: PeerAddress) async throws -> Client {
        let tls = shared.withLock { $0.tls.client }
        let client = try await Client.connect(
            host: peer.host, port: peer.port, tls: tls, group: group, limits: PeerNetwork.limits)
        let expected = PeerIdentification.uri(cluster: who.cluster, node: peer.id)
        guard client.peer?.subjectAlternativeURIs == [expected] else {
            await client.close()
            let found = client.peer?.subjectAlternativeURIs.joined(separator: ", ") ?? "nobody"
            throw HTTP2Error(
                .connectFailed,
                "\(peer.host):\(peer.port) is \(found.isEmpty ? "nobody" : found), not \(expected)")
        }
        return client
    }

    /// The node of this cluster that a certificate names.
    func nodeNamed(by peer: PeerIdentity?) -> NodeID? {
        guard let peer, peer.refusal == nil, peer.subjectAlternativeURIs.count == 1 else {
            return nil
        }
        return peers.first {
            PeerIdentification.uri(cluster: who.cluster, node: $0.id)
                == peer.subjectAlternativeURIs[0]
        }?.id
    }

    /// A peer has opened a stream; an older one of its ends.
    ///
    /// - Returns: its number, for ``left(_:_:)``.
    func entered(_ node: NodeID, end: @escaping @Sendable () -> Void) -> UInt64 {
        let (number, older) = shared.withLock { shared in
            shared.lastStream += 1
            let older = shared.inbound.updateValue(
                InboundStream(number: shared.lastStream, end: end), forKey: node)
            return (shared.lastStream, older)
        }
        older?.end()
        return number
    }

    func left(_ node: NodeID, _ number: UInt64) {
        shared.withLock { shared in
            if shared.inbound[node]?.number == number { shared.inbound[node] = nil }
        }
        broken(node)
    }
}
