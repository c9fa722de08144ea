import Certificates
import Domain
import Foundation
import Gateway
import HTTP2
import NIOCore
import NIOPosix
import Synchronization
import Testing

/// What the ledger has on record of certificates counts at both ends of a connection (R18).
@Suite struct RegisteredKeyTests {
    private final class Count: Sendable {
        private let value = Mutex(0)
        var now: Int { value.withLock { $0 } }
        func add() { value.withLock { $0 += 1 } }
    }

    private struct Echo: RequestHandler {
        func handle(_ request: Request, _ response: Response) async {
            await response.send(
                status: request.peer?.refusal == nil ? 200 : 401,
                headers: ["x-reason": request.peer?.refusal ?? "-"])
        }
    }

    private let authority: DevelopmentAuthority
    private let directory = Directory()
    private let keys = PeerKeys()
    /// How often signatures of clients were verified.
    private let verified = Count()

    init() throws { authority = try DevelopmentAuthority(commonName: "nodes") }

    @Test(.timeLimit(.minutes(1)))
    func connectionsEndWithTheirKeys() async throws {
        let (one, two) = (try authority.issue(node: 1), try authority.issue(node: 2))
        keys.begin(directory, relyingOn: .full)
        let server = try await serve(one)
        let client = try tls(two).client.naming(Self.uri(1))
        // Nothing is on record: the authority's word counts.
        let open = try await connect(server, client)
        #expect(try await reason(open) == "-")
        let verifiedBefore = verified.now
        try put(two, .active, 2)
        #expect(try await reason(open) == "-")
        // What comes on record asks the ledger again, and not the authorities.
        #expect(verified.now == verifiedBefore && verifiedBefore > 0)
        try put(two, .revoked, 2)
        #expect(await isEnded(open))
        let late = try await connect(server, client)
        #expect(try await reason(late) == "the certificate is revoked")
        await late.close()
        await open.close()
        await server.shutDown(gracefulFor: .zero)
    }

    /// Nobody says anything when its time comes.
    @Test(.timeLimit(.minutes(1)))
    func whatRetiresEndsByItself() async throws {
        let (one, two) = (try authority.issue(node: 1), try authority.issue(node: 2))
        keys.begin(directory, relyingOn: .full)
        let server = try await serve(one)
        let client = try tls(two).client.naming(Self.uri(1))
        let end = Timestamp(Date().timeIntervalSince1970 * 1_000_000_000) + 1_500_000_000
        try put(two, .retiring, 2, until: end)
        let open = try await connect(server, client)
        #expect(try await reason(open) == "-")
        #expect(await isEnded(open))
        #expect(Timestamp(Date().timeIntervalSince1970 * 1_000_000_000) >= end)
        await open.close()
        await server.shutDown(gracefulFor: .zero)
    }

    /// R18.8 Keys that were registered wrongly shut nobody out, but who is revoked stays out.
    @Test(.timeLimit(.minutes(1)))
    func revocationsAloneCount() async throws {
        let (one, two) = (try authority.issue(node: 1), try authority.issue(node: 2))
        keys.begin(directory, relyingOn: .revocationsOnly)
        let server = try await serve(one)
        let client = try tls(two).client.naming(Self.uri(1))
        try put(try authority.issue(node: 2), .active, 2)
        let open = try await connect(server, client)
        #expect(try await reason(open) == "-")
        try put(two, .revoked, 2)
        #expect(await isEnded(open))
        await open.close()
        await server.shutDown(gracefulFor: .zero)
    }

    /// A client looks at its server as well, before and while it is connected.
    @Test(.timeLimit(.minutes(1)))
    func aServerIsHeldToItsKeys() async throws {
        let (one, two) = (try authority.issue(node: 1), try authority.issue(node: 2))
        let server = try await serve(one)
        keys.begin(directory, relyingOn: .full)
        let client = keys.judging(try tls(two)).client.naming(Self.uri(1))
        let open = try await connect(server, client)
        #expect(await open.objection(by: client) == nil)
        // Another one of the same name is on record, and not what the server shows.
        try put(try authority.issue(node: 1), .active, 1)
        let words = "node demo/1 has other certificates on record"
        #expect(await open.objection(by: client) == words)
        let error = await #expect(throws: HTTP2Error.self) { try await connect(server, client) }
        #expect(error?.message.contains(words) == true)
        await open.close()
        await server.shutDown(gracefulFor: .zero)
    }

    // MARK: Steps

    private static func uri(_ number: Int) -> String { "urn:langqiao:node:demo/\(number)" }

    private func put(
        _ issued: DevelopmentAuthority.Issued, _ state: KeyState, _ node: Int, until: Timestamp = 0
    ) throws {
        var row = KeyRow(
            id: 1, owner: KeyOwner(.node, try #require(OperatorName("demo/\(node)"))),
            purpose: .tls,
            fingerprint: KeyFingerprint(ofCertificate: try der(issued.certificatePEM)),
            from: 1, until: until)
        row.state = state
        var image = LedgerImage()
        image.declared.append(row)
        directory.load(image)
    }

    private func der(_ pem: String) throws -> [UInt8] {
        let lines = pem.split(separator: "\n").filter { !$0.hasPrefix("-") }
        return Array(try #require(Data(base64Encoded: lines.joined())))
    }

    private func tls(_ issued: DevelopmentAuthority.Issued) throws -> MutualTLS {
        let roots = Array(try authority.authority().certificatePEM.utf8)
        let trust = try ClientTrust(authorities: roots)
        let (chain, key) = (Array(issued.certificatePEM.utf8), Array(issued.keyPEM.utf8))
        func judge(_ end: TLSEnd) -> PeerJudge {
            { [verified] chain in
                if end == .client { verified.add() }
                return switch trust.judge(chain, as: end) {
                case .trusted(let seconds): .trusted(for: .seconds(seconds))
                case .refused(let reason): .refused(reason)
                case .untrusted(let reason): .untrusted(reason)
                }
            }
        }
        return MutualTLS(
            server: try ServerTLS(
                chainPEM: chain, keyPEM: key, clientRootsPEM: roots, requiresClient: true,
                judge: judge(.client)),
            client: try ClientTLS(chainPEM: chain, keyPEM: key, judge: judge(.server)))
    }

    private func serve(_ issued: DevelopmentAuthority.Issued) async throws -> Server {
        let server = try await Server.start(
            configuration: Server.Configuration(tls: keys.judging(try tls(issued)).server),
            group: MultiThreadedEventLoopGroup.singleton, handler: Echo())
        directory.watchKeys { server.reconsider(asking: .last) }
        return server
    }

    private func connect(_ server: Server, _ tls: ClientTLS) async throws -> Client {
        try await Client.connect(
            host: "127.0.0.1", port: server.localPort, tls: tls,
            group: MultiThreadedEventLoopGroup.singleton)
    }

    private func reason(_ client: Client) async throws -> String? {
        let answer = try await client.request(RequestHead(method: "GET", path: "/"))
        return answer.head.headers["x-reason"]
    }

    private func isEnded(_ client: Client) async -> Bool {
        for _ in 0..<500 where client.isOpen { try? await Task.sleep(for: .milliseconds(20)) }
        return !client.isOpen
    }
}

extension DevelopmentAuthority {
    fileprivate func issue(node: Int) throws -> Issued {
        try issue(
            commonName: "node \(node)",
            for: .node(uri: "urn:langqiao:node:demo/\(node)", names: ["localhost"], addresses: []))
    }
}
