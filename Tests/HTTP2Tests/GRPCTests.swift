import HTTP2
import NIOCore
import Testing

@Suite struct GRPCTests {
    /// A service whose method says what to do.
    static let service = Handler { request, response in
        guard let call = await GRPCServerCall(request, response, maxMessageBytes: 100_000) else {
            return
        }
        do {
            switch call.method {
            case "/t/Echo":
                await call.reply(try await call.messages.single(), trailers: ["x-meta": "m"])
            case "/t/Each":
                for try await message in call.messages { try await call.send(message) }
                call.finish()
            case "/t/Fail":
                throw GRPCStatus(.notFound, "no\nsuch thing: 100%", details: [0, 255])
            case "/t/Hang":
                try await call.send(ByteBuffer(string: "first"))
                for try await _ in call.messages {}
                try await call.send(ByteBuffer(string: "second"))
                call.finish()
            case "/t/Sleep":
                try await Task.sleep(for: .seconds(600))
            default:
                call.finish(GRPCStatus(.unimplemented))
            }
        } catch {
            call.finish(GRPCStatus(error))
        }
    }

    @Test func unary() async throws {
        try await withPair(Self.service) { (_, client) async throws in
            let grpc = GRPCClient(client)
            for size in [0, 1, 99_999] {
                let (message, trailers) = try await grpc.unary(
                    "/t/Echo", pattern(size), timeout: .seconds(30))
                #expect(message == pattern(size))
                #expect(trailers["x-meta"] == "m")
            }
            let failed = await #expect(throws: GRPCStatus.self) {
                try await grpc.unary("/t/Fail", pattern(1))
            }
            #expect(failed == GRPCStatus(.notFound, "no\nsuch thing: 100%", details: [0, 255]))
            let missing = await #expect(throws: GRPCStatus.self) {
                try await grpc.unary("/t/None", pattern(1))
            }
            #expect(missing?.code == .unimplemented)
            let large = await #expect(throws: GRPCStatus.self) {
                try await grpc.unary("/t/Echo", pattern(100_001))
            }
            #expect(large?.code == .resourceExhausted)
        }
    }

    @Test func streaming() async throws {
        try await withPair(Self.service) { (_, client) async throws in
            let call = try await GRPCClient(client).open("/t/Each")
            var replies = call.messages.makeAsyncIterator()
            for size in [0, 5, 70_000] {
                try await call.send(pattern(size))
                #expect(try await replies.next() == pattern(size))
            }
            call.finishSending()
            #expect(try await replies.next() == nil)
            #expect(try await call.status() == .ok)
        }
    }

    /// The server enforces the deadline: raw requests keep the client's own clock out of it.
    @Test func serverDeadline() async throws {
        let headers: Headers = [
            "content-type": "application/grpc", "te": "trailers", "grpc-timeout": "50m",
        ]
        try await withPair(Self.service) { (server, client) async throws in
            let silent = try await client.request(
                post("/t/Sleep", headers), body: GRPC.frame(pattern(1)))
            #expect(GRPCStatus(trailers: silent.head.headers)?.code == .deadlineExceeded)

            let stream = try await client.open(post("/t/Hang", headers))
            #expect(try await stream.responseHead().status == 200)
            let body = try await stream.body.collect(upTo: 1000)
            #expect(body == GRPC.frame(ByteBuffer(string: "first")))
            #expect(GRPCStatus(trailers: stream.trailers)?.code == .deadlineExceeded)
            #expect(stream.trailers.all("grpc-status").count == 1)
            #expect(server.counters.requestsFinished == 2)
        }
    }

    @Test func clientDeadline() async throws {
        try await withPair(Self.service) { (_, client) async throws in
            let error = await #expect(throws: GRPCStatus.self) {
                try await GRPCClient(client).unary(
                    "/t/Sleep", pattern(1), timeout: .milliseconds(50))
            }
            #expect(error?.code == .deadlineExceeded)
        }
    }

    @Test func strangeRequests() async throws {
        try await withPair(Self.service) { (_, client) async throws in
            func status(_ head: RequestHead) async throws -> (Int, GRPCStatusCode?) {
                let response = try await client.request(head)
                return (
                    response.head.status, GRPCStatus(trailers: response.head.headers)?.code
                )
            }
            let json = try await status(post("/t/Echo", ["content-type": "application/json"]))
            #expect(json == (415, nil))
            let grpc: Headers = ["content-type": "application/grpc"]
            #expect(try await status(get("/t/Echo", grpc)) == (200, .internal))
            #expect(try await status(post("/t/Echo", grpc)) == (200, .internal))
            for (name, value, code) in [
                ("grpc-timeout", "soon", GRPCStatusCode.internal),
                ("grpc-encoding", "gzip", .unimplemented),
            ] {
                var headers = grpc
                headers.add(name, value)
                #expect(try await status(post("/t/Echo", headers)) == (200, code))
            }
            var distant = grpc
            distant.add("grpc-timeout", "99999999H")
            let response = try await client.request(
                post("/t/Echo", distant), body: GRPC.frame(pattern(3)))
            #expect(response.body == GRPC.frame(pattern(3)))
        }
    }

    @Test func noServer() async throws {
        try await withPair(Handler { _, response in await response.send(status: 503) }) {
            (_, client) async throws in
            let error = await #expect(throws: GRPCStatus.self) {
                try await GRPCClient(client).unary("/t/Echo", pattern(1))
            }
            #expect(error?.code == .unavailable)
        }
    }
}
