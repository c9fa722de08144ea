import Foundation
import HTTP2
import NIOCore
import NIOEmbedded
import NIOPosix
import NIOSSL
import Synchronization

let group = MultiThreadedEventLoopGroup.singleton

/// A handler made of a closure.
struct Handler: RequestHandler {
    let body: @Sendable (Request, Response) async -> Void

    init(_ body: @escaping @Sendable (Request, Response) async -> Void) {
        self.body = body
    }

    func handle(_ request: Request, _ response: Response) async {
        await body(request, response)
    }

    /// Sends back what it gets.
    static let echo = Handler { request, response in
        do {
            let body = try await request.body.collect(upTo: 64_000_000)
            let peer = request.peer
            await response.send(
                status: 200,
                headers: [
                    "x-path": request.head.path, "x-query": request.head.query ?? "-",
                    "x-peer": peer?.commonName ?? "-",
                    "x-uri": peer?.subjectAlternativeURIs.joined(separator: ",") ?? "-",
                ],
                body: body)
        } catch is BodyTooLarge {
            await response.send(status: 413)
        } catch {
            await response.send(status: 500)
        }
    }
}

/// A test authority with a server's and a client's certificate in a temporary directory.
struct Certificates {
    let directory: URL

    init() async throws {
        directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("http2-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try await authority("ca")
        try await authority("other")
        try await leaf("server", by: "ca")
        try await leaf("client", by: "ca")
        try await leaf("stranger", by: "other")
    }

    func remove() { try? FileManager.default.removeItem(at: directory) }
    func path(_ name: String) -> String { directory.appendingPathComponent(name).path }

    var server: ServerTLS {
        get throws {
            try ServerTLS(
                chainPath: path("server.pem"), keyPath: path("server.key"),
                clientRootsPath: path("ca.pem"))
        }
    }

    func client(_ name: String?) throws -> ClientTLS {
        try ClientTLS(
            rootsPath: path("ca.pem"), chainPath: name.map { path("\($0).pem") },
            keyPath: name.map { path("\($0).key") }, serverName: "localhost")
    }

    private func authority(_ name: String) async throws {
        try await key(name)
        try await openssl(
            "req", "-x509", "-new", "-key", "\(name).key", "-days", "2", "-subj",
            "/CN=Test \(name)", "-out", "\(name).pem")
    }

    private func leaf(_ name: String, by issuer: String) async throws {
        try await key(name)
        try await openssl(
            "req", "-new", "-key", "\(name).key", "-subj", "/O=Test;x/CN=\(name);one",
            "-out", "\(name).csr")
        try Data(
            "subjectAltName=DNS:localhost,IP:127.0.0.1,URI:spiffe://test/\(name),URI:urn:\(name)\n"
                .utf8
        ).write(to: directory.appendingPathComponent("\(name).ext"))
        try await openssl(
            "x509", "-req", "-in", "\(name).csr", "-CA", "\(issuer).pem", "-CAkey",
            "\(issuer).key", "-CAcreateserial", "-days", "2", "-extfile", "\(name).ext", "-out",
            "\(name).pem")
    }

    private func key(_ name: String) async throws {
        try await openssl(
            "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "\(name).key")
    }

    private func openssl(_ arguments: String...) async throws {
        let result = try await run("openssl", arguments, in: directory)
        guard result.status == 0 else { throw Failed(output: result.output) }
    }
}

struct Failed: Error {
    var output: String
}

/// Runs a tool found on the search path; standard output and error are returned together. The
/// calling task is suspended meanwhile, so that the server under test keeps its threads.
func run(_ tool: String, _ arguments: [String], in directory: URL? = nil) async throws -> (
    status: Int32, output: String
) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [tool] + arguments
    process.currentDirectoryURL = directory
    // A file and not a pipe: reading a pipe here fails when a signal interrupts it.
    let log = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    _ = FileManager.default.createFile(atPath: log.path, contents: nil)
    defer { try? FileManager.default.removeItem(at: log) }
    let handle = try FileHandle(forWritingTo: log)
    defer { try? handle.close() }
    process.standardOutput = handle
    process.standardError = handle
    process.standardInput = FileHandle.nullDevice
    let status = try await withCheckedThrowingContinuation {
        (done: CheckedContinuation<Int32, any Error>) in
        process.terminationHandler = { done.resume(returning: $0.terminationStatus) }
        do { try process.run() } catch { done.resume(throwing: error) }
    }
    return (status, String(decoding: try Data(contentsOf: log), as: UTF8.self))
}

/// Waits for what every healthy run reaches soon; false when it does not.
func becomes(_ isTrue: () -> Bool) async throws -> Bool {
    for _ in 0..<1_500 where !isTrue() { try await Task.sleep(for: .milliseconds(10)) }
    return isTrue()
}

/// Starts a server and a client, runs `body`, and closes both.
func withPair<Result: Sendable>(
    serverTLS: ServerTLS? = nil, clientTLS: ClientTLS? = nil, limits: Limits = Limits(),
    clientLimits: Limits = Limits(), _ handler: any RequestHandler,
    _ body: (Server, Client) async throws -> Result
) async throws -> Result {
    try await withServer(tls: serverTLS, limits: limits, handler) { (server) async throws in
        let client = try await Client.connect(
            host: "127.0.0.1", port: server.localPort, tls: clientTLS, group: group,
            limits: clientLimits)
        do {
            let result = try await body(server, client)
            await client.close()
            return result
        } catch {
            await client.close()
            throw error
        }
    }
}

func withServer<Result: Sendable>(
    tls: ServerTLS? = nil, limits: Limits = Limits(), maxConnections: Int = 100,
    _ handler: any RequestHandler, _ body: (Server) async throws -> Result
) async throws -> Result {
    var configuration = Server.Configuration(tls: tls)
    configuration.limits = limits
    configuration.connections = ConnectionBounds(total: maxConnections)
    let server = try await Server.start(
        configuration: configuration, group: group, handler: handler)
    do {
        let result = try await body(server)
        await server.shutDown(gracefulFor: .zero)
        return result
    } catch {
        await server.shutDown(gracefulFor: .zero)
        throw error
    }
}

func get(_ path: String, _ headers: Headers = Headers()) -> RequestHead {
    RequestHead(method: "GET", path: path, headers: headers)
}

func post(_ path: String, _ headers: Headers = Headers()) -> RequestHead {
    RequestHead(method: "POST", path: path, headers: headers)
}

func pattern(_ count: Int, seed: UInt8 = 0) -> ByteBuffer {
    var bytes = [UInt8](repeating: 0, count: count)
    for index in bytes.indices { bytes[index] = UInt8(truncatingIfNeeded: index &* 31) &+ seed }
    return ByteBuffer(bytes: bytes)
}

/// A flag that any number of tasks can wait for.
final class Signal: Sendable {
    private struct State {
        var isSet = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    func set() {
        let waiters = state.withLock { state in
            state.isSet = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func wait() async {
        await withCheckedContinuation { waiter in
            let isSet = state.withLock { state in
                if !state.isSet { state.waiters.append(waiter) }
                return state.isSet
            }
            if isSet { waiter.resume() }
        }
    }
}

/// A number several tasks may count up.
final class Count: Sendable {
    private let number = Atomic<Int>(0)
    var value: Int { number.load(ordering: .sequentiallyConsistent) }
    func add(_ amount: Int) { number.add(amount, ordering: .sequentiallyConsistent) }
}
