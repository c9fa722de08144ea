internal import Synchronization

/// Lets a bounded number in at a time; the others wait in the order in which they came.
///
/// Whoever waits is bounded by who may ask: a stream asks once.
package final class Gate: Sendable {
    private struct Shared {
        var free: Int
        var nextTicket: UInt64 = 0
        /// In the order of tickets.
        var waiting: [(ticket: UInt64, waiter: Waiter)] = []
    }

    private typealias Waiter = CheckedContinuation<Bool, Never>
    private let shared: Mutex<Shared>

    package init(places: Int) {
        precondition(places > 0, "a gate lets somebody in")
        shared = Mutex(Shared(free: places))
    }

    /// Waits for a place; give it back with ``leave()``.
    ///
    /// - Throws: `CancellationError` when the task is cancelled before it has one.
    package func enter() async throws(CancellationError) {
        let ticket: UInt64? = shared.withLock {
            if $0.free > 0 {
                $0.free -= 1
                return nil
            }
            $0.nextTicket += 1
            return $0.nextTicket
        }
        guard let ticket else { return }
        guard await wait(ticket) else { throw CancellationError() }
    }

    private func wait(_ ticket: UInt64) async -> Bool {
        await withTaskCancellationHandler {
            await withCheckedContinuation { (waiter: Waiter) in
                // A place may have become free, or the task been cancelled, since the attempt.
                let known: Bool? = shared.withLock {
                    if Task.isCancelled { return false }
                    if $0.free > 0 {
                        $0.free -= 1
                        return true
                    }
                    $0.waiting.append((ticket, waiter))
                    return nil
                }
                if let known { waiter.resume(returning: known) }
            }
        } onCancel: {
            let waiter: Waiter? = shared.withLock { shared in
                guard let place = shared.waiting.firstIndex(where: { $0.ticket == ticket })
                else { return nil }
                return shared.waiting.remove(at: place).waiter
            }
            waiter?.resume(returning: false)
        }
    }

    /// Gives a place back: the next one that waits has it.
    package func leave() {
        let waiter: Waiter? = shared.withLock {
            if $0.waiting.isEmpty {
                $0.free += 1
                return nil
            }
            return $0.waiting.removeFirst().waiter
        }
        waiter?.resume(returning: true)
    }

    /// Runs `body` inside the gate.
    package func pass<Value>(_ body: () async throws -> Value) async throws -> Value {
        try await enter()
        defer { leave() }
        return try await body()
    }
}
