package import NIOCore
internal import NIOSSL
internal import NIOTLS

/// One HTTP/2 connection: a channel handler around a `Session`. Confined to its event loop.
///
/// Output is gathered while a read or a batch of commands is processed and flushed once after it.
package final class Connection: ChannelInboundHandler {
    package typealias InboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    /// The phases of a graceful end.
    enum Drain: Equatable {
        case no
        /// GOAWAY announced; streams already on their way are still accepted.
        case announced(NIODeadline)
        case refusing
    }

    static let batchBytes = 65_536

    package let port: ConnectionPort
    let limits: Limits
    let role: any ConnectionRole
    let metrics: Metrics
    let isServer: Bool
    private let expectsTLS: Bool
    private(set) var context: ChannelHandlerContext?
    private var sessionStorage: Session?
    package internal(set) var streams: [Int32: Stream] = [:]
    private var drain = Drain.no
    private(set) var hasSettings = false
    /// What the transport or TLS reported last.
    private(set) var failure: (any Error)?
    private var isClosing = false
    /// Commands that nobody will carry out, until the role is told.
    var unserved: [Command] = []
    /// A server's: streams that are answered before their requests have ended.
    private var partings: Partings
    private var isReading = false
    private var isFlushing = false
    private var hasEnded = false
    private var resets: EventRate
    /// Nil for a client, which chose whom it talks to.
    private var gate: FrameGate?
    private var bornAt: NIODeadline
    private var lastActive: NIODeadline
    private var fullSocket: FullSocket?
    private var tick: Scheduled<Void>?
    /// The end of its life that was set for it.
    var lifeEnd: Scheduled<Void>?
    /// A server's: what its owner's connections share, from the end of the handshake on.
    package var share: OwnerShare?
    /// A server's: its part in the loop's turns.
    let turns: ConnectionTurns?
    /// A server's: what the client showed.
    var credentials: PeerCredentials?
    var validityCheck: Scheduled<Void>?
    private var idleTimeout: TimeAmount
    private var batch: [Command] = []
    /// The loop's clock, read once per event instead of once per frame.
    private(set) var now: NIODeadline

    init(
        loop: any EventLoop, isServer: Bool, expectsTLS: Bool, limits: Limits, metrics: Metrics,
        role: any ConnectionRole, turns: ConnectionTurns? = nil
    ) {
        port = ConnectionPort(loop, limits)
        self.isServer = isServer
        self.expectsTLS = expectsTLS
        self.limits = limits
        idleTimeout = limits.idleTimeout
        partings = Partings(limits)
        self.metrics = metrics
        self.role = role
        self.turns = turns
        now = loop.now
        bornAt = now
        lastActive = now
        let start = Int64(now.uptimeNanoseconds)
        resets = EventRate(
            burst: limits.resetBurst, perSecond: limits.resetsPerSecond, now: start)
        gate = isServer ? FrameGate(limits, now: start) : nil
    }

    var session: Session {
        guard let sessionStorage else { preconditionFailure("the session was not started") }
        return sessionStorage
    }

    var isUsable: Bool { sessionStorage != nil && !isClosing }
    var isDraining: Bool { drain != .no }
    package var partingCount: Int { partings.count }

    // MARK: Channel

    package func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        port.attach(self)
        armTick()
        if context.channel.isActive { begin() }
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        end()
    }

    package func channelActive(context: ChannelHandlerContext) {
        begin()
        context.fireChannelActive()
    }

    private func begin() {
        guard !expectsTLS, sessionStorage == nil else { return }
        start(peer: nil)
    }

    private func start(peer: PeerIdentity?) {
        sessionStorage = Session(limits.session(isServer: isServer), events: self)
        role.connected(self, peer: peer)
        flush()
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted(let negotiated)? = event as? TLSUserEvent {
            guard negotiated == "h2" else {
                metrics.protocolErrors.increment()
                close()
                return
            }
            if sessionStorage == nil { start(peer: PeerIdentity.verified(context, credentials)) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard isUsable else { return }
        let bytes = unwrapInboundIn(data)
        now = context.eventLoop.now
        metrics.bytesReceived.increment(by: bytes.readableBytes)
        isReading = true
        do {
            let fault = try bytes.withUnsafeReadableBytes { try receive($0) }
            isReading = false
            if let fault { return fail(fault) }
        } catch {
            isReading = false
            fail(.protocolError)
            return
        }
        if session.queuedFrames > limits.maxQueuedFrames { fail(.enhanceYourCalm) }
    }

    /// Gives the session what the gate lets through; returns the error to end with, if any.
    private func receive(_ bytes: UnsafeRawBufferPointer) throws(SessionFailure) -> ErrorCode? {
        // What comes after the end of a session is nobody's fault.
        guard session.wantsRead,
            let (count, fault) = gate?.read(bytes, now: Int64(now.uptimeNanoseconds))
        else {
            try session.receive(bytes)
            return nil
        }
        try session.receive(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
        return fault
    }

    func requestStarted() {
        gate?.requestStarted()
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        if isUsable {
            role.readCompleted(self)
            flush()
        }
        context.fireChannelReadComplete()
    }

    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            now = context.eventLoop.now
            if let full = fullSocket {
                for stream in streams.values { stream.excuse(now - full.began, now: now) }
            }
            fullSocket = nil
            flush()
        } else if fullSocket == nil {
            fullSocket = FullSocket(context.channel, now: context.eventLoop.now)
        }
        context.fireChannelWritabilityChanged()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Later than that it is a lost connection, which is nobody's violation.
        if !hasSettings { metrics.protocolErrors.increment() }
        if expectsTLS && sessionStorage == nil && isServer && !isClosing { handshakeFailed(error) }
        failure = error
        close()
    }

    // MARK: Output

    /// Writes everything ready, in batches, while the transport accepts it; closes when finished.
    func flush() {
        // A write may report new writability from within; the loop below then simply goes on.
        guard let context, sessionStorage != nil, !isReading, !isFlushing else { return }
        isFlushing = true
        defer { isFlushing = false }
        now = context.eventLoop.now
        while context.channel.isWritable {
            do {
                try session.pull(goal: Self.batchBytes)
            } catch {
                close()
                return
            }
            let count = session.output.readableBytes
            if count == 0 { break }
            metrics.bytesSent.increment(by: count)
            context.writeAndFlush(wrapOutboundOut(session.output), promise: nil)
            session.clearOutput()
        }
        if isUsable && !session.wantsRead && !session.wantsWrite { finish() }
    }

    /// Carries out what other threads asked for since the last time, then flushes once.
    func drainCommands() {
        port.takeCommands(into: &batch)
        now = port.loop.now
        for command in batch { role.carryOut(self, command) }
        batch.removeAll()
        flush()
    }

    // MARK: Ending

    /// The peer's fault: GOAWAY, then close.
    func fail(_ code: ErrorCode) {
        guard isUsable else { return }
        metrics.protocolErrors.increment()
        session.terminate(code)
        flush()
        close()
    }

    func close() {
        guard !isClosing else { return }
        isClosing = true
        context?.close(promise: nil)
    }

    /// Everything is said. A server ends its own direction and lets the peer close: a socket closed
    /// over bytes that nobody read makes the peer's system drop the answers that it has not read.
    private func finish() {
        guard isServer, let context else { return close() }
        isClosing = true
        context.close(mode: .output, promise: nil)
        tick?.cancel()
        let channel = context.channel
        tick = port.loop.scheduleTask(in: limits.lingerTimeout) { channel.close(promise: nil) }
    }

    /// Ends at once below TLS: who never reads nor answers must not keep his socket for it.
    func abort() {
        isClosing = true
        guard let context else { return }
        let pipeline = context.pipeline.syncOperations
        let tls = try? pipeline.context(handlerType: NIOSSLServerHandler.self)
        (tls ?? context).close(promise: nil)
    }

    /// Lets a connection end earlier than others.
    func shorten(life: TimeAmount, idle: TimeAmount) {
        idleTimeout = min(idleTimeout, idle)
        end(at: bornAt + life)
    }

    func beginDrain() {
        guard isUsable, drain == .no else { return isUsable ? () : close() }
        drain = .announced(now)
        session.announceShutdown()
    }

    /// A drain that takes no more streams from now on: later ones are as if never sent.
    func beginRefusal() {
        guard isUsable, drain != .refusing else { return isUsable ? () : close() }
        drain = .refusing
        session.refuseNewStreams()
    }

    private func refuseNewStreams() {
        guard case .announced = drain, isUsable else { return }
        drain = .refusing
        session.refuseNewStreams()
    }

    private func end() {
        guard !hasEnded else { return }
        hasEnded = true
        isClosing = true
        tick?.cancel()
        tick = nil
        lifeEnd?.cancel()
        validityCheck?.cancel()
        unserved = port.close()
        context = nil
        endStreams()
    }

    /// Settles a stream that left `streams`: returns its bytes and wakes whoever waits for it.
    func retire(_ stream: Stream, _ error: HTTP2Error?) {
        stream.timer?.cancel()
        // Before its body fails, so that a handler woken by the failure finds itself cancelled.
        if error != nil { stream.task?.cancel() }
        port.released(stream.id, stream.queuedBytes)
        stream.face.close(error)
        port.forget(stream.id)
        let uncredited = stream.receivedBytes - stream.creditedBytes
        if uncredited > 0 && isUsable { drop(stream.id, uncredited) }
        if error != nil { metrics.streamsReset.increment() }
        stream.task = nil
        role.streamClosed(self, stream, error)
    }

    /// The answer is out, the request still arrives: nobody reads on, and the reset waits.
    private func part(_ stream: Stream) {
        streams[stream.id] = nil
        lastActive = now
        if let oldest = partings.begin(stream.id, now: now) { session.reset(oldest, .noError) }
        gate?.answered(stream.id)
        retire(stream, nil)
    }

    /// Bytes that nobody will read must not stall the connection, nor at once their stream.
    private func drop(_ stream: Int32, _ bytes: Int) {
        if partings.dropped(stream, bytes, now: now) {
            session.consume(stream, bytes)
        } else {
            session.consumeConnection(bytes)
        }
    }

    // MARK: Time

    private func armTick() {
        let shortest = min(
            limits.idleTimeout, limits.handshakeTimeout, limits.bodyTimeout, limits.writeTimeout,
            limits.socketTimeout)
        let quarter = TimeAmount.nanoseconds(shortest.nanoseconds / 4)
        let period = max(TimeAmount.milliseconds(10), min(TimeAmount.seconds(1), quarter))
        let loop = port.loop
        let bound = NIOLoopBound(self, eventLoop: loop)
        tick = loop.scheduleTask(in: period) {
            let connection = bound.value
            connection.checkTime()
            // A connection that has finished has another timer by now.
            if !connection.isClosing { connection.armTick() }
        }
    }

    private func checkTime() {
        now = port.loop.now
        if !hasSettings && now - bornAt > limits.handshakeTimeout { return expire() }
        guard isUsable else { return }
        if let channel = context?.channel,
            fullSocket?.isStalled(channel, now, limits.socketTimeout) == true
        {
            return expire()
        }
        if case .announced(let at) = drain, now - at > .seconds(1) { refuseNewStreams() }
        for stream in partings.overdue(now) { session.reset(stream, .noError) }
        if !streams.isEmpty {
            lastActive = now
            // When unread bodies fill the connection's window no peer can send, so none is late.
            let unread = streams.values.reduce(0) { $0 + $1.receivedBytes - $1.creditedBytes }
            let canReceive = unread < limits.connectionWindow / 2
            for stream in Array(streams.values) { checkTime(stream, canReceive) }
        } else if now - lastActive > idleTimeout {
            session.terminate(.noError)
        }
        flush()
    }

    private func checkTime(_ stream: Stream, _ canReceive: Bool) {
        if fullSocket == nil, stream.isOutputStalled(now, limits.writeTimeout) {
            metrics.timeouts.increment()
            session.reset(stream.id, .cancel)
        } else if isServer && canReceive && stream.isInputStalled(now, limits.bodyTimeout) {
            metrics.timeouts.increment()
            role.timedOut(self, stream)
        }
    }

    private func expire() {
        metrics.timeouts.increment()
        close()
    }
}

