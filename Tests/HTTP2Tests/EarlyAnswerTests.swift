import ForeignPrograms
import Foundation
import HTTP2
import NIOCore
import Testing

/// An answer that is complete before its request reaches the client whole, whatever the client does
/// with the rest of its body; and that rest costs a bounded number of bytes and a bounded time.
@Suite struct EarlyAnswerTests {
    private static let refusing = Handler { _, response in
        await response.send(status: 404, body: ByteBuffer(string: "no"))
    }

    private static let unended = Frame.request(1, Frame.postBlock, ends: false)

    private static func data(_ count: Int, ends: Bool = false) -> Frame {
        Frame(
            kind: Frame.Kind.data, flags: ends ? Frame.endStream : 0, stream: 1,
            payload: Array(repeating: 0, count: count))
    }

    /// A connection that has been answered on stream 1, and by that alone.
    private static func answered(_ limits: Limits = Limits()) throws -> Wire {
        let wire = try Wire.ready(limits: limits, refusing)
        try wire.send([unended])
        let frames = try wire.take()
        #expect(frames.map(\.kind) == [Frame.Kind.headers, Frame.Kind.data])
        #expect(frames.last?.flags == Frame.endStream)
        #expect(wire.connection.streams.isEmpty, "nothing of the request is kept")
        return wire
    }

    private static func resets(_ frames: [Frame]) -> [Frame] {
        frames.filter { $0.kind == Frame.Kind.reset }
    }

    /// Whatever ends the request: no reset follows that a client could take for the answer's.
    @Test func bodyThatEndsIsNotReset() throws {
        let trailers = Frame.request(1, [0x00, 0x01, 0x61, 0x01, 0x62], ends: true)
        let ends: [[Frame]] = [
            [data(10, ends: true)], [data(16_384), data(10), data(0, ends: true)],
            [data(10), trailers], [.reset(1, 8)], [.reset(1, 0)], [data(10), .reset(1, 5)],
        ]
        for frames in ends {
            let wire = try Self.answered()
            try wire.send(frames)
            wire.advance(.seconds(40))
            #expect(Self.resets(try wire.take()).isEmpty)
            #expect(wire.isOpen && wire.connection.partingCount == 0)
            #expect(wire.set.metrics.counters.requestsFinished == 1)
            #expect(wire.set.metrics.counters.streamsReset == 0)
            wire.finish()
        }

        func data(_ count: Int, ends: Bool = false) -> Frame { Self.data(count, ends: ends) }
    }

    /// The client may send `maxDroppedBody` and a window; then it has to read, and falls silent.
    @Test func bodyWithoutAnEndRunsOutOfWindow() throws {
        let wire = try Self.answered()
        let limits = Limits()
        var window = limits.streamWindow
        var sent = 0
        var connection = 0
        while window > 0, sent < 3 * limits.maxDroppedBody {
            let count = min(window, 16_384)
            try wire.send([Self.data(count)])
            sent += count
            window -= count
            for frame in try wire.take() {
                #expect(frame.kind == Frame.Kind.windowUpdate, "no reset while it sends")
                let bytes = frame.payload.reduce(0) { $0 << 8 | Int($1) }
                if frame.stream == 1 { window += bytes } else { connection += bytes }
            }
        }
        #expect(sent > limits.maxDroppedBody)
        #expect(sent <= limits.maxDroppedBody + 2 * limits.streamWindow)
        // Other streams have the whole window of the connection, or nearly.
        #expect(connection > sent - limits.connectionWindow / 2)
        #expect(wire.connection.streams.isEmpty)
        wire.advance(.seconds(1))
        #expect(try wire.take().isEmpty)
        wire.advance(.seconds(2))
        #expect(try wire.take() == [.reset(1, 0)])
        #expect(wire.connection.partingCount == 0)
        wire.finish()
    }

    /// Neither a client that says nothing nor one that never stops keeps a stream for long.
    @Test func partingsAreShort() throws {
        let silent = try Self.answered()
        silent.advance(.seconds(1))
        #expect(try silent.take().isEmpty)
        silent.advance(.seconds(2))
        #expect(try silent.take() == [.reset(1, 0)])
        silent.finish()

        let dripping = try Self.answered()
        var seconds = 0
        while seconds < 100, Self.resets(try dripping.take()).isEmpty {
            try dripping.send([Self.data(1)])
            dripping.advance(.seconds(1))
            seconds += 1
        }
        #expect((29...32).contains(seconds), "bodyTimeout")
        dripping.finish()
    }

    /// The places of streams bound partings as well.
    @Test func partingsTakeTheirStreamsPlaces() throws {
        var limits = Limits()
        limits.maxConcurrentStreams = 10
        let wire = try Wire.ready(limits: limits, Self.refusing)
        let ids = (0..<11).map { UInt32($0 * 2 + 1) }
        for id in ids { try wire.send([.request(id, Frame.postBlock, ends: false)]) }
        #expect(wire.connection.partingCount == 10)
        #expect(Self.resets(try wire.take()) == [.reset(21, 7)])
        try wire.send([.reset(1)])
        try wire.send([.request(23, Frame.postBlock, ends: false)])
        #expect(try wire.take().map(\.stream) == [23, 23])
        wire.advance(.seconds(4))
        #expect(wire.connection.partingCount == 0)
        #expect(Self.resets(try wire.take()).count == 10)
        wire.finish()
    }

    /// What goes on after an answer is judged as on any open stream (h2spec http2/6.9.1/3, 8.1/1).
    @Test func errorsDuringAPartingAreNamed() throws {
        let update = Frame(
            kind: Frame.Kind.windowUpdate, stream: 1, payload: [0x7F, 0xFF, 0xFF, 0xFF])
        let second = Frame.request(1, [0x00, 0x01, 0x61, 0x01, 0x62], ends: false)
        for (frame, code) in [(update, UInt32(3)), (second, 1)] {
            let wire = try Self.answered()
            try wire.send([frame])
            #expect(try wire.take() == [.reset(1, code)])
            #expect(wire.connection.partingCount == 0)
            wire.finish()
        }
    }

    /// Sizes that fit into a frame, into the window and into neither; with leave asked for, too.
    @Test(.needs("curl"), arguments: [10, 70_000, 1_000_000, 9_000_000])
    func curlReadsTheAnswer(_ size: Int) async throws {
        let certificates = try await Certificates()
        defer { certificates.remove() }
        let file = certificates.path("body")
        try Data(count: size).write(to: URL(fileURLWithPath: file))
        try await withServer(tls: try certificates.server, Self.refusing) {
            (server) async throws in
            let url = "https://localhost:\(server.localPort)/"
            for expectation in ["expect:", "expect: 100-continue"] {
                for _ in 0..<20 {
                    let result = try await run(
                        "curl",
                        ["-sS", "-m", "30", "--http2", "-X", "PUT", "-H", expectation]
                            + ["--cacert", certificates.path("ca.pem")]
                            + ["--data-binary", "@\(file)", "-w", " %{http_code}", url])
                    #expect(result.output == "no 404", "\(expectation)")
                }
            }
        }
    }
}
