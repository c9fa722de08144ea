internal import Domain
internal import Synchronization

/// Lets a stream submit many orders without waiting for each, and answer them in their order.
///
/// A bounded number is under way: who submits waits for room, who answers waits for the oldest.
package final class OrderedAnswers<Answer: Sendable>: Sendable {
    private struct Shared {
        var isClosed = false
        var isCancelled = false
        var taken: UInt64 = 0
        var given: UInt64 = 0
        var answers: [UInt64: Answer] = [:]
        var room: CheckedContinuation<Void, Never>?
        var next: CheckedContinuation<Answer?, Never>?
    }

    private let shared = Mutex(Shared())
    private let limit: UInt64

    package init(limit: UInt64) {
        self.limit = limit
    }

    /// The number of the next order, once there is room; nil after ``cancel()``. Called by one task
    /// only.
    package func take() async -> UInt64? {
        await withCheckedContinuation { continuation in
            let hasRoom = shared.withLock {
                if $0.isCancelled || $0.taken - $0.given < limit { return true }
                $0.room = continuation
                return false
            }
            if hasRoom { continuation.resume() }
        }
        return shared.withLock {
            guard !$0.isCancelled else { return nil }
            $0.taken += 1
            return $0.taken - 1
        }
    }

    /// Nobody takes answers any more: wakes who waits for room.
    package func cancel() {
        let waiting = shared.withLock {
            $0.isCancelled = true
            let waiting = $0.room
            $0.room = nil
            return waiting
        }
        waiting?.resume()
    }

    /// The answer to one order; any thread, any order of orders.
    package func set(_ number: UInt64, _ answer: Answer) {
        let waiting = shared.withLock {
            guard number == $0.given, let waiting = $0.next else {
                $0.answers[number] = answer
                return Optional<CheckedContinuation<Answer?, Never>>.none
            }
            $0.next = nil
            $0.given += 1
            return waiting
        }
        waiting?.resume(returning: answer)
        wakeSubmitter()
    }

    /// No order follows.
    package func close() {
        let waiting = shared.withLock {
            $0.isClosed = true
            guard $0.given == $0.taken else {
                return Optional<CheckedContinuation<Answer?, Never>>.none
            }
            let waiting = $0.next
            $0.next = nil
            return waiting
        }
        waiting?.resume(returning: nil)
    }

    /// The answer to the oldest order that has none yet; nil after the last. One task only.
    package func next() async -> Answer? {
        let answer: Answer? = await withCheckedContinuation { continuation in
            let known: Answer?? = shared.withLock {
                if let answer = $0.answers.removeValue(forKey: $0.given) {
                    $0.given += 1
                    return .some(answer)
                }
                if $0.isClosed, $0.given == $0.taken { return .some(nil) }
                $0.next = continuation
                return nil
            }
            if let known { continuation.resume(returning: known) }
        }
        wakeSubmitter()
        return answer
    }

    private func wakeSubmitter() {
        let waiting = shared.withLock {
            guard $0.taken - $0.given < limit else {
                return Optional<CheckedContinuation<Void, Never>>.none
            }
            let waiting = $0.room
            $0.room = nil
            return waiting
        }
        waiting?.resume()
    }
}
