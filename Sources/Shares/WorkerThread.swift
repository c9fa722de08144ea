internal import Glibc

/// A thread of its own for work that blocks or takes long, such as calls into libpq. None of that
/// may run on an event loop or where the steps of tasks run.
///
/// Letting go of the value does not end the thread: `body` does, by returning.
package struct WorkerThread: Sendable {
    /// The system gives no thread.
    package struct Unavailable: Error, CustomStringConvertible {
        package var description: String { "the system gives no thread" }
    }

    /// Enough for the deepest calls, whatever the process was told; taken page by page.
    private static let stackBytes = 8 << 20

    private let hasEnded: Monitor<Bool>

    /// Starts `body`.
    ///
    /// - Parameters:
    ///   - name: what the system's tools show, cut to 15 bytes.
    ///   - niceness: added to the thread's nice value; the higher, the less it disturbs others.
    @discardableResult
    package init(
        _ name: String, niceness: Int = 0, _ body: @escaping @Sendable () -> Void
    ) throws(Unavailable) {
        let hasEnded = Monitor(false)
        self.hasEnded = hasEnded
        try WorkerThread.start {
            WorkerThread.describe(name, niceness)
            body()
            hasEnded.withLock { $0 = true }
            hasEnded.broadcast()
        }
    }

    /// Blocks until `body` has returned.
    package func join() {
        hasEnded.wait { $0 ? () : nil }
    }

    /// Runs blocking work on a thread of its own.
    ///
    /// - Throws: what `body` throws, or ``Unavailable``.
    package static func run<Value: Sendable>(
        _ name: String, _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            do throws(Unavailable) {
                try WorkerThread(name) { continuation.resume(with: Result(catching: body)) }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    /// What the calling thread is called, and how much it gives way.
    private static func describe(_ name: String, _ niceness: Int) {
        // The C function for it is hidden from Swift; a thread without a name works as well.
        let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        if file >= 0 {
            _ = write(file, name, min(name.utf8.count, 15))
            close(file)
        }
        // Linux keeps nice values by thread.
        if niceness > 0 { _ = nice(Int32(niceness)) }
    }

    private static func start(_ body: @escaping @Sendable () -> Void) throws(Unavailable) {
        final class Box {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        let box = Unmanaged.passRetained(Box(body))
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, stackBytes)
        var thread = pthread_t()
        let failure = pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            }, box.toOpaque())
        guard failure == 0 else {
            box.release()
            throw Unavailable()
        }
    }
}
