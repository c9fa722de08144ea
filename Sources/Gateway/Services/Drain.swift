internal import Synchronization

/// Tells calls that stand open by nature, watches and streams, that the gateway is stopping.
final class Drain: Sendable {
    private struct Shared {
        var hasBegun = false
        var handlers: [Int: @Sendable () -> Void] = [:]
        var next = 0
    }

    private let shared = Mutex(Shared())

    var hasBegun: Bool { shared.withLock { $0.hasBegun } }

    /// Begins: calls every handler once.
    func begin() {
        let handlers = shared.withLock {
            $0.hasBegun = true
            let handlers = $0.handlers.values
            $0.handlers = [:]
            return handlers
        }
        for handler in handlers { handler() }
    }

    /// Calls `handler` when stopping begins, at once when it has; gives a number to take it back.
    func onBegin(_ handler: @escaping @Sendable () -> Void) -> Int {
        let number: Int? = shared.withLock {
            guard !$0.hasBegun else { return nil }
            $0.next += 1
            $0.handlers[$0.next] = handler
            return $0.next
        }
        if number == nil { handler() }
        return number ?? 0
    }

    func remove(_ number: Int) {
        shared.withLock { _ = $0.handlers.removeValue(forKey: number) }
    }
}
