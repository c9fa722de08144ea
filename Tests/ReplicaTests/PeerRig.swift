import Certificates
import Consensus
import Domain
import Foundation
import HTTP2
import NIOCore
import NIOPosix
import Node
import Replica
import Synchronization
import Testing

/// Certificates of nodes.
struct NodeCertificates {
    let authority: DevelopmentAuthority

    init() throws { authority = try DevelopmentAuthority(commonName: "nodes") }

    func issue(_ number: UInt64, cluster: String = "demo") throws -> DevelopmentAuthority.Issued {
        try authority.issue(
            commonName: "node \(number)",
            for: .node(
                uri: "urn:langqiao:node:\(cluster)/\(number)", names: ["localhost"],
                addresses: ["127.0.0.1"]))
    }

    /// What a node uses.
    func tls(
        _ number: UInt64, cluster: String = "demo", trusting others: [NodeCertificates] = []
    ) throws -> MutualTLS {
        try MutualTLS(
            issue(number, cluster: cluster),
            trusting: others.isEmpty ? [authority] : others.map(\.authority))
    }
}

extension MutualTLS {
    init(
        _ own: DevelopmentAuthority.Issued, trusting authorities: [DevelopmentAuthority]
    ) throws {
        let roots = Array(try authorities.map { try $0.authority().certificatePEM }.joined().utf8)
        let trust = try ClientTrust(authorities: roots)
        let (chain, key) = (Array(own.certificatePEM.utf8), Array(own.keyPEM.utf8))
        self.init(
            server: try ServerTLS(
                chainPEM: chain, keyPEM: key, clientRootsPEM: roots, requiresClient: true,
                judge: { PeerVerdict(trust.judge($0)) }),
            client: try ClientTLS(
                chainPEM: chain, keyPEM: key, judge: { PeerVerdict(trust.judge($0, as: .server)) }))
    }
}

extension PeerVerdict {
    fileprivate init(_ verdict: ClientVerdict) {
        switch verdict {
        case .trusted(let seconds): self = .trusted(for: .seconds(seconds))
        case .refused(let reason): self = .refused(reason)
        case .untrusted(let reason): self = .untrusted(reason)
        }
    }
}

/// Names, places and ports of the nodes of a cluster on this machine.
struct NodePlaces: Sendable {
    let ports: [UInt64: Int]

    init(_ numbers: ClosedRange<UInt64> = 1...3) throws {
        ports = Dictionary(
            uniqueKeysWithValues: zip(numbers, try freePorts(numbers.count)))
    }

    func name(_ number: UInt64) throws -> NodeName {
        try #require(
            ClusterName("demo").flatMap { NodeName(cluster: $0, number: number) })
    }

    /// All but one of them.
    func others(than own: UInt64) throws -> [PeerNode] {
        try ports.keys.sorted().filter { $0 != own }.map {
            PeerNode(name: try name($0), host: "127.0.0.1", port: ports[$0] ?? 0)
        }
    }

    func start(
        _ number: UInt64, _ tls: MutualTLS, peers: [PeerNode]? = nil,
        onNews: @escaping @Sendable (PeerNews) -> Void = { _ in }
    ) async throws -> PeerNetwork {
        try await PeerNetwork.start(
            PeerIdentification(name: name(number)), peers: peers ?? others(than: number),
            host: "127.0.0.1", port: ports[number] ?? 0, tls: tls,
            group: MultiThreadedEventLoopGroup.singleton, onNews: onNews)
    }
}

/// Ports that nobody listens on, held together so that they differ.
private func freePorts(_ count: Int) throws -> [Int] {
    let sockets = (0..<count).map { _ in socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) }
    defer { for socket in sockets { close(socket) } }
    return try sockets.map { socket in
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, size) == 0 && getsockname(socket, $0, &size) == 0
            }
        }
        try #require(isBound)
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

/// What a node hears from others.
final class Heard: Sendable {
    private struct State {
        var messages: [(from: UInt64, message: PeerMessage)] = []
        var broken: [UInt64] = []
        var clocks: [UInt64: Int64] = [:]
        var news: [PeerNews] = []
        var waiting: [@Sendable () -> Void] = []
        var takes = true
    }

    private let state = Mutex(State())
    private let rules: UInt16

    init(rules: UInt16 = RuleVersion.current.rawValue) { self.rules = rules }

    var receiver: PeerReceiver {
        PeerReceiver(
            message: { [self] node, message, done in
                let takes = state.withLock {
                    $0.messages.append((node, message))
                    if !$0.takes { $0.waiting.append(done) }
                    return $0.takes
                }
                if takes { done() }
            },
            broken: { [self] node in state.withLock { $0.broken.append(node) } },
            clock: { [self] node, ahead in state.withLock { $0.clocks[node] = ahead } },
            rules: { [rules] in rules })
    }

    func note(_ news: PeerNews) { state.withLock { $0.news.append(news) } }

    /// Whether messages are taken; what has waited is when they are.
    func setTakes(_ takes: Bool) {
        let waiting = state.withLock { state in
            state.takes = takes
            guard takes else { return [] as [@Sendable () -> Void] }
            defer { state.waiting = [] }
            return state.waiting
        }
        for done in waiting { done() }
    }

    var messages: [(from: UInt64, message: PeerMessage)] { state.withLock { $0.messages } }
    var broken: [UInt64] { state.withLock { $0.broken } }
    var clocks: [UInt64: Int64] { state.withLock { $0.clocks } }
    /// The sentences with which others were refused.
    var refusals: [String] {
        state.withLock { $0.news }.compactMap {
            if case .refused(let text) = $0 { text } else { nil }
        }
    }
    var disconnections: [String] {
        state.withLock { $0.news }
            .compactMap { if case .disconnected(_, let text) = $0 { text } else { nil } }
    }

    func has(_ index: UInt64, from node: UInt64) -> Bool {
        messages.contains { $0.from == node && $0.message.heard?.index == index }
    }
}

extension PeerMessage {
    var heard: Message? { if case .consensus(let message) = self { message } else { nil } }
    var answer: ForwardReply? { if case .reply(let reply) = self { reply } else { nil } }
}

/// Waits until something holds, longer than it takes on any machine; false when it does not.
func eventually(
    _ condition: () async throws -> Bool
) async rethrows -> Bool {
    for _ in 0..<3_000 {
        if try await condition() { return true }
        try? await Task.sleep(for: .milliseconds(20))
    }
    return false
}
