internal import NIOCore
internal import Synchronization

/// The client's side of a connection: opens streams as the server allows and collects responses.
final class ClientRole: ConnectionRole {
    private var waiting = CircularBuffer<OpenRequest>()
    private var deadlines: [ObjectIdentifier: Scheduled<Void>] = [:]
    private var isGoingAway = false
    private let ready: EventLoopPromise<PeerIdentity?>
    private let server: ShownServer
    private var peer: PeerIdentity?

    init(ready: EventLoopPromise<PeerIdentity?>, server: ShownServer) {
        self.ready = ready
        self.server = server
    }

    func connected(_ connection: Connection, peer: PeerIdentity?) {
        self.peer = peer
    }

    func readCompleted(_ connection: Connection) {}

    func settingsReceived(_ connection: Connection) {
        ready.succeed(peer)
        admit(connection)
    }

    func goAwayReceived(_ connection: Connection, lastStream: Int32) {
        isGoingAway = true
        let error = HTTP2Error(.refused, "the server is going away")
        while let request = waiting.popFirst() { abandon(connection, request, error) }
        for stream in connection.streams.values where stream.id > lastStream {
            stream.exchange?.failure = error
        }
    }

    func headersEnded(_ connection: Connection, _ stream: Stream, _ category: HeaderCategory) {
        if stream.builder.isOver(connection.limits) {
            stream.exchange?.failure = HTTP2Error(.malformed, "the response head is too large")
            connection.session.reset(stream.id, .enhanceYourCalm)
            return
        }
        // Interim responses carry nothing a caller of this interface could use.
        guard let status = stream.builder.status, status >= 200, !stream.hasResponseHead else {
            return
        }
        stream.hasResponseHead = true
        let head = ResponseHead(status: status, headers: stream.builder.headers)
        stream.exchange?.head = head
        stream.exchange?.request.streaming?.head.set(.success(head))
    }

    func bodyReceived(
        _ connection: Connection, _ stream: Stream, _ bytes: UnsafeRawBufferPointer
    ) {
        guard let exchange = stream.exchange, exchange.request.whole != nil else {
            stream.face.inbound.receive(bytes)
            return
        }
        stream.creditedBytes += bytes.count
        connection.session.consume(stream.id, bytes.count)
        let limit = connection.limits.maxResponseBytes
        if exchange.body.readableBytes + bytes.count > limit {
            exchange.failure = HTTP2Error(.malformed, "the response exceeds \(limit) bytes")
            connection.session.reset(stream.id, .cancel)
        } else {
            exchange.body.writeBytes(bytes)
        }
    }

    func remoteEnded(_ connection: Connection, _ stream: Stream) {
        let trailers = stream.hasResponseHead ? stream.builder.trailersOnly : Headers()
        stream.face.inbound.end(trailers)
        // Answered in full: nobody wants the rest of the request.
        if !stream.hasSentEnd { connection.session.reset(stream.id, .noError) }
        guard let exchange = stream.exchange, let head = exchange.head else { return }
        exchange.request.whole?.set(
            .success(ClientResponse(head: head, body: exchange.body, trailers: trailers)))
    }

    func streamClosed(_ connection: Connection, _ stream: Stream, _ error: HTTP2Error?) {
        guard let exchange = stream.exchange else { return }
        let failure = exchange.failure ?? error ?? .reset(.noError)
        cancelDeadline(exchange.request)
        if error != nil { stream.face.inbound.fail(failure) }
        exchange.request.fail(failure)
        if connection.isUsable { admit(connection) }
    }

    func timedOut(_ connection: Connection, _ stream: Stream) {}

    func closed(_ connection: Connection, unserved: [Command]) {
        let reason =
            server.refusal ?? connection.failure.map { "\($0)" } ?? "it closed before it was ready"
        ready.fail(HTTP2Error(.connectFailed, "the connection failed: \(reason)"))
        for case .open(let request) in unserved { request.fail(HTTP2Error.unsent) }
        while let request = waiting.popFirst() { request.fail(HTTP2Error.unsent) }
        for deadline in deadlines.values { deadline.cancel() }
        deadlines = [:]
    }

