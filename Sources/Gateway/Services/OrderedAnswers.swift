package import Shares
internal import Synchronization

/// Lets a stream submit many orders without waiting for each, and answer them in their order.
///
/// A bounded number is under way: who submits waits for room, who answers waits for the oldest.
/// A few may always be; more of them only while the owner's account has room, so that many streams
/// of one owner, whose answers nobody takes, hold no more than a few do.
package final class OrderedAnswers<Answer: Sendable>: Sendable {
    private struct Shared {
        var isClosed = false
        var isCancelled = false
        var taken: UInt64 = 0
        var given: UInt64 = 0
        var answers: [UInt64: Answer] = [:]
        var room: CheckedContinuation<UInt64?, Never>?
        var next: CheckedContinuation<Answer?, Never>?
    }

    private let shared = Mutex(Shared())
    private let limit: UInt64
    private let always: UInt64
    private let account: Account

    /// - Parameters:
    ///   - limit: the most orders under way.
    ///   - always: so many may be under way whatever the account says; at least one.
    ///   - account: of whoever opened the stream; counts each order under way beyond those.
    package init(limit: UInt64, always: UInt64, account: Account) {
        precondition(always > 0, "one order at least gets through")
        self.limit = limit
        self.always = min(always, limit)
        self.account = account
    }

    deinit {
        account.giveBack(shared.withLock { counted($0) })
    }

    /// Orders under way that the account counts.
    private func counted(_ shared: borrowing Shared) -> Int {
        Int(max(shared.taken - shared.given, always) - always)
    }

    /// Takes the next place if there is one.
    private func takePlace(_ shared: inout Shared) -> Bool {
        let underWay = shared.taken - shared.given
        guard underWay < always || underWay < limit && account.take(1) else { return false }
        shared.taken += 1
        return true
    }

    /// The oldest order has its answer.
    private func give(_ shared: inout Shared) {
        if counted(shared) > 0 { account.giveBack(1) }
        shared.given += 1
    }

    /// The number of the next order, if there is room now.
    package func takeNow() -> UInt64? {
        shared.withLock { $0.isCancelled || !takePlace(&$0) ? nil : $0.taken - 1 }
    }

    /// The number of the next order, once there is room; nil after ``cancel()``. Called by one task
    /// only.
    package func take() async -> UInt64? {
        if let number = takeNow() { return number }
        return await withCheckedContinuation { continuation in
            let number: UInt64?? = shared.withLock {
                if $0.isCancelled { return .some(nil) }
                if takePlace(&$0) { return $0.taken - 1 }
                $0.room = continuation
                return nil
            }
            if let number { continuation.resume(returning: number) }
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
        waiting?.resume(returning: nil)
    }

    /// The answer to one order; any thread, any order of orders.
    package func set(_ number: UInt64, _ answer: Answer) {
        let waiting = shared.withLock {
            guard number == $0.given, let waiting = $0.next else {
                $0.answers[number] = answer
                return Optional<CheckedContinuation<Answer?, Never>>.none
            }
            $0.next = nil
            give(&$0)
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
                    give(&$0)
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
            guard let waiting = $0.room, takePlace(&$0) else {
                return Optional<(CheckedContinuation<UInt64?, Never>, UInt64)>.none
            }
            $0.room = nil
            return (waiting, $0.taken - 1)
        }
        if let (continuation, number) = waiting { continuation.resume(returning: number) }
    }
}
