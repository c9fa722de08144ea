import Certificates
import Foundation
import Gateway
import HTTP2
import Logging
import NIOPosix
import Synchronization
import Testing

/// The files of a node are watched, and what they make is used by both ends.
@Suite struct NodeCertificateTests {
    private struct Echo: RequestHandler {
        func handle(_ request: Request, _ response: Response) async {
            await response.send(
                status: 200,
                headers: ["x-uri": request.peer?.subjectAlternativeURIs.first ?? "-"])
        }
    }

    private struct Shown: Equatable {
        var peer: [String]
        var caller: String?
    }

    private let files: NodeFiles
    private let first = try? DevelopmentAuthority(commonName: "nodes")

    init() throws { files = try NodeFiles() }

    @Test(.timeLimit(.minutes(1)))
    func authoritiesOfNodesChange() async throws {
        defer { files.remove() }
        let old = try #require(first)
        let new = try DevelopmentAuthority(commonName: "nodes")
        try files.issue(1, by: old, trusting: [old])
        try files.issue(2, by: old, trusting: [old])
        let one = try watch(1)
        let two = try watch(2)
        var configuration = Server.Configuration(tls: one.server)
        configuration.owner = { $0.subjectAlternativeURIs.first }
        let server = try await Server.start(
            configuration: configuration, group: MultiThreadedEventLoopGroup.singleton,
            handler: Echo())
        let (taken, takenByTwo) = (Counter(), Counter())
        one.begin { tls, _ in
            taken.add()
            server.replaceTLS(tls)
        }
        two.begin { _, _ in takenByTwo.add() }
        func reload() async {
            await take(one, taken)
            await take(two, takenByTwo)
        }
        #expect(try await meet(server, two) == Shown(peer: [uri(1)], caller: uri(2)))
        // Both are believed first; then one node after the other has a new certificate.
        try files.trust(1, [old, new])
        try files.trust(2, [old, new])
        try files.issue(2, by: new, trusting: [old, new])
        await reload()
        #expect(try await meet(server, two) == Shown(peer: [uri(1)], caller: uri(2)))
        try files.issue(1, by: new, trusting: [new])
        await reload()
        #expect(try await meet(server, two) == Shown(peer: [uri(1)], caller: uri(2)))
        // What does not fit stays out.
        try files.write("node-1.pem", "nothing")
        one.reload()
        one.end()
        #expect(try await meet(server, two) == Shown(peer: [uri(1)], caller: uri(2)))
        two.end()
        await server.shutDown(gracefulFor: .zero)
    }

    @Test func filesMustFitTogether() throws {
        defer { files.remove() }
        let authority = try #require(first)
        #expect(throws: CertificateFault.self) { try watch(1) }
        try files.issue(1, by: authority, trusting: [authority])
        try files.issue(2, by: authority, trusting: [authority])
        try files.write("node-1-key.pem", try files.read("node-2-key.pem"))
        let fault = #expect(throws: CertificateFault.self) { try watch(1) }
        #expect(fault?.description.contains("do not make TLS of a node") == true)
    }

    private func watch(_ number: Int) throws -> CertificateWatch<MutualTLS> {
        try CertificateWatch(
            .node(
                certificate: files.path("node-\(number).pem"),
                key: files.path("node-\(number)-key.pem"),
                authority: files.path("nodes-\(number).pem")),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    private func uri(_ number: Int) -> String { NodeFiles.uri(number) }

    /// Lets a watch take the files as they are now; it may do so by itself meanwhile.
    private func take(_ watch: CertificateWatch<MutualTLS>, _ taken: Counter) async {
        let before = taken.value
        watch.reload()
        for _ in 0..<500 where taken.value == before {
            try? await Task.sleep(for: .milliseconds(20))
        }
        #expect(taken.value > before)
    }

    /// The second node calls the first.
    private func meet(
        _ server: Server, _ second: CertificateWatch<MutualTLS>
    ) async throws -> Shown {
        let client = try await Client.connect(
            host: "127.0.0.1", port: server.localPort, tls: second.client.naming(uri(1)),
            group: MultiThreadedEventLoopGroup.singleton)
        let answer = try await client.request(RequestHead(method: "GET", path: "/"))
        await client.close()
        return Shown(
            peer: client.peer?.subjectAlternativeURIs ?? [],
            caller: answer.head.headers["x-uri"])
    }
}

/// A number that several threads may count up.
private final class Counter: Sendable {
    private let number = Atomic<Int>(0)
    var value: Int { number.load(ordering: .sequentiallyConsistent) }
    func add() { number.add(1, ordering: .sequentiallyConsistent) }
}

/// A directory with the files of nodes.
private struct NodeFiles {
    private let directory = FileManager.default.temporaryDirectory
        .appendingPathComponent("langqiao-nodes-\(UUID().uuidString)")

    init() throws {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    static func uri(_ number: Int) -> String { "urn:langqiao:node:demo/\(number)" }

    func remove() { try? FileManager.default.removeItem(at: directory) }
    func path(_ name: String) -> String { directory.appendingPathComponent(name).path }

    func write(_ name: String, _ text: String) throws {
        try text.write(toFile: path(name), atomically: true, encoding: .utf8)
    }

    func read(_ name: String) throws -> String {
        try String(contentsOfFile: path(name), encoding: .utf8)
    }

    func trust(_ number: Int, _ authorities: [DevelopmentAuthority]) throws {
        try write(
            "nodes-\(number).pem",
            try authorities.map { try $0.authority().certificatePEM }.joined())
    }

    func issue(
        _ number: Int, by authority: DevelopmentAuthority, trusting: [DevelopmentAuthority]
    ) throws {
        let issued = try authority.issue(
            commonName: "node \(number)",
            for: .node(uri: NodeFiles.uri(number), names: ["localhost"], addresses: []))
        try write("node-\(number).pem", issued.certificatePEM)
        try write("node-\(number)-key.pem", issued.keyPEM)
        try trust(number, trusting)
    }
}
