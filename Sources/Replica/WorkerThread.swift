internal import Foundation

/// A dedicated thread for blocking work; calls into libpq never run on an event loop or on the
/// cooperative pool.
struct WorkerThread: Sendable {
    private let finished = OneResult<Void>()

    /// Starts `body` on a new named thread.
    init(_ name: String, _ body: @escaping @Sendable () -> Void) {
        let finished = finished
        let thread = Thread {
            body()
            finished.set(.success(()))
        }
        thread.name = name
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Blocks until `body` has returned.
    func join() {
        try? finished.wait()  // a thread's end is never a failure
    }
}

/// A result that one thread sets once and another waits for.
///
/// Unchecked because the compiler cannot see the lock: every access to `result` holds `condition`.
final class OneResult<Value: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private var result: Result<Value, any Error>?

    func set(_ result: Result<Value, any Error>) {
        condition.lock()
        self.result = self.result ?? result
        condition.broadcast()
        condition.unlock()
    }

    func wait() throws -> Value {
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let result { return try result.get() }
            condition.wait()
        }
    }
}

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
