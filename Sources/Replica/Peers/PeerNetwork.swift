package import Consensus
internal import Domain
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
        var attached: AttachedReceiver?
        var lastReceiver: UInt64 = 0
        var tls: MutualTLS
        var server: Server?
        /// Streams that peers have opened; a new one takes an old one's place.
        var inbound: [NodeID: InboundStream] = [:]
        var lastStream: UInt64 = 0
        /// Refusals that an operator was told of, and when.
        var refusals: [String: UInt64] = [:]
    }

    private struct InboundStream {
        let number: UInt64
        let end: @Sendable () -> Void
    }

    package let who: PeerIdentification
    private let peers: [PeerNode]
    private let ownAddress: String
    private let group: any EventLoopGroup
    private let onNews: @Sendable (PeerNews) -> Void
    private let shared: Mutex<Shared>
    private let links = Mutex<[NodeID: PeerLink]>([:])

    private init(
        _ who: PeerIdentification, _ peers: [PeerNode], at address: String, _ tls: MutualTLS,
        _ group: any EventLoopGroup, _ onNews: @escaping @Sendable (PeerNews) -> Void
    ) {
        self.who = who
        self.peers = peers
        ownAddress = address
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
        _ who: PeerIdentification, peers: [PeerNode], host: String, port: Int, tls: MutualTLS,
        group: any EventLoopGroup, onNews: @escaping @Sendable (PeerNews) -> Void
    ) async throws -> PeerNetwork {
        let network = PeerNetwork(
            who, peers, at: PeerNetwork.text(host, port), tls, group, onNews)
        var configuration = Server.Configuration(host: host, port: port, tls: tls.server)
        configuration.limits = PeerNetwork.limits
        configuration.connections = ConnectionBounds(total: 64)
        configuration.memory.requestsPerOwner = configuration.memory.requests
        configuration.owner = { peer in network.nodeNamed(by: peer).map { "node \($0)" } }
        configuration.onHandshakeFailure = {
            network.tell(.refused("a TLS handshake failed: \($0)"))
        }
        let server = try await Server.start(
            configuration: configuration, group: group, handler: PeerHandler(network: network))
        network.shared.withLock { $0.server = server }
        let links = Dictionary(
            uniqueKeysWithValues: peers.map { ($0.name.number, PeerLink($0, network)) })
        network.links.withLock { $0 = links }
        for link in links.values { link.start() }
        return network
    }

    /// Windows wide enough for a batch at a time, and no idle end.
    ///
    /// Little is handed on before the network takes it, for nothing passes that any more: 64 KiB
    /// in the stream, up to 192 in the channel, 64 in the kernel, and 128 that are just written. So
    /// a heartbeat waits for less than half a MiB, whatever else is sent: on a link of 1 MB/s not
    /// as long as an election timeout.
    private static var limits: HTTP2.Limits {
        var limits = HTTP2.Limits()
        limits.maxConcurrentStreams = 8
        limits.streamWindow = 4 << 20
        limits.connectionWindow = 8 << 20
        limits.maxStreamOutput = FrameCutter.part
        limits.unsentBytes = FrameCutter.part
        limits.cheapFrameBurst = 100_000
        limits.cheapFramesPerSecond = 20_000
        return limits
    }

    /// Where a node listens, for people.
    package func address(of node: NodeID) -> String {
        guard let peer = peers.first(where: { $0.name.number == node }) else { return ownAddress }
        return PeerNetwork.text(peer.host, peer.port)
    }

    private static func text(_ host: String, _ port: Int) -> String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// The port listened on.
    package var localPort: Int { shared.withLock { $0.server?.localPort ?? 0 } }

    /// How the ways to the peers are, by number.
    package var ways: [NodeID: PeerWay] {
        links.withLock { $0.mapValues(\.way) }
    }

    /// Uses these certificates from now on. For others than before the connections to peers are
    /// made anew.
    package func replaceTLS(_ tls: MutualTLS) {
        let (server, isSame) = shared.withLock { shared in
            let isSame = shared.tls.client.sharesKeys(with: tls.client)
            shared.tls = tls
            return (shared.server, isSame)
        }
        server?.replaceTLS(tls.server)
        if isSame { return }
        for link in links.withLock({ Array($0.values) }) { link.reconnect() }
    }

    /// Judges again who has connected: what its certificate is worth may have changed. Those that
    /// this node has connected to are judged again twice a second in any case.
    package func reconsider() { shared.withLock { $0.server }?.reconsider(asking: .last) }

    /// Closes everything.
    package func shutDown() async {
        detach()
        for link in links.withLock({ Array($0.values) }) { link.stop() }
        links.withLock { $0 = [:] }
        let server = shared.withLock { $0.server }
        await server?.shutDown(gracefulFor: .milliseconds(100))
    }

    // MARK: The node's side

    /// Messages go to this receiver from now on.
    package func attach(_ receiver: PeerReceiver) {
        shared.withLock { shared in
            shared.lastReceiver += 1
            shared.attached = AttachedReceiver(number: shared.lastReceiver, receiver: receiver)
        }
    }

    /// The node is gone; peers find their ways broken, and try again later.
    package func detach() {
        let inbound = shared.withLock { shared in
            shared.attached = nil
            return shared.inbound.values.map(\.end)
        }
        for end in inbound { end() }
    }

    /// Sends a message; false when it was not taken, for want of a connection or of room here or
    /// there.
    @discardableResult
    package func send(_ message: PeerMessage, to node: NodeID) -> Bool {
        links.withLock { $0[node] }?.put(message) == true
    }

    // MARK: The links' side

    var attached: AttachedReceiver? { shared.withLock { $0.attached } }
    private var receiver: PeerReceiver? { attached?.receiver }
    var hello: PeerFrame { .hello(who, ledgerRules: receiver?.rules() ?? 0) }

    /// A peer that is refused comes again and again; once a minute is enough for that.
    func tell(_ news: PeerNews) {
        guard case .refused(let sentence) = news else { return onNews(news) }
        let isNew = shared.withLock { shared in
            let now = Clocks.steady
            let isOld = { (at: UInt64) in now - min(now, at) >= 60_000_000_000 }
            if let last = shared.refusals[sentence], !isOld(last) { return false }
            if shared.refusals.count >= 64 {
                shared.refusals = shared.refusals.filter { !isOld($0.value) }
            }
            guard shared.refusals.count < 64 else { return false }
            shared.refusals[sentence] = now
            return true
        }
        if isNew { onNews(news) }
    }
    func broken(_ node: NodeID) { receiver?.broken(node) }
    func noteClock(of node: NodeID, ahead: Int64) { receiver?.clock(node, ahead) }

    /// Connects to a peer. Whoever answers there without its certificate is refused.
    func connect(to peer: PeerNode) async throws -> Client {
        try await Client.connect(
            host: peer.host, port: peer.port, tls: tls(for: peer), group: group,
            limits: PeerNetwork.limits)
    }

    /// By what a peer is believed that this node has connected to.
    func tls(for peer: PeerNode) -> ClientTLS {
        shared.withLock { $0.tls.client.naming(peer.name.uri) }
    }

    /// The node of this cluster that a certificate names.
    func nodeNamed(by peer: PeerIdentity?) -> NodeID? {
        guard let peer, peer.refusal == nil, peer.subjectAlternativeURIs.count == 1 else {
            return nil
        }
        return peers.first { $0.name.uri == peer.subjectAlternativeURIs[0] }?.name.number
    }

    /// A peer has opened a stream; an older one of its ends.
    ///
    /// - Parameter receiver: for whom the stream was let in. Another one may have come in its place
    ///   since, which would hear nothing of what is sent on it.
    /// - Returns: its number, for ``left(_:_:)``; nil when that receiver is gone.
    func entered(
        _ node: NodeID, for receiver: AttachedReceiver, end: @escaping @Sendable () -> Void
    ) -> UInt64? {
        let (number, older): (UInt64?, InboundStream?) = shared.withLock { shared in
            guard shared.attached?.number == receiver.number else { return (nil, nil) }
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
