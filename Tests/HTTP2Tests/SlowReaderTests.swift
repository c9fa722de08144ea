import HTTP2
import NIOCore
import NIOPosix
import Synchronization
import Testing

/// Who takes a long answer slowly keeps his connection, and who takes nothing loses it.
@Suite struct SlowReaderTests {
    /// 64 MB, in pieces as they are taken.
    private static let long = Handler { _, response in
        response.start(status: 200)
        let piece = ByteBuffer(repeating: 7, count: 65_536)
        for _ in 0..<1_024 { guard (try? await response.write(piece)) != nil else { return } }
        response.finish()
    }

    private static var limits: Limits {
        var limits = Limits()
        limits.writeTimeout = .milliseconds(500)
        limits.socketTimeout = .seconds(1)
        return limits
    }

    /// The system takes megabytes before it says that a socket is full, and calls it so until a
    /// third of them has gone: far longer than the time in which some progress must show.
    @Test("Little by little over a full socket is enough; nothing is not")
    func fullSocket() async throws {
        try await withServer(limits: Self.limits, Self.long) { (server) async throws in
            let reader = try await SlowReader.connect(to: server)
            try await reader.ask(window: 0x7FFF_FFFF)
            for _ in 0..<20 {
                try await Task.sleep(for: .milliseconds(200))
                try await reader.read()
            }
            #expect(reader.isOpen && server.counters.timeouts == 0)
            #expect(try await becomes { server.counters.timeouts == 1 })
            #expect(server.counters.connectionsOpen == 0)
        }
    }

    /// The socket is read, but the stream's window stays shut.
    @Test("A stream whose window lets nothing out is reset")
    func shutWindow() async throws {
        try await withServer(limits: Self.limits, Self.long) { (server) async throws in
            let reader = try await SlowReader.connect(to: server)
            try await reader.ask(window: 0)
            #expect(try await becomes { server.counters.timeouts == 1 })
            #expect(server.counters.connectionsOpen == 1, "only the stream is lost")
            try await reader.close()
        }
    }
}

/// A client that reads its socket only when it is told to.
private final class SlowReader: Sendable {
    private let channel: any Channel

    private init(_ channel: any Channel) { self.channel = channel }

    static func connect(to server: Server) async throws -> SlowReader {
        let channel = try await ClientBootstrap(group: group)
            .channelOption(.autoRead, value: false)
            .channelOption(.socketOption(.so_rcvbuf), value: 32_768)
            .connect(host: "127.0.0.1", port: server.localPort).get()
        return SlowReader(channel)
    }

    var isOpen: Bool { channel.isActive }

    /// - Parameter window: of the stream; that of the connection is as large as can be.
    func ask(window: UInt32) async throws {
        let settings = Frame(kind: Frame.Kind.settings, payload: [0, 4] + Frame.octets(window))
        let all = Frame(
            kind: Frame.Kind.windowUpdate, payload: Frame.octets(0x7FFF_FFFF - 65_535))
        let request = Frame.request(1, Frame.getBlock, ends: true)
        let bytes = Frame.magic + settings.bytes + all.bytes + request.bytes
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
    }

    /// Takes what one read of the socket gives.
    func read() async throws { try await channel.eventLoop.submit { self.channel.read() }.get() }

    func close() async throws { try await channel.close().get() }
}