// MARK: - Session events

extension Connection: SessionEvents {
    func headersBegan(_ stream: Int32, _ category: HeaderCategory) {
        if category == .request {
            lastActive = now
            guard streams.count + partings.count < limits.maxConcurrentStreams else {
                session.reset(stream, .refusedStream)
                metrics.streamsReset.increment()
                return
            }
            streams[stream] = Stream(stream, port, now: now)
        } else {
            streams[stream]?.builder = HeadBuilder(isTrailers: category == .following)
        }
    }

    func header(
        _ stream: Int32, _ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>
    ) -> HeaderVerdict {
        guard let stream = streams[stream] else { return .accepted }
        return stream.builder.add(name, value, limits) == .abusive ? .abort : .accepted
    }

    func headersEnded(_ stream: Int32, _ category: HeaderCategory) {
        guard let stream = streams[stream] else { return }
        role.headersEnded(self, stream, category)
    }

    func bodyReceived(_ stream: Int32, _ bytes: UnsafeRawBufferPointer) {
        guard let stream = streams[stream] else {
            return drop(stream, bytes.count)
        }
        stream.receivedBytes += bytes.count
        stream.lastInput = now
        role.bodyReceived(self, stream, bytes)
    }

    func remoteEnded(_ stream: Int32) {
        guard let stream = streams[stream] else { return }
        stream.hasRemoteEnded = true
        role.remoteEnded(self, stream)
    }

