package import NIOCore
internal import Synchronization

/// The phases of a call on the server: the status goes out once, whoever is first. A value.
package struct GRPCCallPhase: Equatable {
    package enum Event {
        case message
        case finish
        case deadline
    }

    package enum Action: Equatable {
        /// Send the head, then carry on.
        case startThenProceed
        case proceed
        /// End without messages: the status goes in the head.
        case trailersOnly
        /// The call is over; drop this (an expected race).
        case drop
    }

    private enum State: Equatable {
        case idle
        case streaming
        case finished
    }

    private var state = State.idle
    package private(set) var isPastDeadline = false
    var isFinished: Bool { state == .finished }

    package init() {}

    package mutating func event(_ event: Event) -> Action {
        switch (state, event) {
        case (.finished, _):
            return .drop
        case (.idle, .message):
            state = .streaming
            return .startThenProceed
        case (.streaming, .message):
            return .proceed
        case (let before, .finish), (let before, .deadline):
            isPastDeadline = event == .deadline
            state = .finished
            return before == .idle ? .trailersOnly : .proceed
        }
    }
}

/// A gRPC call over a request and its response. Any task may use it.
package final class GRPCServerCall: Sendable {
    package let request: Request
    private let response: Response
    private let maxMessageBytes: Int
    private let phase = Mutex(GRPCCallPhase())
    /// From the arrival of the call, or nil when the client set none.
    package let timeout: Duration?

    /// Checks the request and starts its deadline. When it is no gRPC call the response is already
    /// sent and nil is returned: 415 for another content type, else a gRPC status. Either way the
    /// mistake is the caller's.
    /// - Parameters:
    ///   - allowsIdleStream: exempts the call from `Limits.bodyTimeout`.
    package init?(
        _ request: Request, _ response: Response, maxMessageBytes: Int,
        allowsIdleStream: Bool = false
    ) async {
        self.request = request
        self.response = response
        self.maxMessageBytes = maxMessageBytes
        let headers = request.head.headers
        timeout = headers["grpc-timeout"].flatMap { GRPC.parse(timeout: $0) }
        guard GRPC.accepts(contentType: headers["content-type"]) else {
            await response.send(status: 415)
            return nil
        }
        if let refusal = Self.refusal(request.head) {
            finish(refusal)
            return nil
        }
        if allowsIdleStream { request.allowIdleBody() }
        if let timeout { startDeadline(timeout) }
    }

    /// What is wrong with the head of a call, which is always its sender's mistake.
    private static func refusal(_ head: RequestHead) -> GRPCStatus? {
        guard head.method == "POST" else {
            return GRPCStatus(.invalidArgument, "gRPC uses the method POST")
        }
        let timeouts = head.headers.all("grpc-timeout")
        guard timeouts.count <= 1, timeouts.allSatisfy({ GRPC.parse(timeout: $0) != nil }) else {
            return GRPCStatus(
                .invalidArgument, "grpc-timeout must be at most 8 digits and one of H M S m u n")
        }
        guard head.headers.all("grpc-encoding").allSatisfy({ $0 == "identity" }) else {
            return GRPCStatus(.unimplemented, "compression is not supported")
        }
        return nil
    }

    /// The client's messages.
    package var messages: GRPCMessages {
        GRPCMessages(
            body: request.body, maxMessageBytes: maxMessageBytes, memory: request.memory)
    }

    /// The fully qualified method, `/package.Service/Method`.
    package var method: String { request.head.path }

    /// Sends one message, suspending while the output buffer is full.
    /// - Throws: `GRPCStatus` CANCELLED or DEADLINE_EXCEEDED when the call is over; `HTTP2Error`
    ///   when the stream failed; `CancellationError`.
    package func send(_ message: consuming ByteBuffer) async throws {
        try await write([GRPC.frame(message)])
    }

    /// Sends one message that is the sum of these parts, which are not copied.
    /// - Throws: as ``send(_:)``.
    package func send(parts: [ByteBuffer]) async throws {
        let prefix = GRPC.prefix(parts.reduce(0) { $0 + $1.readableBytes })
        try await write([prefix] + parts)
    }

    private func write(_ parts: [ByteBuffer]) async throws {
        let action = phase.withLock { phase in
            let action = phase.event(.message)
            // Within the lock, so that no other task's message or end overtakes the head.
            if action == .startThenProceed {
                response.start(status: 200, headers: ["content-type": GRPC.contentType])
            }
            return action
        }
        if action == .drop { throw overStatus }
        for part in parts { try await response.write(part) }
    }

    /// Ends the call. Only the first status goes out; a later one is dropped.
    package func finish(_ status: GRPCStatus = .ok, trailers: Headers = Headers()) {
        end(.finish, status, trailers)
    }

    /// Sends the only message of a unary call and ends it, as one write.
    package func reply(_ message: consuming ByteBuffer, trailers: Headers = Headers()) async {
        switch phase.withLock({ $0.event(.finish) }) {
        case .trailersOnly:
            await response.send(
                status: 200, headers: ["content-type": GRPC.contentType],
                body: GRPC.frame(message), trailers: GRPCStatus.ok.trailers(trailers))
        case .startThenProceed, .proceed:
            // After `send` this is a second message, which no unary caller would understand.
            response.finish(trailers: GRPCStatus(.internal, "more than one reply").trailers())
        case .drop:
            break
        }
    }

    /// Whether the status was already sent.
    package var isFinished: Bool { phase.withLock { $0.isFinished } }

    /// Whether the deadline ended the call; what the handler says after it goes nowhere.
    package var isPastDeadline: Bool { phase.withLock { $0.isPastDeadline } }

    private var overStatus: GRPCStatus {
        phase.withLock { $0.isPastDeadline }
            ? GRPCStatus(.deadlineExceeded, "the deadline passed")
            : GRPCStatus(.cancelled, "the call has ended")
    }

    private func startDeadline(_ timeout: Duration) {
        let face = response.face
        let expire: @Sendable () -> Void = { [self] in
            let status = GRPCStatus(.deadlineExceeded, "the deadline passed")
            // A call that has its answer is only waiting for room to send it.
            guard end(.deadline, status, Headers()) else { return }
            face.port.post(.cancelHandler(face.id))
        }
        face.port.post(.timer(face.id, TimeAmount(min(timeout, GRPC.longest)), expire))
    }

    /// False when the call had ended before.
    @discardableResult
    private func end(
        _ event: GRPCCallPhase.Event, _ status: GRPCStatus, _ trailers: Headers
    ) -> Bool {
        var metadata = trailers
        // Who used something that is not known here learns what it may use instead.
        if status.code == .unimplemented { metadata.add("grpc-accept-encoding", "identity") }
        return phase.withLock { phase in
            // Within the lock: a handler that finds its call ended may return at once, and must not
            // be taken for one that never answered.
            switch phase.event(event) {
            case .trailersOnly:
                response.sendHeadOnly(status: 200, headers: status.trailersOnly(metadata))
                return true
            case .proceed:
                response.finish(trailers: status.trailers(metadata))
                return true
            case .drop, .startThenProceed:
                return false
            }
        }
    }
}
