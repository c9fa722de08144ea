internal import NIOCore

/// Stands before TLS and ends a handshake that does not offer HTTP/2 with the alert made for it
/// (RFC 7301 §3.2). The library behind cannot: it goes on without a protocol.
///
/// It holds the first message back until it knows, and then leaves the pipeline.
final class ALPNGate: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// A record of type alert: fatal, `no_application_protocol`.
    private static let alert: [UInt8] = [21, 3, 3, 0, 2, 2, 120]

    private var reader = ClientHelloReader()
    private var held = ByteBuffer()
    private var isDone = false
    private let onRefusal: () -> Void

    /// - Parameter onRefusal: told of a client without `h2`, on the event loop.
    init(onRefusal: @escaping () -> Void) {
        self.onRefusal = onRefusal
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // After the alert nothing is read any more; bytes may still be on their way.
        guard !isDone else { return }
        var bytes = unwrapInboundIn(data)
        let finding = reader.read(bytes.readableBytesView)
        held.writeBuffer(&bytes)
        switch finding {
        case .incomplete: break
        case .offersHTTP2, .unreadable: letThrough(context)
        case .lacksHTTP2: refuse(context)
        }
    }

    private func letThrough(_ context: ChannelHandlerContext) {
        isDone = true
        context.fireChannelRead(wrapInboundOut(held))
        held = ByteBuffer()
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    private func refuse(_ context: ChannelHandlerContext) {
        isDone = true
        held = ByteBuffer()
        onRefusal()
        context.writeAndFlush(
            wrapOutboundOut(ByteBuffer(bytes: ALPNGate.alert)), promise: nil)
        context.close(promise: nil)
    }
}
