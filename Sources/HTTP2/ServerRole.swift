internal import NIOCore
internal import Shares
internal import Synchronization

/// The server's side of a connection: turns streams into handler tasks and answers into frames.
final class ServerRole: ConnectionRole {
    private let handler: any RequestHandler
    private let executor: LoopExecutor
    private let metrics: Metrics
    private var peer: PeerIdentity?
    /// Requests whose heads arrived in the current read; started after it, when a small body has
    /// usually arrived as well and collecting it costs no suspension.
    private var startable: [(Stream, RequestHead)] = []
    private let connections: ConnectionSet
    /// What the requests of this connection may hold together.
    private let ceiling: Ceiling

    init(
        handler: any RequestHandler, executor: LoopExecutor, metrics: Metrics,
        connections: ConnectionSet
    ) {
        self.handler = handler
        self.executor = executor
        self.metrics = metrics
        self.connections = connections
        ceiling = Ceiling(connections.memory.requestsPerConnection)
    }

    func connected(_ connection: Connection, peer: PeerIdentity?) {
        self.peer = peer
        switch connections.identify(connection.port, peer) {
        case .owner(let share):
            adopt(connection, share)
            connection.watchValidity()
        case .anonymous(let share):
            adopt(connection, share)
            connection.shorten(
                life: connections.bounds.anonymousLife, idle: connections.bounds.anonymousIdle)
        case .refused:
            connection.session.terminate(.enhanceYourCalm)
        }
    }

    private func adopt(_ connection: Connection, _ share: OwnerShare) {
        connection.share = share
        connection.port.setShare(share)
        connection.turns?.join(share)
    }

    func settingsReceived(_ connection: Connection) {}
    func goAwayReceived(_ connection: Connection, lastStream: Int32) {}

    func headersEnded(_ connection: Connection, _ stream: Stream, _ category: HeaderCategory) {
        if category == .request { stream.isGRPC = stream.builder.isGRPC }
        if stream.builder.isOver(connection.limits) {
            if !stream.hasHead { answer(connection, stream, .headerListTooLarge) }
            return
        }
        guard category == .request else {
            // Trailers are kept until the stream ends.
            if (try? stream.memory?.grow(by: stream.builder.bytes)) == nil {
                connection.session.reset(stream.id, .enhanceYourCalm)
            }
            return
        }
        let running = connection.port.runningHandlers.load(ordering: .relaxed)
        // Reset streams no longer count for the library, but their handlers may still be running.
        if running + startable.count >= connection.limits.maxConcurrentStreams * 2 {
            connection.session.reset(stream.id, .refusedStream)
            return
        }
        guard hold(connection, stream) else {
            connection.session.reset(stream.id, .enhanceYourCalm)
            return
        }
        let head = stream.builder.requestHead
        stream.isHead = head.method == "HEAD"
        switch Expectation(head.headers) {
        case .nothing: break
        case .continue: stream.face.inbound.awaitContinue()
        case .unknown: return answer(connection, stream, .expectationFailed)
        }
        startable.append((stream, head))
    }

    /// Counts the memory of a request; false when its owner may hold no more.
    private func hold(_ connection: Connection, _ stream: Stream) -> Bool {
        guard let share = connection.share else { return false }
        let memory = connections.memory
        do {
            stream.memory = try Holding(
                share.requests, within: ceiling, first: memory.perRequest + stream.builder.bytes)
            return true
        } catch {
            return false
        }
    }

    func bodyReceived(
        _ connection: Connection, _ stream: Stream, _ bytes: UnsafeRawBufferPointer
    ) {
        if !stream.isOverBudget, (try? stream.memory?.grow(by: bytes.count)) == nil {
            stream.isOverBudget = true
            stream.face.inbound.fail(.overloaded)
        }
        if stream.isOverBudget || stream.isEndQueued && stream.task == nil {
            // Nobody will read it: dropped, but it must not stall the window.
            stream.creditedBytes += bytes.count
            connection.session.consume(stream.id, bytes.count)
        } else {
            stream.face.inbound.receive(bytes)
        }
    }

    func remoteEnded(_ connection: Connection, _ stream: Stream) {
        stream.face.inbound.end(stream.builder.trailersOnly)
    }

    func readCompleted(_ connection: Connection) {
        guard !startable.isEmpty else { return }
        for (number, (stream, head)) in startable.enumerated()
        where connection.streams[stream.id] === stream {
            start(connection, stream, head, atOnce: number < ServerRole.startedAtOnce)
        }
        startable.removeAll(keepingCapacity: true)
    }

    /// So many requests of one read begin within it; each of the others is a piece of work for
    /// itself, so that others' turns come between.
    private static let startedAtOnce = 4

    func streamClosed(_ connection: Connection, _ stream: Stream, _ error: HTTP2Error?) {
        if error == nil { metrics.requestsFinished.increment() }
    }

