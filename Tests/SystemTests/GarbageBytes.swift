internal import Chance
internal import Foundation
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import Scenarios

/// Bytes that are no HTTP/2, or HTTP/2 that breaks its rules.
enum GarbageBytes {
    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    private static let settings: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 0, 0]

    /// Each of these must end its connection.
    static func all(_ random: inout SplitMix64) -> [[UInt8]] {
        let good = preface + settings
        var cases: [[UInt8]] = [
            Array("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8),
            Array(repeating: 0, count: 1_000),
            Array(repeating: 0xFF, count: 100_000),
            // DATA and CONTINUATION on a stream that is not open.
            good + frame(type: 0, flags: 0, stream: 1, [1, 2, 3]),
            good + frame(type: 9, flags: 4, stream: 1, [0x82]),
            // HEADERS on stream 0 and on an even stream.
            good + frame(type: 1, flags: 5, stream: 0, [0x82]),
            good + frame(type: 1, flags: 5, stream: 2, [0x82]),
            // HPACK: an index beyond the table, an endless integer, a broken Huffman string, a
            // table larger than allowed.
            good + frame(type: 1, flags: 5, stream: 1, [0xFF, 0xFF, 0x7F]),
            good + frame(type: 1, flags: 5, stream: 1, Array(repeating: 0xFF, count: 200)),
            good + frame(type: 1, flags: 5, stream: 1, [0x40, 0x84, 0xFF, 0xFF, 0xFF, 0xFF, 0]),
            good + frame(type: 1, flags: 5, stream: 1, [0x3F, 0xFF, 0xFF, 0xFF, 0x0F]),
            // SETTINGS of a wrong length and with a value that is not allowed; WINDOW_UPDATE of 0.
            good + frame(type: 4, flags: 0, stream: 0, [1, 2, 3]),
            good + frame(type: 4, flags: 0, stream: 0, [0, 5, 0, 0, 0, 1]),
            good + frame(type: 8, flags: 0, stream: 0, [0, 0, 0, 0]),
            // A frame that says it is longer than allowed.
            good + [0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 1],
        ]
        for _ in 0..<10 {
            let length = 9 + random.below(1_992)
            let bytes = (0..<length).map { _ in UInt8(random.below(256)) }
            // A first length beyond the limit, so that no random frame leaves the peer waiting.
            cases.append(good + [0xFF] + bytes)
        }
        return cases
    }

    private static func frame(
        type: UInt8, flags: UInt8, stream: UInt8, _ payload: [UInt8]
    ) -> [UInt8] {
        [0, 0, UInt8(payload.count), type, flags, 0, 0, 0, stream] + payload
    }

    /// Sends bytes behind a handshake with ALPN `h2`; whether the server ends the connection.
    static func send(_ bytes: [UInt8], to endpoint: Endpoint) async throws -> Bool {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.applicationProtocols = ["h2"]
        configuration.trustRoots = .file("\(endpoint.certificates)/ca.pem")
        let context = try NIOSSLContext(configuration: configuration)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        NIOSSLClientHandler(context: context, serverHostname: "localhost"))
                }
            }
            .connect(host: "127.0.0.1", port: endpoint.port).get()
        // The server may end the connection while this is still being written.
        try? await channel.writeAndFlush(ByteBuffer(bytes: bytes))
        for _ in 0..<1_000 where channel.isActive { try await Task.sleep(for: .milliseconds(10)) }
        let ended = !channel.isActive
        try? await channel.close()
        return ended
    }
}
