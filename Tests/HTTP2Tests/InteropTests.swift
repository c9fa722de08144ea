import Foundation
import HTTP2
import NIOCore
import Testing

@Suite struct InteropTests {
    private func skips(_ tool: String) async -> Bool {
        if await isInstalled(tool) { return false }
        print("SKIPPED: \(tool) is not installed")
        return true
    }

    @Test func curl() async throws {
        if await skips("curl") { return }
        let certificates = try await Certificates()
        defer { certificates.remove() }
        let file = certificates.path("body")
        try Data(pattern(500_000).readableBytesView).write(to: URL(fileURLWithPath: file))
        let out = certificates.path("out")
        func fetch(_ arguments: [String]) async throws -> String {
            let result = try await run(
                "curl",
                ["-sS", "-m", "30", "--data-binary", "@\(file)", "-o", out, "-w"]
                    + ["%{http_code} %{http_version}"] + arguments)
            #expect(result.status == 0)
            #expect(try Data(contentsOf: URL(fileURLWithPath: out)).count == 500_000)
            return result.output
        }
        try await withServer(Handler.echo) { (server) async throws in
            let url = "http://127.0.0.1:\(server.localPort)/"
            #expect(try await fetch(["--http2-prior-knowledge", url]) == "200 2")
            #expect(try await run("curl", ["-sS", "--http1.1", url]).status != 0)
        }
        try await withServer(tls: try certificates.server, Handler.echo) { (server) async throws in
            let url = "https://localhost:\(server.localPort)/"
            let identity = [
                "--cert", certificates.path("client.pem"), "--key", certificates.path("client.key"),
            ]
            let trust = ["--http2", "--cacert", certificates.path("ca.pem")]
            #expect(try await fetch(trust + identity + [url]) == "200 2")
            #expect(try await fetch(["--http2", "-k", "--tls-max", "1.2", url]) == "200 2")
            #expect(try await run("curl", ["-sS", "-k", "--http1.1", url]).status != 0)
            #expect(try await run("curl", ["-sS", "-k", "--tls-max", "1.1", url]).status != 0)
        }
    }

    @Test func h2load() async throws {
        if await skips("h2load") { return }
        let certificates = try await Certificates()
        defer { certificates.remove() }
        let file = certificates.path("body")
        try Data(pattern(200).readableBytesView).write(to: URL(fileURLWithPath: file))
        for onLoop in [false, true] {
            var configuration = Server.Configuration(tls: try certificates.server)
            configuration.runsHandlersOnEventLoop = onLoop
            let server = try await Server.start(
                configuration: configuration, group: group, handler: Handler.echo)
            let result = try await run(
                "h2load",
                ["-n", "2000", "-c", "10", "-m", "20", "-d", file]
                    + ["https://127.0.0.1:\(server.localPort)/"])
            #expect(result.output.contains("2000 succeeded, 0 failed, 0 errored, 0 timeout"))
            await server.shutDown(gracefulFor: .seconds(5))
            #expect(server.counters.requestsFinished == 2000)
        }
    }

    /// Our client against another server.
    @Test func nghttpd() async throws {
        if await skips("nghttpd") { return }
        let certificates = try await Certificates()
        defer { certificates.remove() }
        try Data(pattern(300_000).readableBytesView).write(
            to: URL(fileURLWithPath: certificates.path("file")))
        let port = 20_000 + Int.random(in: 0..<20_000)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            ["nghttpd", "-a", "127.0.0.1", "-d", certificates.directory.path, "\(port)"]
            + [certificates.path("server.key"), certificates.path("server.pem")]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        // It inherits this thread's signal mask, and may not hear SIGTERM at all.
        defer {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        let tls = try certificates.client(nil)
        var client: Client?
        for _ in 0..<100 where client == nil {
            client = try? await Client.connect(
                host: "127.0.0.1", port: port, tls: tls, group: group)
            if client == nil { try await Task.sleep(for: .milliseconds(20)) }
        }
        let connected = try #require(client)
        #expect(try await connected.request(get("/file")).body == pattern(300_000))
        #expect(try await connected.request(get("/none")).head.status == 404)
        await connected.close()
    }

    @Test func grpcio() async throws {
        let python = ProcessInfo.processInfo.environment["LANGQIAO_PYTHON"] ?? "python3"
        guard (try? await run(python, ["-c", "import grpc"]).status) == 0 else {
            print("SKIPPED: Python grpcio is not installed")
            return
        }
        let script = """
            import grpc, sys
            channel = grpc.insecure_channel('127.0.0.1:' + sys.argv[1])
            same = lambda b: b
            echo = channel.unary_unary('/t/Echo', same, same)
            assert echo(b'x' * 50000, timeout=20) == b'x' * 50000
            each = channel.stream_stream('/t/Each', same, same)
            assert list(each(iter([b'a', b'', b'c']), timeout=20)) == [b'a', b'', b'c']
            for method, code in [('Fail', 'NOT_FOUND'), ('None', 'UNIMPLEMENTED')]:
                try:
                    channel.unary_unary('/t/' + method, same, same)(b'', timeout=20)
                    raise SystemExit('no error')
                except grpc.RpcError as error:
                    assert error.code().name == code, error
            """
        try await withServer(GRPCTests.service) { (server) async throws in
            let result = try await run(python, ["-c", script, "\(server.localPort)"])
            #expect(result.status == 0, "\(result.output)")
        }
    }
}
