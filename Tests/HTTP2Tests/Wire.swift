import HTTP2
import NIOCore
import NIOEmbedded

/// One frame as it is on the wire.
struct Frame: Equatable {
    enum Kind {
        static let data: UInt8 = 0
        static let headers: UInt8 = 1
        static let priority: UInt8 = 2
        static let reset: UInt8 = 3
        static let settings: UInt8 = 4
        static let ping: UInt8 = 6
        static let goAway: UInt8 = 7
        static let windowUpdate: UInt8 = 8
        static let continuation: UInt8 = 9
    }

    static let magic = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    static let endStream: UInt8 = 1
    static let endHeaders: UInt8 = 4
    /// `GET /` and `POST /` in static HPACK.
    static let getBlock: [UInt8] = [0x82, 0x86, 0x84, 0x41, 0x01, 0x61]
    static let postBlock: [UInt8] = [0x83, 0x86, 0x84, 0x41, 0x01, 0x61]

    var kind: UInt8
    var flags: UInt8 = 0
    var stream: UInt32 = 0
    var payload: [UInt8] = []

    var bytes: [UInt8] {
        let size = UInt32(payload.count)
        let lengths = [size >> 16, size >> 8, size].map { UInt8(truncatingIfNeeded: $0) }
        return lengths + [kind, flags] + Self.octets(stream) + payload
    }

    static func octets(_ number: UInt32) -> [UInt8] {
        [number >> 24, number >> 16, number >> 8, number].map { UInt8(truncatingIfNeeded: $0) }
    }

    static let settings = Frame(kind: Kind.settings)

    static func request(_ stream: UInt32, _ block: [UInt8], ends: Bool) -> Frame {
        Frame(
            kind: Kind.headers, flags: endHeaders | (ends ? endStream : 0), stream: stream,
            payload: block)
    }

    static func reset(_ stream: UInt32, _ code: UInt32 = 8) -> Frame {
        Frame(kind: Kind.reset, stream: stream, payload: octets(code))
    }

    static func parse(_ bytes: [UInt8]) -> [Frame] {
        var frames: [Frame] = []
        var rest = bytes[...]
        while rest.count >= 9 {
            let header = Array(rest.prefix(9))
            let size = Int(header[0]) << 16 | Int(header[1]) << 8 | Int(header[2])
            let stream = header[5...8].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            rest = rest.dropFirst(9)
            frames.append(
                Frame(
                    kind: header[3], flags: header[4], stream: stream,
                    payload: Array(rest.prefix(size))))
            rest = rest.dropFirst(size)
        }
        return frames
    }
}

/// A connection on an embedded channel: deterministic, with a clock moved by hand. Handlers run on
/// the same loop, so everything happens in `send`, `run` and `advance`.
final class Wire {
    let loop = EmbeddedEventLoop()
    let channel: EmbeddedChannel
    let connection: Connection
    let set = ConnectionSet(ConnectionBounds(total: 10))
    private var received: [UInt8] = []

    init(limits: Limits = Limits(), _ handler: any RequestHandler) throws {
        var configuration = Server.Configuration()
        configuration.limits = limits
        connection = Server.makeConnection(loop, configuration, set, handler)
        channel = EmbeddedChannel(handler: connection, loop: loop)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    /// A server past the preface.
    static func ready(limits: Limits = Limits(), _ handler: any RequestHandler) throws -> Wire {
        let wire = try Wire(limits: limits, handler)
        try wire.send(Frame.magic + Frame.settings.bytes)
        _ = try wire.take()
        return wire
    }

    var isOpen: Bool { channel.isActive }

    func send(_ bytes: [UInt8]) throws {
        guard isOpen else { return }
        try channel.writeInbound(ByteBuffer(bytes: bytes))
        loop.run()
    }

    func send(_ frames: [Frame]) throws {
        try send(frames.flatMap(\.bytes))
    }

    /// The frames sent since the last call.
    func take() throws -> [Frame] {
        var bytes: [UInt8] = []
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) {
            bytes += buffer.readableBytesView
        }
        return Frame.parse(bytes)
    }

    /// The code of the GOAWAY sent, if any.
    func goAwayCode() throws -> UInt8? {
        try take().last { $0.kind == Frame.Kind.goAway }?.payload[7]
    }

    func advance(_ time: TimeAmount) {
        // In steps, as timers are armed again when they fire.
        for _ in 0..<20 { loop.advanceTime(by: .nanoseconds(time.nanoseconds / 20)) }
        loop.run()
    }

    func finish() {
        _ = try? channel.finish(acceptAlreadyClosed: true)
        loop.run()
    }
}