    func timedOut(_ connection: Connection, _ stream: Stream) {
        let refusal = Refusal.bodyOverdue(connection.limits.bodyTimeout)
        let isNews = !stream.isOverdue
        stream.isOverdue = true
        stream.face.inbound.fail(HTTP2Error(.deadlineExceeded, refusal.grpc.message))
        if isNews && stream.isGRPC && stream.task != nil {
            // The handler ends the call, after the answers that it still owes; for as long again.
            stream.lastInput = connection.now
            return
        }
        stream.task?.cancel()
        if !stream.hasHead {
            answer(connection, stream, refusal)
        } else if stream.isGRPC {
            connection.queueEnd(stream.id, refusal.grpc.trailers())
        } else {
            connection.session.reset(stream.id, .cancel)
        }
    }

    func closed(_ connection: Connection, unserved: [Command]) {
        startable = []
        connections.remove(connection.port)
    }

    private func start(
        _ connection: Connection, _ stream: Stream, _ head: RequestHead, atOnce: Bool
    ) {
        metrics.requestsStarted.increment()
        connection.requestStarted()
        let port = connection.port
        port.runningHandlers.increment()
        let face = stream.face
        guard let memory = stream.memory, let share = connection.share else { return }
        let request = Request(
            head: head, peer: peer, body: Body(inbound: face.inbound), memory: memory,
            share: share, face: face)
        let (handler, decorate) = (handler, connections.decorate)
        let serve = { @Sendable in
            let response = Response(face, decorate: decorate)
            await handler.handle(request, response)
            response.handlerReturned()
            port.runningHandlers.decrement()
        }
        stream.task =
            atOnce
            ? Task.immediate(executorPreference: executor, operation: serve)
            : Task(executorPreference: executor, operation: serve)
    }

    // MARK: Answers

    func carryOut(_ connection: Connection, _ command: Command) {
        switch command {
        case .respond(let id, let head, let body, let trailers):
            respond(connection, id, head, body, trailers)
        case .head(let id, let head): start(connection, id, head)
        case .data(let id, let bytes): connection.queue(id, bytes)
        case .end(let id, let trailers): connection.queueEnd(id, trailers)
        case .reset(let id, let code): connection.reset(id, code)
        case .credit(let id, let count): connection.credit(id, count)
        case .abandoned(let id): abandon(connection, id)
        case .sendContinue(let id): sendContinue(connection, id)
        case .allowIdleBody(let id): connection.streams[id]?.allowsIdleBody = true
        case .widen(let id): connection.widen(id)
        case .timer(let id, let delay, let action): connection.setTimer(id, delay, action)
        case .cancelHandler(let id): connection.streams[id]?.task?.cancel()
        case .drain: connection.beginDrain()
        case .close: connection.close()
        case .open, .withdraw: preconditionFailure("a server opens no streams")
        }
    }

    private func respond(
        _ connection: Connection, _ id: Int32, _ head: ResponseHead, _ body: ByteBuffer,
        _ trailers: Headers?
    ) {
        let size = body.readableBytes
        guard let stream = answerable(connection, id) else {
            connection.port.released(id, size)
            return
        }
        let mayHaveBody = head.status != 204 && head.status != 304
        let sendsBody = mayHaveBody && !stream.isHead && (size > 0 || trailers != nil)
        stream.hasHead = true
        connection.session.respond(id, head, hasBody: sendsBody)
        if sendsBody {
            if size > 0 { stream.enqueue(body, now: connection.now) }
            stream.enqueueEnd(trailers)
        } else {
            connection.port.released(id, size)
            stream.enqueueEnd(nil)
        }
    }

    private func start(_ connection: Connection, _ id: Int32, _ head: ResponseHead) {
        guard let stream = answerable(connection, id) else { return }
        stream.hasHead = true
        connection.session.respond(id, head, hasBody: true)
    }

    /// A response the server itself makes up, without a body.
    private func answer(_ connection: Connection, _ stream: Stream, _ refusal: Refusal) {
        stream.hasHead = true
        stream.enqueueEnd(nil)
        connection.session.respond(
            stream.id, refusal.head(isGRPC: stream.isGRPC), hasBody: false)
    }

    /// Nothing to say when the body has begun, or the answer: the peer did not wait then.
    private func sendContinue(_ connection: Connection, _ id: Int32) {
        guard let stream = answerable(connection, id), stream.receivedBytes == 0,
            !stream.hasRemoteEnded
        else { return }
        connection.session.inform(id, status: 100)
    }

    private func abandon(_ connection: Connection, _ id: Int32) {
        guard connection.isUsable, let stream = connection.streams[id] else { return }
        if !stream.hasHead {
            answer(connection, stream, .abandoned)
        } else if !stream.isEndQueued {
            connection.session.reset(id, .internalError)
        }
    }

    /// The stream, unless it is gone or was answered by the server itself (an expected race).
    private func answerable(_ connection: Connection, _ id: Int32) -> Stream? {
        guard connection.isUsable, let stream = connection.streams[id], !stream.hasHead else {
            return nil
        }
        return stream
    }
}
