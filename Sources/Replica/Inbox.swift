internal import Foundation
internal import Shares

/// A queue between threads: any thread puts, one thread takes all that is there.
///
/// It has no bound of its own; who puts states why what waits is bounded.
final class Inbox<Item: Sendable>: Sendable {
    private struct State {
        var items: [Item] = []
        var isClosed = false

        /// Nil when there is nothing to take and nothing to say.
        mutating func takeAll() -> [Item]?? {
            if items.isEmpty { return isClosed ? .some(nil) : nil }
            defer { items = [] }
            return items
        }
    }

    private let state = Monitor(State())

    /// Puts an item; false when the queue is closed.
    @discardableResult
    func put(_ item: Item) -> Bool {
        state.withLock {
            guard !$0.isClosed else { return false }
            $0.items.append(item)
            // Behind others it is taken with them. Said under the lock: whoever puts the next item
            // relies on it, and this thread may be off its processor for long.
            if $0.items.count == 1 { state.signal() }
            return true
        }
    }

    /// Takes all items, waiting for the first until the deadline, if there is one; nil when the
    /// queue is closed and empty.
    func takeAll(until deadline: Date? = nil) -> [Item]? {
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