    func carryOut(_ connection: Connection, _ command: Command) {
        switch command {
        case .open(let request): accept(connection, request)
        case .withdraw(let request):
            withdraw(connection, request, HTTP2Error(.streamReset(.cancel), "cancelled"))
        case .data(let id, let bytes): connection.queue(id, bytes)
        case .end(let id, let trailers): connection.queueEnd(id, trailers)
        case .reset(let id, let code):
            connection.streams[id]?.exchange?.failure = .reset(code)
            connection.reset(id, code)
        case .credit(let id, let count): connection.credit(id, count)
        case .drain, .close: connection.close()
        case .allowIdleBody, .sendContinue, .widen, .cancelHandler, .abandoned, .timer: break
        case .head, .respond: preconditionFailure("a client sends no responses")
        }
    }

    // MARK: Opening

    private func accept(_ connection: Connection, _ request: OpenRequest) {
        guard connection.isUsable, !isGoingAway else {
            let error = HTTP2Error(.refused, "the connection takes no new requests")
            return abandon(connection, request, error)
        }
        guard waiting.count < connection.limits.maxQueuedRequests else {
            let error = HTTP2Error(.queueFull, "too many requests wait for a free stream")
            return abandon(connection, request, error)
        }
        if let timeout = request.timeout { setDeadline(connection, request, timeout) }
        waiting.append(request)
        admit(connection)
    }

    private func admit(_ connection: Connection) {
        let session = connection.session
        let allowed = min(
            connection.limits.maxConcurrentStreams, session.peerMaxConcurrentStreams)
        while connection.streams.count < allowed, let request = waiting.popFirst() {
            open(connection, request)
        }
    }

    private func open(_ connection: Connection, _ request: OpenRequest) {
        let hasBody = request.body.map { $0.readableBytes > 0 } ?? true
        guard let id = connection.session.request(request.head, hasBody: hasBody) else {
            let error = HTTP2Error(.refused, "the connection takes no new requests")
            return abandon(connection, request, error)
        }
        let stream = Stream(id, connection.port, now: connection.now)
        stream.exchange = Exchange(request)
        connection.streams[id] = stream
        connection.metrics.requestsStarted.increment()
        if let body = request.body {
            if hasBody { stream.enqueue(body, now: connection.now) }
            stream.enqueueEnd(nil)
        }
        request.stream.store(id, ordering: .relaxed)
        request.streaming?.face.set(.success(stream.face))
    }

    // MARK: Giving up

    /// Fails a request that never got a stream and returns its body to the ledger.
    private func abandon(_ connection: Connection, _ request: OpenRequest, _ error: HTTP2Error) {
        cancelDeadline(request)
        connection.port.released(0, request.body?.readableBytes ?? 0)
        request.fail(error)
    }

    private func withdraw(_ connection: Connection, _ request: OpenRequest, _ error: HTTP2Error) {
        let id = request.stream.load(ordering: .relaxed)
        if let stream = connection.streams[id], stream.exchange?.request === request {
            stream.exchange?.failure = error
            connection.reset(id, .cancel)
        } else if let index = waiting.firstIndex(where: { $0 === request }) {
            waiting.remove(at: index)
            abandon(connection, request, error)
        } else {
            request.fail(error)
        }
    }

    private func setDeadline(
        _ connection: Connection, _ request: OpenRequest, _ timeout: TimeAmount
    ) {
        let port = connection.port
        let bound = NIOLoopBound((role: self, connection: connection), eventLoop: port.loop)
        deadlines[ObjectIdentifier(request)] = port.loop.scheduleTask(in: timeout) {
            let (role, connection) = bound.value
            role.deadlines[ObjectIdentifier(request)] = nil
            let error = HTTP2Error(.deadlineExceeded, "the deadline passed")
            role.withdraw(connection, request, error)
            connection.flush()
        }
    }

    private func cancelDeadline(_ request: OpenRequest) {
        guard request.timeout != nil else { return }
        deadlines.removeValue(forKey: ObjectIdentifier(request))?.cancel()
    }
}
