internal import NIOCore

/// Stops accepting for a moment when the system has no descriptor or memory for a connection.
///
/// The channel stays registered for reading after such an error, so without a pause it would try
/// again at once, for ever, and take a whole core. Meanwhile it makes room.
final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private static let pause = TimeAmount.milliseconds(100)

    private let makeRoom: () -> Void
    private var isPaused = false

    /// - Parameter makeRoom: closes connections that can best be spared.
    init(makeRoom: @escaping () -> Void) {
        self.makeRoom = makeRoom
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.fireErrorCaught(error)
        guard error is IOError, !isPaused else { return }
        isPaused = true
        makeRoom()
        let channel = context.channel
        channel.setOption(.autoRead, value: false).whenComplete { _ in }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: AcceptPause.pause) {
            bound.value.isPaused = false
            channel.setOption(.autoRead, value: true).whenComplete { _ in }
        }
    }
}
