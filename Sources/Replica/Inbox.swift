internal import Foundation
internal import Shares

/// A queue between threads: any thread puts, one thread takes all that is there.
///
/// It has no bound of its own; who puts states why what waits is bounded.
final class Inbox<Item: Sendable>: Sendable {
    private struct State {
        var items: [Item] = []
        var isClosed = false
        /// Who takes has found nothing, and has not looked again.
        var isAwaited = false
        /// So many items are worth waking for, unless one of them is urgent.
        var worthwhile = 1

        /// Nil when there is nothing to take and nothing to say.
        mutating func takeAll() -> [Item]?? {
            isAwaited = items.isEmpty && !isClosed
            if items.isEmpty { return isClosed ? .some(nil) : nil }
            defer { items = [] }
            return items
        }
    }

    private let state = Monitor(State())

    /// Puts an item; false when the queue is closed.
    ///
    /// - Parameter urgently: whether it wakes a taker who waits for more than one.
    @discardableResult
    func put(_ item: Item, urgently: Bool = true) -> Bool {
        let wakes: Bool? = state.withLock {
            guard !$0.isClosed else { return nil }
            $0.items.append(item)
            return $0.isAwaited && (urgently || $0.items.count >= $0.worthwhile)
        }
        // Said when the lock is free, so that who wakes does not go to sleep again at once. Whoever
        // puts the next item says it too, as long as nobody has woken: this thread may be off its
        // processor for long.
        if wakes == true { state.signal() }
        return wakes != nil
    }

    /// Takes all items, waiting for the first until the deadline, if there is one; nil when the
    /// queue is closed and empty.
    ///
    /// - Parameter worthwhile: so many items, or an urgent one, end the wait early; fewer are
    ///   taken at the deadline.
    func takeAll(until deadline: Date? = nil, worthwhile: Int = 1) -> [Item]? {
        state.withLock { $0.worthwhile = worthwhile }
        guard let deadline else { return state.wait { $0.takeAll() } }
        // Nobody waits for longer than an hour without looking again.
        let time = Duration.seconds(max(0, min(deadline.timeIntervalSinceNow, 3_600)))
        return state.wait(atMost: time) { $0.takeAll() } ?? []
    }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Refuses new items; what is there can still be taken.
    func close() {
        state.withLock { $0.isClosed = true }
        state.broadcast()
    }
}
