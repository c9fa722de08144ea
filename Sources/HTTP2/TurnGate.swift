package import NIOCore

/// Holds back what a connection receives until its turn on the loop comes; stands before TLS, on a
/// channel that does not read by itself.
///
/// It asks for more when it has handed on what it had, so it holds what one read brings: 64 KiB.
package final class TurnGate: ChannelInboundHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = ByteBuffer

    private let turns: ConnectionTurns
    private var context: ChannelHandlerContext?
    private var held = CircularBuffer<NIOAny>(initialCapacity: 1)
    /// It waits for its turn.
    private(set) var isWaiting = false

    package init(_ turns: ConnectionTurns) {
        self.turns = turns
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        isWaiting = false
        held.removeAll()
    }

    package func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        context.read()
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        held.append(data)
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        guard !isWaiting else { return }
        isWaiting = true
        turns.doOrAdd(.input(self))
    }

    /// What came before the end still counts.
    package func channelInactive(context: ChannelHandlerContext) {
        handOn()
        context.fireChannelInactive()
    }

    /// The turn has come. One that is gone meanwhile has nothing to hand on.
    func handOn() {
        guard isWaiting, let context else { return }
        isWaiting = false
        turns.handshakeBegan()
        for _ in 0..<held.count {
            guard let data = held.popFirst() else { break }
            context.fireChannelRead(data)
        }
        context.fireChannelReadComplete()
        self.context?.read()
    }
}
