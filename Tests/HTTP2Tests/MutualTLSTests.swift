import Certificates
import HTTP2
import NIOCore
import Synchronization
import Testing

/// Servers that are clients to each other: nodes, known by a URI and not by where they are.
@Suite struct MutualTLSTests {
    private let authority: DevelopmentAuthority
    private static let first = "urn:langqiao:node:demo/1"
    private static let second = "urn:langqiao:node:demo/2"

    init() throws {
        authority = try DevelopmentAuthority(commonName: "Test authority of nodes")
    }

    @Test func theRightNodeIsNamedOnBothSides() async throws {
        let server = try tls(of: Self.first)
        let client = try tls(of: Self.second)
        try await withServer(tls: server.server, Handler.echo) { (server) async throws in
            let connection = try await connect(server, client.client.naming(Self.first))
            #expect(connection.peer?.subjectAlternativeURIs == [Self.first])
            #expect(connection.peer?.commonName == Self.first)
            let answer = try await connection.request(get("/"))
            #expect(answer.head.headers["x-uri"] == Self.second)
            await connection.close()
            // Who does not say whom it wants takes any node, and may look afterwards.
            let curious = try await connect(server, client.client)
            #expect(curious.peer?.subjectAlternativeURIs == [Self.first])
            await curious.close()
        }
    }

