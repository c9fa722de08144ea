import HTTP2
import NIOCore
import Testing

@Suite struct LoopbackTests {
    @Test func mutualTLS() async throws {
        let certificates = try await Certificates()
        defer { certificates.remove() }
        let server = try certificates.server
        try await withPair(
            serverTLS: server, clientTLS: certificates.client("client"), Handler.echo
        ) { (_, client) async throws in
            let response = try await client.request(
                RequestHead(method: "POST", path: "/a%20b", query: "c=d?e"), body: pattern(100))
            #expect(response.head.status == 200)
            #expect(response.body == pattern(100))
            #expect(response.head.headers["x-path"] == "/a%20b")
            #expect(response.head.headers["x-query"] == "c=d?e")
            #expect(response.head.headers["x-peer"] == "client;one")
            #expect(response.head.headers["x-uri"] == "spiffe://test/client,urn:client")
            #expect(response.head.headers["content-length"] == "100")
        }
        // Without a certificate the client is anonymous; with a stranger's it is refused.
        try await withPair(
            serverTLS: server, clientTLS: certificates.client(nil), Handler.echo
        ) { (server, client) async throws in
            let response = try await client.request(get("/"))
            #expect(response.head.headers["x-peer"] == "-")
            let stranger = try certificates.client("stranger")
            let error = await #expect(throws: HTTP2Error.self) {
                try await Client.connect(
                    host: "127.0.0.1", port: server.localPort, tls: stranger, group: group)
            }
            #expect(error?.code == .connectFailed)
            #expect(try await client.request(get("/")).head.status == 200)
        }
    }

    @Test func largeBodiesUnderSmallWindows() async throws {
        var limits = Limits()
        limits.streamWindow = 1000
        limits.maxStreamOutput = 3000
        let body = pattern(1_000_000)
        try await withPair(limits: limits, clientLimits: limits, Handler.echo) {
            (_, client) async throws in
            for _ in 0..<2 {
                let response = try await client.request(post("/"), body: body)
                #expect(response.body == body)
            }
        }
    }

    /// A widened body is sent ahead up to half of the connection's window, so that other streams
    /// are still read.
    @Test func aWidenedBodyLeavesRoomForOtherStreams() async throws {
        let (widened, widen) = AsyncStream.makeStream(of: Void.self)
        let (reading, read) = AsyncStream.makeStream(of: Void.self)
        let handler = Handler { request, response in
            if request.head.path == "/small" {
                let body = try? await request.body.collect(upTo: 65_535)
                return await response.send(status: 200, body: body ?? ByteBuffer())
            }
            request.widenBody()
            widen.finish()
            for await _ in reading {}
            let body = try? await request.body.collect(upTo: 64_000_000)
            await response.send(status: 200, body: body ?? ByteBuffer())
        }
        try await withPair(handler) { (server, client) async throws in
            let body = pattern(3_000_000)
            let stream = try await client.open(post("/"))
            for await _ in widened {}
            let writing = Task { try await stream.write(body) }
            // Nobody reads: without more window 65,535 bytes would be all.
            #expect(try await becomes { server.counters.bytesReceived >= 524_288 })
            let small = pattern(60_000)
            let answer = try await client.request(
                post("/small"), body: small, timeout: .seconds(10))
            #expect(answer.body == small)
            // What could still flow on the first stream has arrived before this body.
            #expect(server.counters.bytesReceived < 660_000)
            read.finish()
            try await writing.value
            stream.finishWriting()
            #expect(try await stream.body.collect(upTo: 64_000_000) == body)
        }
    }

    @Test func manyConcurrentStreams() async throws {
        var limits = Limits()
        limits.maxConcurrentStreams = 16
        try await withPair(limits: limits, Handler.echo) { (server, client) async throws in
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for index in 0..<200 {
                    tasks.addTask {
                        let body = pattern(index * 97, seed: UInt8(index))
                        let response = try await client.request(post("/"), body: body)
                        #expect(response.body == body)
                    }
                }
                try await tasks.waitForAll()
            }
            #expect(server.counters.requestsFinished == 200)
            #expect(server.counters.streamsReset == 0)
        }
    }

    @Test func streamingBothWaysInTurns() async throws {
        let handler = Handler { request, response in
            response.start(status: 200, headers: ["x-kind": "stream"])
            do {
                for try await chunk in request.body { try await response.write(chunk) }
                response.finish(trailers: ["x-end": "yes"])
            } catch {
                response.reset(.internalError)
            }
        }
        try await withPair(handler) { (_, client) async throws in
            let stream = try await client.open(post("/"))
            #expect(try await stream.responseHead().headers["x-kind"] == "stream")
            var body = stream.body.makeAsyncIterator()
            for turn in 0..<20 {
                try await stream.write(pattern(50, seed: UInt8(turn)))
                var received = ByteBuffer()
                while received.readableBytes < 50, var chunk = try await body.next() {
                    received.writeBuffer(&chunk)
                }
                #expect(received == pattern(50, seed: UInt8(turn)))
            }
            stream.finishWriting()
            #expect(try await body.next() == nil)
            #expect(stream.trailers["x-end"] == "yes")
        }
    }

    /// The client does not read: the server's writer must stop at its bounds, then go on.
    @Test func backpressureBoundsOutput() async throws {
        let written = Count()
        let total = 4_000_000
        let handler = Handler { _, response in
            response.start(status: 200)
            let chunk = pattern(1000)
            while written.value < total {
                do { try await response.write(chunk) } catch { return }
                written.add(1000)
            }
            response.finish()
        }
        var limits = Limits()
        limits.maxStreamOutput = 20_000
        var small = Limits()
        small.streamWindow = 30_000
        try await withPair(limits: limits, clientLimits: small, handler) {
            (server, client) async throws in
            let stream = try await client.open(get("/"))
            stream.finishWriting()
            _ = try await stream.responseHead()
            // Requests that go around the stalled stream show the writer all its chances.
            for _ in 0..<20 { await Task.yield() }
            var received = 0
            for try await chunk in stream.body {
                received += chunk.readableBytes
                let ahead = written.value - received
                #expect(ahead <= 20_000 + 2 * 30_000 + 2000)
            }
            #expect(received == total)
            #expect(server.peakBufferedOutput <= 20_000)
        }
    }

    /// The handler does not read: the client's writer must stop at window and buffer.
    @Test func unreadRequestBodyStopsTheClient() async throws {
        let go = Signal()
        let handler = Handler { request, response in
            await go.wait()
            var count = 0
            do {
                for try await chunk in request.body { count += chunk.readableBytes }
                await response.send(status: 200, body: ByteBuffer(string: "\(count)"))
            } catch {
                await response.send(status: 500)
            }
        }
        var limits = Limits()
        limits.streamWindow = 10_000
        limits.maxStreamOutput = 10_000
        try await withPair(limits: limits, clientLimits: limits, handler) {
            (_, client) async throws in
            let stream = try await client.open(post("/"))
            let written = Count()
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask {
                    for _ in 0..<200 {
                        try await stream.write(pattern(1000))
                        written.add(1000)
                    }
                    stream.finishWriting()
                }
                // A round trip on another stream would pass any amount that could still flow.
                for _ in 0..<50 { await Task.yield() }
                #expect(written.value <= 21_000)
                go.set()
                try await tasks.waitForAll()
            }
            #expect(try await stream.body.collect(upTo: 100) == ByteBuffer(string: "200000"))
        }
    }

    @Test func serverResetReachesTheClient() async throws {
        let handler = Handler { request, response in
            if request.head.path == "/late" {
                response.start(status: 200)
                try? await response.write(pattern(10))
            }
            response.reset(.enhanceYourCalm)
        }
        try await withPair(handler) { (_, client) async throws in
            for path in ["/early", "/late"] {
                let error = await #expect(throws: HTTP2Error.self) {
                    try await client.request(get(path))
                }
                #expect(error?.code == .streamReset(.enhanceYourCalm))
            }
        }
    }

    @Test func unfinishedHandlers() async throws {
        let handler = Handler { request, response in
            if request.head.path == "/started" { response.start(status: 200) }
        }
        try await withPair(handler) { (_, client) async throws in
            #expect(try await client.request(get("/")).head.status == 500)
            let error = await #expect(throws: HTTP2Error.self) {
                try await client.request(get("/started"))
            }
            #expect(error?.code == .streamReset(.internalError))
        }
    }

    @Test func clientCancellationCancelsTheHandler() async throws {
        let started = Signal()
        let cancelled = Signal()
        let handler = Handler { request, response in
            started.set()
            do {
                for try await _ in request.body {}
            } catch {
                if Task.isCancelled { cancelled.set() }
            }
        }
        try await withPair(handler) { (server, client) async throws in
            let stream = try await client.open(post("/"))
            await started.wait()
            stream.cancel()
            await cancelled.wait()
            let error = await #expect(throws: HTTP2Error.self) { try await stream.responseHead() }
            #expect(error?.code == .streamReset(.cancel))
            #expect(try await becomes { server.counters.streamsReset == 1 })
        }
    }

    @Test func cancelledTaskCancelsTheHandler() async throws {
        let started = Signal()
        let cancelled = Signal()
        let handler = Handler { _, _ in
            await withTaskCancellationHandler {
                started.set()
                await cancelled.wait()
            } onCancel: {
                cancelled.set()
            }
        }
        try await withPair(handler) { (_, client) async throws in
            let task = Task { try await client.request(get("/")) }
            await started.wait()
            task.cancel()
            await cancelled.wait()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test func connectionLossCancelsTheHandler() async throws {
        let started = Signal()
        let cancelled = Signal()
        let handler = Handler { _, _ in
            await withTaskCancellationHandler {
                started.set()
                await cancelled.wait()
            } onCancel: {
                cancelled.set()
            }
        }
        try await withPair(handler) { (_, client) async throws in
            let task = Task { try await client.request(get("/")) }
            await started.wait()
            await client.close()
            await cancelled.wait()
            let error = await #expect(throws: HTTP2Error.self) { try await task.value }
            #expect(error?.code == .connectionClosed)
            #expect(!client.isOpen)
            let late = await #expect(throws: HTTP2Error.self) { try await client.request(get("/")) }
            #expect(late?.code == .refused)
        }
    }

    @Test func clientDeadlineAndQueueBounds() async throws {
        let go = Signal()
        let handler = Handler { _, response in
            await go.wait()
            await response.send(status: 200)
        }
        var limits = Limits()
        limits.maxConcurrentStreams = 1
        var clientLimits = Limits()
        clientLimits.maxQueuedRequests = 1
        try await withPair(limits: limits, clientLimits: clientLimits, handler) {
            (_, client) async throws in
            let first = try await client.open(get("/"))
            first.finishWriting()
            // Of three more, one waits for a stream until its deadline; the queue has no room
            // for the others.
            var codes: [HTTP2Error.Code] = []
            try await withThrowingTaskGroup(of: HTTP2Error.Code?.self) { tasks in
                for _ in 0..<3 {
                    tasks.addTask {
                        do {
                            _ = try await client.request(get("/"), timeout: .milliseconds(300))
                            return nil
                        } catch let error as HTTP2Error {
                            return error.code
                        }
                    }
                }
                for try await case let code? in tasks { codes.append(code) }
            }
            #expect(codes == [.queueFull, .queueFull, .deadlineExceeded])
            go.set()
            #expect(try await first.responseHead().status == 200)
            #expect(try await client.request(get("/"), timeout: .seconds(30)).head.status == 200)
        }
    }

    @Test func collectRefusesTooMuch() async throws {
        let handler = Handler { request, response in
            do {
                _ = try await request.body.collect(upTo: 1000)
                await response.send(status: 200)
            } catch let error as BodyTooLarge {
                await response.send(status: error.limit == 1000 ? 413 : 500)
            } catch {
                await response.send(status: 500)
            }
        }
        try await withPair(handler) { (_, client) async throws in
            #expect(try await client.request(post("/"), body: pattern(1000)).head.status == 200)
            #expect(try await client.request(post("/"), body: pattern(1001)).head.status == 413)
            #expect(
                try await client.request(post("/"), body: pattern(3_000_000)).head.status == 413)
            #expect(try await client.request(post("/"), body: pattern(10)).head.status == 200)
        }
    }

    @Test func headAnswersWithoutBody() async throws {
        let handler = Handler { _, response in await response.send(status: 200, body: pattern(9)) }
        try await withPair(handler) { (_, client) async throws in
            let response = try await client.request(RequestHead(method: "HEAD", path: "/"))
            #expect(response.body.readableBytes == 0)
            #expect(response.head.headers["content-length"] == "9")
        }
    }

    @Test func gracefulShutdownFinishesOpenStreams() async throws {
        let started = Signal()
        let go = Signal()
        let handler = Handler { _, response in
            started.set()
            await go.wait()
            await response.send(status: 200, body: pattern(100))
        }
        let server = try await Server.start(
            configuration: .init(), group: group, handler: handler)
        let client = try await Client.connect(
            host: "127.0.0.1", port: server.localPort, tls: nil, group: group)
        let open = Task { try await client.request(get("/")) }
        await started.wait()
        let shutdown = Task { await server.shutDown(gracefulFor: .seconds(60)) }
        var refused: HTTP2Error?
        while refused == nil {
            do {
                _ = try await client.request(get("/"), timeout: .milliseconds(20))
            } catch let error as HTTP2Error {
                if error.code == .refused { refused = error }
            }
        }
        let late = await #expect(throws: HTTP2Error.self) {
            try await Client.connect(
                host: "127.0.0.1", port: server.localPort, tls: nil, group: group)
        }
        #expect(late?.code == .connectFailed)
        go.set()
        #expect(try await open.value.body == pattern(100))
        await shutdown.value
        await client.close()
        #expect(server.counters.connectionsOpen == 0)
    }

    @Test func shutdownDeadlineClosesTheRest() async throws {
        let started = Signal()
        let cancelled = Signal()
        let handler = Handler { _, _ in
            await withTaskCancellationHandler {
                started.set()
                await cancelled.wait()
            } onCancel: {
                cancelled.set()
            }
        }
        let server = try await Server.start(
            configuration: .init(), group: group, handler: handler)
        let client = try await Client.connect(
            host: "127.0.0.1", port: server.localPort, tls: nil, group: group)
        let open = Task { try await client.request(get("/")) }
        await started.wait()
        await server.shutDown(gracefulFor: .milliseconds(50))
        await cancelled.wait()
        await #expect(throws: HTTP2Error.self) { try await open.value }
        await client.close()
    }

    @Test func connectionsAreBounded() async throws {
        try await withServer(maxConnections: 1, Handler.echo) { (server) async throws in
            let first = try await Client.connect(
                host: "127.0.0.1", port: server.localPort, tls: nil, group: group)
            await #expect(throws: HTTP2Error.self) {
                try await Client.connect(
                    host: "127.0.0.1", port: server.localPort, tls: nil, group: group)
            }
            #expect(try await first.request(get("/")).head.status == 200)
            #expect(server.counters.connectionsRefused == 1)
            await first.close()
        }
    }
}
