internal import Foundation

/// A queue between threads: any thread puts, one thread takes all that is there.
///
/// It has no bound of its own; who puts states why what waits is bounded. Unchecked because the
/// compiler cannot see the lock: every access to `items` and `isClosed` holds `condition`.
final class Inbox<Item: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private var items: [Item] = []
    private var isClosed = false

    /// Puts an item; false when the queue is closed.
    @discardableResult
    func put(_ item: Item) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        guard !isClosed else { return false }
        items.append(item)
        condition.signal()
        return true
    }

    /// Takes all items, waiting for the first until the deadline, if there is one; nil when the
    /// queue is closed and empty.
    func takeAll(until deadline: Date? = nil) -> [Item]? {
        condition.lock()
        defer { condition.unlock() }
        while items.isEmpty {
            if isClosed { return nil }
            guard let deadline else {
                condition.wait()
                continue
            }
            if !condition.wait(until: deadline) { break }
        }
        let taken = items
        items = []
        return taken
    }

    /// Refuses new items; what is there can still be taken.
    func close() {
        condition.lock()
        isClosed = true
        condition.broadcast()
        condition.unlock()
    }
}
