package import NIOCore
internal import Synchronization

/// The phases of one outgoing message. A value.
package struct OutgoingPhase: Equatable {
    package enum Event {
        case start
        case write
        case finish
        case whole
        case reset
    }

    package enum Action: Equatable {
        case proceed
        /// The message was already ended, by this side or by a reset: an expected race, dropped.
        case drop
        /// The calls came in an order that has no meaning: our bug.
        case misuse(String)
    }

    private enum State: Equatable {
        case idle
        case streaming
        case finished
    }

    private var state = State.idle
    var isFinished: Bool { state == .finished }
    var hasBegun: Bool { state != .idle }

    package init() {}

    package mutating func event(_ event: Event) -> Action {
        switch (state, event) {
        case (.finished, _): return .drop
        case (.idle, .start):
            state = .streaming
        case (.idle, .whole), (.streaming, .finish), (_, .reset):
            state = .finished
        case (.streaming, .write):
            break
        case (.idle, .write), (.idle, .finish): return .misuse("start the response first")
        case (.streaming, .start), (.streaming, .whole): return .misuse("already started")
        }
        return .proceed
    }
}

/// The answer to one request. Any task may use it; calls take effect in the order they are made.
package final class Response: Sendable {
    let face: StreamFace
    /// Adds what every head of this server says.
    private let decorate: (@Sendable (inout Headers) -> Void)?
    private let phase = Mutex(OutgoingPhase())

    init(_ face: StreamFace, decorate: (@Sendable (inout Headers) -> Void)? = nil) {
        self.face = face
        self.decorate = decorate
    }

    /// Sends a complete response. Suspends only while the connection's output is full. When the
    /// stream or connection is already gone the response is dropped, as nobody could receive it.
    ///
    /// Adds `content-length` unless it is present, trailers follow, or the status allows no body.
    package func send(
        status: Int, headers: Headers = Headers(), body: ByteBuffer = ByteBuffer(),
        trailers: Headers? = nil
    ) async {
        precondition((200...599).contains(status), "not a final HTTP status")
        guard advance(.whole) else { return }
        var head = ResponseHead(status: status, headers: headers)
        decorate?(&head.headers)
        let mayHaveBody = status != 204 && status != 304
        if trailers == nil && mayHaveBody && headers["content-length"] == nil {
            head.headers.addTrusted("content-length", String(body.readableBytes))
        }
        let command = Command.respond(face.id, head, body, trailers)
        if body.readableBytes == 0 {
            face.port.post(command)
            return
        }
        do {
            try await face.port.postWhole(face.id, body.readableBytes, command)
        } catch {
            // Cancelled while waiting for room: the peer is gone or will be reset by this.
            face.port.post(.reset(face.id, .cancel))
        }
    }

    /// A complete response without a body that may be sent outside a task.
    func sendHeadOnly(status: Int, headers: Headers) {
        guard advance(.whole) else { return }
        var head = ResponseHead(status: status, headers: headers)
        decorate?(&head.headers)
        face.port.post(.respond(face.id, head, ByteBuffer(), nil))
    }

    /// Sends the head; the body follows by `write` and ends by `finish`.
    package func start(status: Int, headers: Headers = Headers()) {
        precondition((200...599).contains(status), "not a final HTTP status")
        guard advance(.start) else { return }
        var head = ResponseHead(status: status, headers: headers)
        decorate?(&head.headers)
        face.port.post(.head(face.id, head))
    }

    /// Sends body bytes. Suspends while the stream's bounded output buffer is full.
    /// - Throws: `HTTP2Error` when the stream was reset or has ended, or the connection closed;
    ///   `CancellationError` when the task was cancelled while it waited; a part of the bytes may
    ///   then be on its way, so that nothing but `reset` makes sense after it.
    package func write(_ bytes: ByteBuffer) async throws {
        guard advance(.write) else {
            throw HTTP2Error(.alreadyFinished, "the response has ended")
        }
        try await face.port.write(face, bytes)
    }

    /// Ends the response, with trailers if given.
    package func finish(trailers: Headers? = nil) {
        guard advance(.finish) else { return }
        face.port.post(.end(face.id, trailers))
    }

    /// Abandons the stream with RST_STREAM.
    package func reset(_ code: ErrorCode) {
        guard advance(.reset) else { return }
        face.port.post(.reset(face.id, code))
    }

    /// Whether the end, or a reset, was already asked for.
    package var isFinished: Bool { phase.withLock { $0.isFinished } }

    /// Whether a head, the end or a reset was already asked for: `send` may not be used any more.
    package var hasBegun: Bool { phase.withLock { $0.hasBegun } }

    func handlerReturned() {
        if !isFinished { face.port.post(.abandoned(face.id)) }
    }

    private func advance(_ event: OutgoingPhase.Event) -> Bool {
        switch phase.withLock({ $0.event(event) }) {
        case .proceed: return true
        case .drop: return false
        case .misuse(let why): preconditionFailure(why)
        }
    }
}
