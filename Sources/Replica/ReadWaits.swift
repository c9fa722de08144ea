internal import Synchronization

/// Who waits to hear up to where he has to read, by a number of his own: any task waits, the
/// replica thread answers, and whoever is cancelled leaves nothing behind.
final class ReadWaits: Sendable {
    private struct Shared {
        var waits: [UInt64: CheckedContinuation<UInt64?, Never>] = [:]
        var last: UInt64 = 0
    }

    private let shared = Mutex(Shared())

    /// Asks, and waits for the answer; nil when nobody could confirm anything.
    ///
    /// - Parameters:
    ///   - ask: has the question of this number answered; false when nobody does any more.
    ///   - giveUp: nobody waits for that answer any more. Called behind `ask`, if at all.
    /// - Throws: when the task is cancelled; it waits no longer then.
    func wait(
        _ ask: (UInt64) -> Bool, givingUp giveUp: @Sendable (UInt64) -> Void
    ) async throws(CancellationError) -> UInt64? {
        let number = shared.withLock {
            $0.last += 1
            return $0.last
        }
        let index = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // Asked under the lock, so that nobody gives up what is still to be asked.
                let isAsked = shared.withLock { shared in
                    guard !Task.isCancelled, ask(number) else { return false }
                    shared.waits[number] = continuation
                    return true
                }
                if !isAsked { continuation.resume(returning: nil) }
            }
        } onCancel: {
            guard let waiting = shared.withLock({ $0.waits.removeValue(forKey: number) }) else {
                return
            }
            giveUp(number)
            waiting.resume(returning: nil)
        }
        if Task.isCancelled { throw CancellationError() }
        return index
    }

    /// Answers one, unless he has given up.
    func answer(_ number: UInt64, _ index: UInt64?) {
        shared.withLock { $0.waits.removeValue(forKey: number) }?.resume(returning: index)
    }

    /// Nobody confirms anything any more.
    func answerAll() {
        let left = shared.withLock { shared in
            defer { shared.waits = [:] }
            return shared.waits.values
        }
        for waiting in left { waiting.resume(returning: nil) }
    }
}
