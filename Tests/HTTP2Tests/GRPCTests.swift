internal import Chance
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
                for try await message in call.messages { try await call.send(message.bytes) }
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
                #expect(try await replies.next()?.bytes == pattern(size))
            }
            call.finishSending()
            #expect(try await replies.next()?.bytes == nil)
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

    /// A deadline that passes at any moment leaves the call's answer or DEADLINE_EXCEEDED, and
    /// nothing else.
    @Test func deadlinesAtAnyMoment() async throws {
        let sleeps = Count()
        let service = Handler { request, response in
            guard let call = await GRPCServerCall(request, response, maxMessageBytes: 1000) else {
                return
            }
            do {
                let message = try await call.messages.single()
                if call.method == "/t/Sleep" {
                    sleeps.add(1)
                    try await Task.sleep(for: .microseconds(1 + sleeps.value * 997 % 3_000))
                }
                if call.method == "/t/Stream" {
                    for _ in 0..<3 { try await call.send(message) }
                    return call.finish()
                }
                await call.reply(message)
            } catch {
                call.finish(GRPCStatus(error))
            }
        }
        let message = GRPC.frame(pattern(10))
        try await withPair(service) { (server, client) async throws in
            try await withThrowingTaskGroup(of: [GRPCStatusCode: Int].self) { tasks in
                for task in 0..<8 {
                    tasks.addTask {
                        var random = SplitMix64(seed: UInt64(task))
                        var codes: [GRPCStatusCode: Int] = [:]
                        for index in 0..<500 {
                            // As many short ones as long ones.
                            let most = [10, 100, 1_000, 5_000][index % 4]
                            let timeout = Int.random(in: 1...most, using: &random)
                            let path = ["/t/Echo", "/t/Sleep", "/t/Stream"][index % 3]
                            let response = try await client.request(
                                post(
                                    path,
                                    [
                                        "content-type": "application/grpc",
                                        "grpc-timeout": "\(timeout)u",
                                    ]), body: message)
                            #expect(response.head.status == 200)
                            let status =
                                GRPCStatus(trailers: response.trailers)
                                ?? GRPCStatus(trailers: response.head.headers)
                            codes[try #require(status).code, default: 0] += 1
                        }
                        return codes
                    }
                }
                var all: [GRPCStatusCode: Int] = [:]
                for try await codes in tasks { all.merge(codes, uniquingKeysWith: +) }
                #expect(Set(all.keys).isSubset(of: [.ok, .deadlineExceeded]), "\(all)")
                #expect(all.count == 2, "both outcomes are met: \(all)")
            }
            #expect(server.counters.streamsReset == 0)
        }
    }

    /// What a call has begun ends with its deadline: its handler is cancelled, whenever that is.
    @Test(.timeLimit(.minutes(1))) func noHandlerOutlivesItsDeadline() async throws {
        let (begun, ended) = (Count(), Count())
        let service = Handler { request, response in
            guard let call = await GRPCServerCall(request, response, maxMessageBytes: 1000) else {
                return
            }
            begun.add(1)
            defer { ended.add(1) }
            do {
                _ = try await call.messages.single()
                try await Task.sleep(for: .seconds(3_600))
            } catch {
                call.finish(GRPCStatus(error))
            }
        }
        let message = GRPC.frame(pattern(10))
        try await withPair(service) { (_, client) async throws in
            for index in 0..<400 {
                let headers: Headers = [
                    "content-type": "application/grpc", "grpc-timeout": "\(index % 20 * 50 + 1)u",
                ]
                let response = try await client.request(post("/t/Wait", headers), body: message)
                let status =
                    GRPCStatus(trailers: response.trailers)
                    ?? GRPCStatus(trailers: response.head.headers)
                #expect(status?.code == .deadlineExceeded)
            }
            while ended.value < begun.value { await Task.yield() }
        }
        #expect(begun.value > 0)
    }

    @Test func aHeaderListThatIsTooLargeGetsAStatus() async throws {
        try await withPair(Self.service) { (_, client) async throws in
            let large = String(repeating: "a", count: 17_000)
            let type = "application/grpc"
            for headers: Headers in [
                ["content-type": type, "x-large": large], ["x-large": large, "content-type": type],
            ] {
                let refusal = try await client.request(post("/t/Echo", headers))
                #expect(refusal.head.status == 200)
                #expect(refusal.head.headers["content-type"] == GRPC.contentType)
                let status = GRPCStatus(trailers: refusal.head.headers)
                #expect(status?.code == .resourceExhausted)
            }
            let web: Headers = ["x-large": large, "content-type": "application/grpc-web"]
            #expect(try await client.request(post("/t/Echo", web)).head.status == 431)
        }
    }

    // MARK: Bodies that stop

    private static func silentLimits() -> Limits {
        var limits = Limits()
        limits.bodyTimeout = .seconds(1)
        return limits
    }

    /// A body that stops within a message, or before the end of the only one, ends the call.
    @Test func aBodyThatStopsEndsWithAStatus() async throws {
        let service = Handler { request, response in
            guard
                let call = await GRPCServerCall(
                    request, response, maxMessageBytes: 1000, allowsIdleStream: true)
            else { return }
            do {
                if call.method == "/t/One" {
                    return await call.reply(try await call.messages.single())
                }
                for try await message in call.messages { try await call.send(message.bytes) }
                call.finish()
            } catch {
                call.finish(GRPCStatus(error))
            }
        }
        let headers: Headers = ["content-type": "application/grpc"]
        try await withPair(limits: Self.silentLimits(), service) { (server, client) async throws in
            let whole = GRPC.frame(pattern(3))
            let half = ByteBuffer(bytes: [0, 0, 0, 0, 9, 1])
            for (path, parts) in [
                ("/t/Each", [half]), ("/t/Each", [whole, half]), ("/t/One", [whole]),
                ("/t/One", []),
            ] {
                let stream = try await client.open(post(path, headers))
                for part in parts { try await stream.write(part) }
                let head = try await stream.responseHead()
                let body = try await stream.body.collect(upTo: 1000)
                let status =
                    GRPCStatus(trailers: stream.trailers) ?? GRPCStatus(trailers: head.headers)
                #expect(status?.code == .deadlineExceeded, "\(path) \(parts.count)")
                #expect(status?.message.contains("did not arrive") == true)
                // What was complete is answered.
                #expect(body.readableBytes == (parts.count == 2 ? whole.readableBytes : 0))
            }
            #expect(server.counters.timeouts >= 4)
        }
    }

    /// A handler that does not end its call is ended by the server, with a status too.
    @Test func aHandlerThatIgnoresASilentBodyIsEnded() async throws {
        let service = Handler { request, response in
            guard let call = await GRPCServerCall(request, response, maxMessageBytes: 1000) else {
                return
            }
            _ = try? await call.messages.single()
            try? await Task.sleep(for: .seconds(600))
            await call.reply(ByteBuffer())
        }
        try await withPair(limits: Self.silentLimits(), service) { (_, client) async throws in
            let stream = try await client.open(post("/t", ["content-type": "application/grpc"]))
            let head = try await stream.responseHead()
            #expect(GRPCStatus(trailers: head.headers)?.code == .deadlineExceeded)
        }
    }

    /// Between its messages a streaming call may be silent.
    @Test func silenceBetweenMessages() throws {
        let service = Handler { request, response in
            guard
                let call = await GRPCServerCall(
                    request, response, maxMessageBytes: 1000, allowsIdleStream: true)
            else { return }
            do {
                for try await message in call.messages { try await call.send(message.bytes) }
                call.finish()
            } catch {
                call.finish(GRPCStatus(error))
            }
        }
        let wire = try Wire.ready(service)
        let type = [0x00, 12] + Array("content-type".utf8) + [16] + Array("application/grpc".utf8)
        func data(_ bytes: [UInt8]) -> Frame {
            Frame(kind: Frame.Kind.data, stream: 1, payload: bytes)
        }
        try wire.send([.request(1, Frame.postBlock + type, ends: false), data([0, 0, 0, 0, 1, 7])])
        #expect(try wire.take().contains(data([0, 0, 0, 0, 1, 7])))
        wire.advance(.seconds(600))
        #expect(try wire.take().isEmpty)
        try wire.send([data([0, 0])])
        wire.advance(.seconds(29))
        #expect(try wire.take().isEmpty)
        // Every byte counts as progress.
        try wire.send([data([0])])
        wire.advance(.seconds(29))
        #expect(try wire.take().isEmpty)
        wire.advance(.seconds(4))
        let last = try wire.take()
        #expect(last.contains { $0.kind == Frame.Kind.headers && $0.flags & Frame.endStream != 0 })
        #expect(last.contains(.reset(1, 0)))
        #expect(wire.isOpen)
        wire.finish()
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
            for type in [
                "application/grpc-web+proto", "application/grpc+json", "application/grpcx",
            ] {
                #expect(try await status(post("/t/Echo", ["content-type": type])) == (415, nil))
            }
            #expect(try await status(get("/t/Echo", grpc)) == (200, .invalidArgument))
            #expect(try await status(post("/t/Echo", grpc)) == (200, .invalidArgument))
            for (name, value, code) in [
                ("grpc-timeout", "soon", GRPCStatusCode.invalidArgument),
                ("grpc-timeout", "", .invalidArgument),
                ("grpc-encoding", "gzip", .unimplemented),
            ] {
                var headers = grpc
                headers.add(name, value)
                #expect(try await status(post("/t/Echo", headers)) == (200, code))
            }
            // What is accepted stands with the refusal, of the header and of a message's flag.
            var gzip = grpc
            gzip.add("grpc-encoding", "gzip")
            for (headers, body) in [
                (gzip, ByteBuffer()), (grpc, ByteBuffer(bytes: [1, 0, 0, 0, 0])),
            ] {
                let refusal = try await client.request(post("/t/Echo", headers), body: body)
                #expect(GRPCStatus(trailers: refusal.head.headers)?.code == .unimplemented)
                #expect(refusal.head.headers["grpc-accept-encoding"] == "identity")
            }
            // Broken framing is never called an internal error.
            let one = GRPC.frame(pattern(1))
            for bytes in [[2, 0, 0, 0, 0], [0, 0, 0], [0, 0, 0, 0, 9, 1]] + [
                Array(one.readableBytesView) + Array(one.readableBytesView)
            ] {
                let refusal = try await client.request(
                    post("/t/Echo", grpc), body: ByteBuffer(bytes: bytes))
                #expect(GRPCStatus(trailers: refusal.head.headers)?.code == .invalidArgument)
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
