internal import NIOCore
internal import Synchronization

/// A value that is set once and awaited by at most one task.
final class Once<Value: Sendable>: Sendable {
    private enum State {
        case empty
        case awaited(CheckedContinuation<Value, any Error>)
        case set(Result<Value, any Error>)
    }

    private let state = Mutex(State.empty)

    /// Sets the value; later ones are dropped (an expected race between outcomes).
    func set(_ result: Result<Value, any Error>) {
        let waiter = state.withLock { state -> CheckedContinuation<Value, any Error>? in
            switch state {
            case .set: return nil
            case .empty:
                state = .set(result)
                return nil
            case .awaited(let waiter):
                state = .set(result)
                return waiter
            }
        }
        waiter?.resume(with: result)
    }

    /// The value. On cancellation `onCancel` runs; it must lead to `set`.
    func get(onCancel: @escaping @Sendable () -> Void) async throws -> Value {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waiter in
                let ready = state.withLock { state -> Result<Value, any Error>? in
                    if case .set(let result) = state { return result }
                    if case .awaited = state {
                        preconditionFailure("a response is awaited by one task at a time")
                    }
                    state = .awaited(waiter)
                    return nil
                }
                if let ready { waiter.resume(with: ready) }
            }
        } onCancel: {
            onCancel()
        }
    }
}

/// A request on its way to a stream.
final class OpenRequest: Sendable {
    let head: RequestHead
    /// A complete body, counted in the ledger; nil when the caller streams it.
    let body: ByteBuffer?
    let timeout: TimeAmount?
    /// Nil for a streaming exchange.
    let whole: Once<ClientResponse>?
    /// Nil for a whole one.
    let streaming: (face: Once<StreamFace>, head: Once<ResponseHead>)?
    /// The stream, once there is one; for cancelling.
    let stream = Atomic<Int32>(0)

    init(_ head: RequestHead, body: ByteBuffer?, timeout: TimeAmount?, isWhole: Bool) {
        self.head = head
        self.body = body
        self.timeout = timeout
        whole = isWhole ? Once() : nil
        streaming = isWhole ? nil : (Once(), Once())
    }

    func fail(_ error: any Error) {
        whole?.set(.failure(error))
        streaming?.face.set(.failure(error))
        streaming?.head.set(.failure(error))
    }
}

/// What the event loop keeps of an open exchange.
final class Exchange {
    let request: OpenRequest
    var head: ResponseHead?
    var body = ByteBuffer()
    /// Set when this side gave up; overrides what the reset looks like.
    var failure: HTTP2Error?

    init(_ request: OpenRequest) {
        self.request = request
    }
}
