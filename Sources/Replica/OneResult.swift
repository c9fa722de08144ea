internal import Shares

/// A result that one thread sets once and another waits for.
final class OneResult<Value: Sendable>: Sendable {
    private let result = Monitor<Result<Value, any Error>?>(nil)

    /// Sets the result; the first one stays.
    func set(_ result: Result<Value, any Error>) {
        self.result.withLock { $0 = $0 ?? result }
        self.result.broadcast()
    }

    /// Blocks until there is a result.
    func wait() throws -> Value { try result.wait { $0 }.get() }
}