    func streamClosed(_ stream: Int32, _ code: ErrorCode) {
        gate?.closed(stream)
        partings.end(stream)
        guard let stream = streams.removeValue(forKey: stream) else { return }
        lastActive = now
        let isComplete = stream.hasRemoteEnded && (!isServer || stream.hasSentEnd)
        if !isComplete {
            if resets.event(now: Int64(now.uptimeNanoseconds)) == .exceeded && isServer {
                metrics.protocolErrors.increment()
                session.terminate(.enhanceYourCalm)
            }
        }
        retire(stream, isComplete ? nil : .reset(code))
    }

    func settingsReceived() {
        hasSettings = true
        role.settingsReceived(self)
    }

    func pingAcknowledged() {
        refuseNewStreams()
    }

    func goAwayReceived(lastStream: Int32, _ code: ErrorCode) {
        role.goAwayReceived(self, lastStream: lastStream)
    }

    func peerViolated() {
        metrics.protocolErrors.increment()
    }

    func nextOutput(_ stream: Int32, atMost limit: Int) -> OutputStep {
        guard let stream = streams[stream] else { return .last(0) }
        return stream.nextStep(atMost: limit)
    }

    func takeOutput(_ stream: Int32, count: Int, into output: inout ByteBuffer) {
        guard count > 0, let stream = streams[stream] else { return }
        stream.take(count, into: &output, now: now)
        gate?.dataSent(count)
        port.released(stream.id, count)
    }

    func endSent(_ id: Int32) {
        guard let stream = streams[id] else { return }
        stream.hasSentEnd = true
        // A server that has answered in full wants no more of the request.
        if isServer && !stream.hasRemoteEnded { part(stream) }
    }
}
