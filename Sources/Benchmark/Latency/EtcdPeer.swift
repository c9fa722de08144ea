internal import Clients
internal import Domain
internal import Foundation
internal import HTTP2
internal import LoadClient

/// A cluster of etcd that asks clients, and members each other, for certificates.
struct EtcdPeer {
    /// `etcd 3.4.23`.
    let name: String
    /// Of the member that leads, which is called.
    private let target: LoadTarget

    private static let valueBytes = 256

    /// - Parameter path: where data and logs go; on the disk where the gateway's are.
    /// - Throws: ``PeerSkipped`` when it is not installed.
    static func start(
        nodes: Int, in path: String, _ files: CertificateFiles, as client: String,
        _ undo: inout [@Sendable () async -> Void]
    ) async throws -> EtcdPeer {
        let program = try Programs.find("etcd", package: "etcd-server")
        let ports = try FreePorts.take(2 * nodes)
        let members = (0..<nodes).map { (client: ports[2 * $0], peer: ports[2 * $0 + 1]) }
        let scheme = nodes == 1 ? "http" : "https"
        let cluster = members.enumerated().map { number, member in
            "member\(number + 1)=\(scheme)://127.0.0.1:\(member.peer)"
        }.joined(separator: ",")
        var servers: [ForeignServer] = []
        for (number, member) in members.enumerated() {
            let own = "\(scheme)://127.0.0.1:\(member.peer)"
            let url = "https://127.0.0.1:\(member.client)"
            let arguments =
                [
                    "--name", "member\(number + 1)", "--data-dir", "\(path)/etcd\(number + 1)",
                    "--listen-client-urls", url, "--advertise-client-urls", url,
                    "--listen-peer-urls", own, "--initial-advertise-peer-urls", own,
                    "--initial-cluster", cluster, "--initial-cluster-state", "new",
                    "--cert-file", files.certificate("server"), "--key-file", files.key("server"),
                    "--trusted-ca-file", files.certificate("ca"), "--client-cert-auth",
                    "--enable-grpc-gateway=false", "--logger", "zap", "--log-level", "error",
                ] + (nodes == 1 ? [] : peerArguments(number + 1, files))
            servers.append(
                try .start(program, arguments, log: "\(path)/etcd\(number + 1).log", &undo))
        }
        let identity = LoadIdentity(
            authority: files.certificate("ca"), own: (files.certificate(client), files.key(client)))
        let targets = members.map { LoadTarget(port: $0.client, identities: [identity]) }
        let target = try await servers[0].wait("etcd") {
            for target in targets where try await leads(target) { return target }
            return nil
        }
        return EtcdPeer(name: "etcd \(Programs.version(program))", target: target)
    }

    /// Members know each other by the certificates of the gateway's nodes.
    private static func peerArguments(_ number: Int, _ files: CertificateFiles) -> [String] {
        let name = CertificateFiles.name(ofNode: UInt64(number))
        return [
            "--peer-cert-file", files.certificate(name), "--peer-key-file", files.key(name),
            "--peer-trusted-ca-file", files.certificate(CertificateFiles.nodeAuthority),
            "--peer-client-cert-auth",
        ]
    }

    private static func leads(_ target: LoadTarget) async throws -> Bool {
        let metrics = try await target.run(
            OnePage("/metrics", authority: target.authority), connections: 1,
            LoadPace(.closed(inFlight: 1), warmingNanoseconds: 0, nanoseconds: 1_000_000_000))
        return metrics.calls.body.has("\netcd_server_is_leader 1\n".utf8)
    }

    /// Puts of values of a payment's size, each under its own key.
    func measure(connections: Int, _ pace: LoadPace) async throws -> LatencyResult {
        let calls = PutCalls(valueBytes: EtcdPeer.valueBytes, authority: target.authority)
        return try await target.run(calls, connections: connections, pace).result
    }
}

/// Puts by etcd's API, version 3.
private struct PutCalls: LatencyCalls {
    private let head: LoadHead
    private let value: [UInt8]
    private let run = Clock.nanoseconds()

    init(valueBytes: Int, authority: String) {
        head = .grpc(authority: authority)
        value = PutCalls.field(2, [UInt8](repeating: UInt8(ascii: "v"), count: valueBytes))
    }

    mutating func next(_ number: Int) -> LoadRequest? {
        let key = PutCalls.field(1, Array("payments/\(run)/\(number)".utf8))
        return LoadRequest(head, path: "/etcdserverpb.KV/Put", body: GRPC.framed(key + value))
    }

    mutating func fault(in answer: LoadAnswer) -> String? {
        if answer.status == 200, answer.grpcStatus == 0 { return nil }
        return "gRPC \(answer.grpcStatus ?? -1)"
    }

    /// Bytes with the number of their field and their length, as protobuf writes them.
    private static func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        var head = [number << 3 | 2]
        var count = bytes.count
        while count > 127 {
            head.append(UInt8(count & 127 | 128))
            count >>= 7
        }
        return head + [UInt8(count)] + bytes
    }
}

/// One page, kept.
struct OnePage: LatencyCalls {
    private let request: LoadRequest
    private(set) var body: [UInt8] = []

    init(_ path: String, authority: String) {
        request = LoadRequest(LoadHead(method: "GET", authority: authority), path: path)
    }

    mutating func next(_ number: Int) -> LoadRequest? { number == 0 ? request : nil }

    mutating func fault(in answer: LoadAnswer) -> String? {
        body = answer.body
        return answer.status == 200 ? nil : "HTTP \(answer.status)"
    }
}
