internal import Chance
import HTTP2
import NIOCore
import NIOEmbedded
import NIOPosix
import Synchronization
import Testing

@Suite struct HostileTests {
    @Test func notHTTP2() throws {
        var random = SplitMix64(seed: 1)
        for round in 0..<500 {
            let wire = try Wire(Handler.echo)
            try wire.send((0..<64).map { _ in UInt8.random(in: 0...255, using: &random) })
            #expect(!wire.isOpen, "round \(round)")
            wire.finish()
        }
        for text in ["GET / HTTP/1.1\r\nHost: a\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n"] {
            let wire = try Wire(Handler.echo)
            try wire.send(Array(text.utf8))
            #expect(!wire.isOpen)
            wire.finish()
        }
    }

    @Test func truncatedPrefaceTimesOut() throws {
        for count in [0, 1, 23, 24] {
            let wire = try Wire(Handler.echo)
            try wire.send(Array(Frame.magic.prefix(count)))
            wire.advance(.seconds(9))
            #expect(wire.isOpen)
            wire.advance(.seconds(3))
            #expect(!wire.isOpen)
            wire.finish()
        }
    }

    @Test func badFrames() throws {
        let bad: [(String, [Frame], UInt8)] = [
            ("HPACK", [.request(1, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF], ends: true)], 9),
            ("DATA on 0", [Frame(kind: Frame.Kind.data, payload: [1])], 1),
            ("SETTINGS size", [Frame(kind: Frame.Kind.settings, payload: [1, 2, 3, 4, 5])], 6),
            ("WINDOW_UPDATE 0", [Frame(kind: Frame.Kind.windowUpdate, payload: [0, 0, 0, 0])], 1),
            ("even stream", [.request(2, Frame.getBlock, ends: true)], 1),
            ("lone CONTINUATION", [Frame(kind: Frame.Kind.continuation, stream: 1)], 1),
            ("huge", [Frame(kind: 0, stream: 1, payload: Array(repeating: 0, count: 20_000))], 6),
        ]
        for (name, frames, code) in bad {
            let wire = try Wire.ready(Handler.echo)
            try wire.send(frames)
            #expect(try wire.goAwayCode() == code, "\(name)")
            #expect(!wire.isOpen, "\(name)")
            wire.finish()
        }
    }

    @Test func malformedRequestIsResetAlone() throws {
        let wire = try Wire.ready(Handler.echo)
        // An uppercase header name; then a request without :path.
        let upper = Frame.getBlock + [0x00, 0x01, 0x41, 0x01, 0x62]
        try wire.send([.request(1, upper, ends: true), .request(3, [0x82, 0x86], ends: true)])
        let frames = try wire.take()
        #expect(frames.contains(.reset(1, 1)))
        #expect(frames.contains(.reset(3, 1)))
        try wire.send([.request(5, Frame.getBlock, ends: true)])
        #expect(try wire.take().contains { $0.kind == Frame.Kind.headers && $0.stream == 5 })
        #expect(wire.set.metrics.counters.requestsStarted == 1)
        wire.finish()
    }

    @Test func continuationFlood() throws {
        let wire = try Wire.ready(Handler.echo)
        let head = Frame(kind: Frame.Kind.headers, stream: 1, payload: Frame.getBlock)
        let more = Frame(
            kind: Frame.Kind.continuation, stream: 1, payload: [0x00, 0x01, 0x61, 0x00])
        try wire.send([head] + Array(repeating: more, count: 50))
        #expect(!wire.isOpen)
        wire.finish()
    }

    /// One byte each names a 4000-byte entry of the dynamic table, ten thousand times.
    @Test func headerBombClosesTheConnection() throws {
        let wire = try Wire.ready(Handler.echo)
        let value = [UInt8](repeating: 0x61, count: 3900)
        // A value length of 3900: prefix 127, then 3773 in base 128.
        let entry: [UInt8] = [0x40, 0x01, 0x62, 0x7F, 0xBD, 0x1D] + value
        let block = Frame.getBlock + entry + [UInt8](repeating: 0xBE, count: 10_000)
        try wire.send([.request(1, block, ends: true)])
        #expect(!wire.isOpen)
        #expect(wire.set.metrics.counters.requestsStarted == 0)
        wire.finish()
    }

    @Test func rapidReset() throws {
        var limits = Limits()
        limits.resetBurst = 50
        limits.resetsPerSecond = 1
        let wire = try Wire.ready(limits: limits, Handler.echo)
        for index in 0..<500 where wire.isOpen {
            let id = UInt32(index * 2 + 1)
            try wire.send([.request(id, Frame.postBlock, ends: false), .reset(id)])
        }
        #expect(!wire.isOpen)
        #expect(try wire.goAwayCode() != nil)
        #expect(wire.set.metrics.counters.streamsReset <= 52)
        wire.finish()
    }

    /// Resets the server makes for the peer's fault count as well.
    @Test func provokedResets() throws {
        var limits = Limits()
        limits.resetBurst = 50
        limits.resetsPerSecond = 1
        let wire = try Wire.ready(limits: limits, Handler.echo)
        for index in 0..<500 where wire.isOpen {
            let id = UInt32(index * 2 + 1)
            let update = Frame(
                kind: Frame.Kind.windowUpdate, stream: id, payload: [0x7F, 0xFF, 0xFF, 0xFF])
            try wire.send([.request(id, Frame.postBlock, ends: false), update])
        }
        #expect(!wire.isOpen)
        #expect(wire.set.metrics.counters.streamsReset <= 52)
        wire.finish()
    }

    @Test func acknowledgementFlood() throws {
        for frame in [Frame(kind: Frame.Kind.ping, payload: Array(0..<8)), Frame.settings] {
            let wire = try Wire.ready(Handler.echo)
            wire.channel.isWritable = false
            for _ in 0..<10_000 { try wire.send(Array(repeating: frame, count: 100)) }
            #expect(!wire.isOpen)
            wire.finish()
        }
    }

    @Test func slowBodyIsAnswered408() throws {
        let wire = try Wire.ready(Handler.echo)
        try wire.send([.request(1, Frame.postBlock, ends: false)])
        wire.advance(.seconds(29))
        #expect(try wire.take().isEmpty)
        try wire.send([Frame(kind: Frame.Kind.data, stream: 1, payload: [1])])
        wire.advance(.seconds(29))
        #expect(try wire.take().isEmpty)
        wire.advance(.seconds(3))
        let frames = try wire.take()
        let head = try #require(frames.first { $0.kind == Frame.Kind.headers })
        // The status is a literal with an indexed name: 0x48 0x03 or Huffman-coded 0x48 0x82.
        #expect(head.flags & Frame.endStream != 0)
        wire.advance(.seconds(3))
        #expect(try wire.take() == [.reset(1, 0)])
        #expect(wire.set.metrics.counters.timeouts == 1)
        #expect(wire.isOpen)
        wire.finish()
    }

    @Test func unreadOutputLosesTheStream() throws {
        let wire = try Wire.ready(
            Handler { _, response in await response.send(status: 200, body: pattern(200_000)) })
        try wire.send([.request(1, Frame.getBlock, ends: true)])
        // The peer's window of 65535 bytes is used up and never opened again.
        #expect(try wire.take().filter { $0.kind == Frame.Kind.data }.count >= 4)
        wire.advance(.seconds(33))
        #expect(try wire.take().contains(.reset(1, 8)))
        wire.finish()
    }

    /// A socket that reports writability in the middle of a write must not make bytes go out twice.
    @Test func writabilityWithinAWrite() throws {
        final class Nudge: ChannelOutboundHandler {
            typealias OutboundIn = ByteBuffer

            func flush(context: ChannelHandlerContext) {
                context.flush()
                context.fireChannelWritabilityChanged()
            }
        }
        let wire = try Wire.ready(
            Handler { _, response in await response.send(status: 200, body: pattern(60_000)) })
        try wire.channel.pipeline.syncOperations.addHandler(Nudge(), position: .first)
        try wire.send([.request(1, Frame.getBlock, ends: true)])
        let frames = try wire.take()
        #expect(frames.filter { $0.kind == Frame.Kind.headers }.count == 1)
        let body = frames.filter { $0.kind == Frame.Kind.data }.flatMap(\.payload)
        #expect(ByteBuffer(bytes: body) == pattern(60_000))
        wire.finish()
    }

    @Test func fullSocketLosesTheConnection() throws {
        var limits = Limits()
        limits.socketTimeout = .seconds(60)
        let wire = try Wire.ready(limits: limits, Handler.echo)
        wire.channel.isWritable = false
        wire.channel.pipeline.fireChannelWritabilityChanged()
        wire.advance(.seconds(58))
        #expect(wire.isOpen)
        wire.advance(.seconds(5))
        #expect(!wire.isOpen)
        wire.finish()
    }

    @Test func idleConnectionIsClosed() throws {
        let wire = try Wire.ready(Handler.echo)
        wire.advance(.seconds(119))
        #expect(wire.isOpen)
        wire.advance(.seconds(21))
        #expect(!wire.isOpen)
        #expect(try wire.goAwayCode() == 0)
        wire.finish()
    }

    @Test func headersOverTheBoundAreAnswered431() async throws {
        try await withPair(Handler.echo) { (server, client) async throws in
            var many = Headers()
            for index in 0..<100 { many.add("x-\(index)", "v") }
            let large: Headers = ["x-large": String(repeating: "a", count: 17_000)]
            for headers in [many, large] {
                #expect(try await client.request(get("/", headers)).head.status == 431)
                let streamed = try await client.request(post("/", headers), body: pattern(100_000))
                #expect(streamed.head.status == 431)
            }
            #expect(try await client.request(get("/")).head.status == 200)
            #expect(server.counters.requestsStarted == 1)
        }
    }

    /// The client side of a conversation with every kind of frame a client sends.
    private func conversation() async throws -> [UInt8] {
        let listener = try await ServerBootstrap(group: group).bind(host: "127.0.0.1", port: 0) {
            channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
        let port = try #require(listener.channel.localAddress?.port)
        async let recorded = record(listener)
        let client = try await Client.connect(
            host: "127.0.0.1", port: port, tls: nil, group: group)
        for body in [ByteBuffer(), pattern(300), pattern(20)] {
            var head = post("/path", ["x-name": "value", "authorization": "secret"])
            head.authority = "localhost"
            #expect(try await client.request(head, body: body).head.status == 200)
        }
        await client.close()
        var bytes = try await recorded
        bytes += Frame(kind: Frame.Kind.ping, payload: Array(0..<8)).bytes
        bytes += Frame(kind: 2, stream: 9, payload: [0, 0, 0, 1, 7]).bytes
        bytes += Frame(kind: Frame.Kind.windowUpdate, payload: [0, 0, 1, 0]).bytes
        bytes += Frame(kind: Frame.Kind.headers, stream: 7, payload: Frame.getBlock).bytes
        bytes += Frame(kind: Frame.Kind.continuation, flags: 4, stream: 7, payload: [0x82]).bytes
        bytes += Frame.request(9, Frame.postBlock, ends: false).bytes
        bytes += Frame(kind: Frame.Kind.data, flags: 8, stream: 9, payload: [2, 1, 2, 0, 0]).bytes
        bytes += Frame.reset(9).bytes
        bytes += Frame(kind: Frame.Kind.goAway, payload: Array(repeating: 0, count: 8)).bytes
        return bytes
    }

    /// What one client sends until it closes its connection; every request is answered with 200.
    private func record(
        _ listener: NIOAsyncChannel<NIOAsyncChannel<ByteBuffer, ByteBuffer>, Never>
    ) async throws -> [UInt8] {
        try await listener.executeThenClose { connections in
            var connection = connections.makeAsyncIterator()
            return try await #require(try await connection.next()).executeThenClose {
                inbound, outbound in
                try await outbound.write(ByteBuffer(bytes: Frame.settings.bytes))
                var bytes: [UInt8] = []
                var answered = 0
                for try await chunk in inbound {
                    bytes += chunk.readableBytesView
                    let ended = Frame.parse(Array(bytes.dropFirst(Frame.magic.count))).filter {
                        $0.kind <= Frame.Kind.headers && $0.flags & Frame.endStream != 0
                    }
                    for request in ended.dropFirst(answered) {
                        // `:status 200` in static HPACK.
                        let answer = Frame.request(request.stream, [0x88], ends: true)
                        try await outbound.write(ByteBuffer(bytes: answer.bytes))
                    }
                    answered = ended.count
                }
                return bytes
            }
        }
    }

    @Test func tenThousandMutations() async throws {
        let valid = try await conversation()
        let plain = try Wire(Handler.echo)
        try plain.send(valid)
        #expect(plain.set.metrics.counters.requestsFinished == 3)
        plain.finish()
        var random = SplitMix64(seed: 42)
        var served = 0
        for _ in 0..<10_000 {
            var bytes = valid
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                mutate(&bytes, using: &random)
            }
            let wire = try Wire(Handler.echo)
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...max(1, min(rest.count, 200)), using: &random)
                try wire.send(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
            served += wire.set.metrics.counters.requestsFinished
            wire.advance(.seconds(200))
            #expect(!wire.isOpen)
            wire.finish()
            #expect(wire.connection.streams.isEmpty)
            #expect(wire.connection.port.runningHandlers.load(ordering: .relaxed) == 0)
        }
        #expect(served > 1000, "the mutations left too little of the conversation valid")
        let good = try Wire.ready(Handler.echo)
        try good.send([.request(1, Frame.getBlock, ends: true)])
        #expect(try good.take().contains { $0.kind == Frame.Kind.headers && $0.stream == 1 })
        good.finish()
    }

    private func mutate(_ bytes: inout [UInt8], using random: inout SplitMix64) {
        // Mostly after the magic, whose every mutation ends the same way.
        let start = UInt8.random(in: 0...20, using: &random) == 0 ? 0 : 24
        guard bytes.count > start + 1 else { return }
        let at = Int.random(in: start..<bytes.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: bytes[at] = UInt8.random(in: 0...255, using: &random)
        case 2: bytes.remove(at: at)
        case 3: bytes.insert(UInt8.random(in: 0...255, using: &random), at: at)
        default:
            let end = min(bytes.count, at + Int.random(in: 1...60, using: &random))
            bytes.insert(contentsOf: Array(bytes[at..<end]), at: at)
        }
    }

    /// Garbage over real sockets, then a good client is served as if nothing had happened.
    @Test func serverSurvivesGarbageOnSockets() async throws {
        let certificates = try await Certificates()
        defer { certificates.remove() }
        let roots = try certificates.client("client")
        try await withServer(tls: try certificates.server, Handler.echo) { (server) async throws in
            var random = SplitMix64(seed: 3)
            for round in 0..<20 {
                let bytes =
                    round % 2 == 0
                    ? Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
                    : (0..<100).map { _ in UInt8.random(in: 0...255, using: &random) }
                let channel = try await ClientBootstrap(group: group)
                    .connect(host: "127.0.0.1", port: server.localPort).get()
                try? await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
                // A random record may look unfinished; then only the handshake's timeout ends it.
                if round % 2 == 0 { try await channel.closeFuture.get() }
                try? await channel.close().get()
            }
            let client = try await Client.connect(
                host: "127.0.0.1", port: server.localPort, tls: roots, group: group)
            #expect(try await client.request(get("/")).head.status == 200)
            await client.close()
        }
    }
}
