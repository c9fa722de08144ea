import ForeignPrograms
import Foundation
import HTTP2
import NIOCore
import NIOPosix
import Testing

@Suite struct InteropTests {
    @Test(.needs("curl")) func curl() async throws {
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

    @Test(.needs("h2load")) func h2load() async throws {
        let certificates = try await Certificates()
        defer { certificates.remove() }
        let file = certificates.path("body")
        try Data(pattern(200).readableBytesView).write(to: URL(fileURLWithPath: file))
        let server = try await Server.start(
            configuration: Server.Configuration(tls: try certificates.server), group: group,
            handler: Handler.echo)
        let result = try await run(
            "h2load",
            ["-n", "2000", "-c", "10", "-m", "20", "-d", file]
                + ["https://127.0.0.1:\(server.localPort)/"])
        #expect(result.output.contains("2000 succeeded, 0 failed, 0 errored, 0 timeout"))
        await server.shutDown(gracefulFor: .seconds(5))
        #expect(server.counters.requestsFinished == 2000)
    }

    /// Our client against another server.
    @Test(.needs("nghttpd")) func nghttpd() async throws {
        let certificates = try await Certificates()
        defer { certificates.remove() }
        try Data(pattern(300_000).readableBytesView).write(
            to: URL(fileURLWithPath: certificates.path("file")))
        let (process, port) = try await startNghttpd(certificates)
        // It inherits this thread's signal mask, and may not hear SIGTERM at all.
        defer {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        let client = try await Client.connect(
            host: "127.0.0.1", port: port, tls: certificates.client(nil), group: group)
        #expect(try await client.request(get("/file")).body == pattern(300_000))
        #expect(try await client.request(get("/none")).head.status == 404)
        await client.close()
    }

    /// Starts a server in a directory of certificates; it listens when this returns. It does not
    /// say which port it was given, so it gets one that was free a moment ago, or the next one.
    private func startNghttpd(_ certificates: Certificates) async throws -> (Process, Int) {
        for _ in 0..<10 {
            let port = try await freePort()
            let process = Process()
            process.executableURL = URL(
                fileURLWithPath: try #require(Installed.path(of: "nghttpd")))
            process.arguments =
                ["-a", "127.0.0.1", "-d", certificates.directory.path, "\(port)"]
                + [certificates.path("server.key"), certificates.path("server.pem")]
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            // Ends at once when somebody else has taken the port meanwhile.
            for _ in 0..<1_500 where process.isRunning {
                if await answers(port) { return (process, port) }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
        throw Failed(output: "nghttpd does not listen")
    }

    private func freePort() async throws -> Int {
        let bound = try await ServerBootstrap(group: group).bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(bound.localAddress?.port)
        try await bound.close()
        return port
    }

    private func answers(_ port: Int) async -> Bool {
        let channel = try? await ClientBootstrap(group: group)
            .connect(host: "127.0.0.1", port: port).get()
        try? await channel?.close()
        return channel != nil
    }

    @Test(.needsPython("grpc")) func grpcio() async throws {
        let python = try #require(PythonInterpreter.path)
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
