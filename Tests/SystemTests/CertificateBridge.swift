internal import Foundation
internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// Lends a bank's certificate to programs that know no client certificates, such as h2load: it
/// listens without TLS on the loopback and passes the bytes on, unread, over TLS with ALPN `h2`.
final class CertificateBridge {
    private let listener: any Channel

    var port: Int { listener.localAddress?.port ?? 0 }

    static func start(to endpoint: Endpoint, as bank: String) async throws -> CertificateBridge {
        let directory = endpoint.certificates
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.applicationProtocols = ["h2"]
        configuration.trustRoots = .file("\(directory)/ca.pem")
        configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(
            "\(directory)/bank-\(bank).pem"
        ).map { .certificate($0) }
        configuration.privateKey = .privateKey(
            try NIOSSLPrivateKey(file: "\(directory)/bank-\(bank)-key.pem", format: .pem))
        let context = try NIOSSLContext(configuration: configuration)
        let port = endpoint.port
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { near in
                connect(near, context, port)
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return CertificateBridge(listener)
    }

    private init(_ listener: any Channel) {
        self.listener = listener
    }

    func stop() async {
        try? await listener.close()
    }

    /// Nothing is read from the near side before the far side is there.
    private static func connect(
        _ near: any Channel, _ context: NIOSSLContext, _ port: Int
    ) -> EventLoopFuture<Void> {
        ClientBootstrap(group: near.eventLoop)
            .channelInitializer { far in
                far.eventLoop.makeCompletedFuture {
                    let tls = try NIOSSLClientHandler(context: context, serverHostname: "localhost")
                    try far.pipeline.syncOperations.addHandler(tls)
                    try far.pipeline.syncOperations.addHandler(Relay(to: near))
                }
            }
            .connect(host: "127.0.0.1", port: port)
            .flatMapThrowing { far in
                try near.pipeline.syncOperations.addHandler(Relay(to: far))
            }
            .flatMap { near.setOption(.autoRead, value: true) }
    }
}

/// Writes everything it reads to another channel of the same event loop, and ends with it.
private final class Relay: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let other: any Channel

    init(to other: any Channel) {
        self.other = other
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        other.write(unwrapInboundIn(data), promise: nil)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        other.flush()
    }

    func channelInactive(context: ChannelHandlerContext) {
        other.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