    /// The address is in no certificate here: a name that fits would not be enough either.
    @Test(arguments: [second, "urn:langqiao:node:other/1", "urn:langqiao:node:demo/11"])
    func anotherNodeAndAnotherClusterAreLeft(_ shown: String) async throws {
        let client = try tls(of: Self.second).client.naming(Self.first)
        try await withServer(tls: try tls(of: shown).server, Handler.echo) {
            (server) async throws in
            #expect(
                try await refusal(server, client).contains("names \(shown), not \(Self.first)"))
        }
    }

    @Test func otherAuthoritiesVouchForNobody() async throws {
        let stranger = try DevelopmentAuthority(commonName: "Test authority of nodes")
        let own = try tls(of: Self.second)
        let strange = try tls(of: Self.first, by: stranger)
        try await withServer(tls: strange.server, Handler.echo) { (server) async throws in
            let words = try await refusal(server, own.client.naming(Self.first))
            #expect(words.contains("issuer"), "\(words)")
        }
        try await withServer(tls: own.server, Handler.echo) { (server) async throws in
            #expect(try await !refusal(server, strange.client).isEmpty)
        }
        // During a change both are believed, on both sides.
        let old = try tls(of: Self.first, trusting: [authority, stranger])
        let new = try tls(of: Self.second, by: stranger, trusting: [authority, stranger])
        try await withServer(tls: old.server, Handler.echo) { (server) async throws in
            let connection = try await connect(server, new.client.naming(Self.first))
            #expect(try await connection.request(get("/")).head.status == 200)
            await connection.close()
        }
    }

    @Test func timeIsUpForBothEnds() async throws {
        let late = try tls(of: Self.first, validity: .init(until: -1))
        let early = try tls(of: Self.first, validity: .init(from: 60))
        let client = try tls(of: Self.second)
        for (server, words) in [(late, "not valid since"), (early, "not valid before")] {
            try await withServer(tls: server.server, Handler.echo) { (server) async throws in
                let found = try await refusal(server, client.client.naming(Self.first))
                #expect(found.contains(words), "\(found)")
            }
        }
        // A client that is late is let in to be told so.
        let seen = Mutex<PeerIdentity?>(nil)
        let look = Handler { request, response in
            seen.withLock { $0 = request.peer }
            await response.send(status: 200)
        }
        try await withServer(tls: client.server, look) { (server) async throws in
            let connection = try await connect(server, late.client.naming(Self.second))
            _ = try await connection.request(get("/"))
            await connection.close()
        }
        #expect(seen.withLock { $0?.refusal }?.contains("not valid since") == true)
    }

    /// An end that may only be a client serves nobody, one that may only serve calls nobody, and
    /// nobody calls without a certificate.
    @Test func certificatesAreGoodForBothEnds() async throws {
        let node = try tls(of: Self.second)
        let (client, server) = (
            try authority.issue(commonName: "client", for: .client(uri: Self.first)),
            try authority.issue(
                commonName: "server", for: .server(names: ["localhost"], addresses: []))
        )
        let asServer = try tls(client).server
        try await withServer(tls: asServer, Handler.echo) { (server) async throws in
            let words = try await refusal(server, node.client.naming(Self.first))
            #expect(words.contains("purpose"), "\(words)")
        }
        let nameless = try ClientTLS(roots: [])
        try await withServer(tls: node.server, Handler.echo) { (listener) async throws in
            #expect(try await !refusal(listener, try tls(server).client).isEmpty)
            #expect(try await !refusal(listener, nameless).isEmpty)
        }
        try await withServer(tls: try tls(server).server, Handler.echo) { (server) async throws in
            let words = try await refusal(server, node.client.naming(Self.first))
            #expect(words.contains("names nothing"), "\(words)")
        }
    }

    /// What changes holds for new connections of both ends, and open ones of a server.
    @Test func certificatesChangeOnARunningListener() async throws {
        let next = try DevelopmentAuthority(commonName: "Test authority of nodes")
        let old = try tls(of: Self.second)
        let new = try tls(of: Self.second, by: next)
        let listener = try tls(of: Self.first, trusting: [authority, next])
        try await withServer(tls: listener.server, Handler.echo) { (server) async throws in
            let before = try await connect(server, old.client.naming(Self.first))
            #expect(try await before.request(get("/")).head.status == 200)
            server.replaceTLS(try tls(of: Self.first, by: next).server)
            #expect(try await becomes { !before.isOpen })
            let after = try await connect(server, new.client.naming(Self.first))
            #expect(try await after.request(get("/")).head.status == 200)
            await after.close()
            await before.close()
        }
    }

    /// Whoever holds a connection may ask whether its server would still be believed.
    @Test func aServerIsJudgedAgain() async throws {
        let client = try tls(of: Self.second).client
        let wanted = client.naming(Self.first)
        try await withServer(tls: try tls(of: Self.first).server, Handler.echo) {
            (server) async throws in
            let connection = try await connect(server, wanted)
            #expect(await connection.objection(by: wanted) == nil)
            let strict = wanted.judged(atLastBy: { chain, verdict in
                #expect(chain.count == 1)
                guard case .trusted = verdict else { return verdict }
                return .refused("it is lost")
            })
            #expect(await connection.objection(by: strict) == "it is lost")
            let other = await connection.objection(by: client.naming(Self.second))
            #expect(other?.contains("names \(Self.first), not") == true)
            await connection.close()
        }
    }

    // MARK: Connecting

    private func connect(_ server: Server, _ tls: ClientTLS) async throws -> Client {
        try await Client.connect(
            host: "127.0.0.1", port: server.localPort, tls: tls, group: group)
    }

    /// Why there is no connection; empty when there is one.
    private func refusal(_ server: Server, _ tls: ClientTLS) async throws -> String {
        do {
            await (try await connect(server, tls)).close()
            return ""
        } catch let error as HTTP2Error where error.code == .connectFailed {
            return error.message
        }
    }

    // MARK: Certificates

    /// TLS of a node whose certificate has no address.
    private func tls(
        of uri: String, by issuer: DevelopmentAuthority? = nil,
        trusting trusted: [DevelopmentAuthority] = [],
        validity: DevelopmentAuthority.Validity = .init()
    ) throws -> MutualTLS {
        let issuer = issuer ?? authority
        let issued = try issuer.issue(
            commonName: uri, for: .node(uri: uri, names: [], addresses: []), validity: validity)
        return try tls(issued, trusting: trusted.isEmpty ? [issuer] : trusted)
    }

    private func tls(
        _ issued: DevelopmentAuthority.Issued, trusting trusted: [DevelopmentAuthority] = []
    ) throws -> MutualTLS {
        let roots = try (trusted.isEmpty ? [authority] : trusted)
            .map { try $0.authority().certificatePEM }.joined()
        let trust = try ClientTrust(authorities: Array(roots.utf8))
        func judge(_ end: TLSEnd) -> PeerJudge {
            { chain in
                switch trust.judge(chain, as: end) {
                case .trusted(let seconds): .trusted(for: .seconds(seconds))
                case .refused(let reason): .refused(reason)
                case .untrusted(let reason): .untrusted(reason)
                }
            }
        }
        let (chain, key) = (Array(issued.certificatePEM.utf8), Array(issued.keyPEM.utf8))
        return MutualTLS(
            server: try ServerTLS(
                chainPEM: chain, keyPEM: key, clientRootsPEM: Array(roots.utf8),
                requiresClient: true, judge: judge(.client)),
            client: try ClientTLS(chainPEM: chain, keyPEM: key, judge: judge(.server)))
    }
}
