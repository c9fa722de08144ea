internal import Glibc

/// A fixed number of readers, each with its own thread and connection, for async callers.
///
/// libpq blocks, so its calls never run on the cooperative pool: a call waits in a bounded queue
/// until one of the threads takes it. A connection is opened when it is first needed and again
/// after it broke.
public final class ReaderPool: Sendable {
    private let queue: ReadQueue

    /// Starts the threads; connects nothing yet.
    ///
    /// - Parameters:
    ///   - readers: threads and connections, at least 1.
    ///   - maximumWaiting: calls that may wait while all readers are busy.
    ///   - statementTimeoutMilliseconds: after this a query is given up.
    public init(
        _ address: DatabaseAddress, readers: Int = 4, maximumWaiting: Int = 256,
        statementTimeoutMilliseconds: Int = 30_000
    ) throws {
        let queue = ReadQueue(capacity: maximumWaiting, workers: max(1, readers))
        self.queue = queue
        for _ in 0..<max(1, readers) {
            let started = startThread {
                ReaderPool.serve(queue, address, statementTimeoutMilliseconds)
            }
            guard started else {
                queue.close {}
                throw StoreError(.overloaded, "The system gives no more threads.")
            }
        }
    }

    deinit {
        queue.close {}
    }

    /// Runs `body` with a reader.
    ///
    /// After a connection turns out to be broken, `body` is run once more on a new one: it only
    /// reads, so that is safe.
    ///
    /// - Throws: ``StoreError``: `overloaded` when the queue is full, `closed` after
    ///   ``shutdown()``, `connectionLost` when no server answers; and whatever `body` throws.
    public func read<T: Sendable>(
        _ body: @Sendable @escaping (LedgerReader) throws -> T
    ) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            let job = ReadJob(
                run: { reader in continuation.resume(returning: try body(reader)) },
                fail: { error in continuation.resume(throwing: error) })
            if let refusal = queue.add(job) { job.fail(refusal) }
        }
    }

    /// Refuses new calls, fails those that wait, and returns when the threads have ended.
    public func shutdown() async {
        await withCheckedContinuation { continuation in
            queue.close { continuation.resume() }
        }
    }

    /// Calls that no reader has taken yet.
    package var waitingCount: Int { queue.waitingCount }

    private static func serve(
        _ queue: ReadQueue, _ address: DatabaseAddress, _ statementTimeoutMilliseconds: Int
    ) {
        var reader: LedgerReader?
        while let job = queue.take() {
            let wasOpen = reader != nil
            do {
                do {
                    try run(job, &reader, address, statementTimeoutMilliseconds)
                } catch let error as StoreError where error.code == .connectionLost && wasOpen {
                    try run(job, &reader, address, statementTimeoutMilliseconds)
                }
            } catch {
                job.fail(error)
            }
            queue.jobEnded()
        }
        queue.workerEnded()
    }

    private static func run(
        _ job: ReadJob, _ reader: inout LedgerReader?, _ address: DatabaseAddress,
        _ statementTimeoutMilliseconds: Int
    ) throws {
        do {
            let current =
                try reader
                ?? LedgerReader(
                    address, statementTimeoutMilliseconds: statementTimeoutMilliseconds)
            reader = current
            try job.run(current)
        } catch {
            if (error as? StoreError)?.code == .connectionLost { reader = nil }
            throw error
        }
    }
}

/// One waiting call. Exactly one of "`run` returns" and "`fail` is called" happens.
private struct ReadJob: Sendable {
    let run: @Sendable (LedgerReader) throws -> Void
    let fail: @Sendable (any Error) -> Void
}

/// The bounded queue between callers and reader threads.
///
/// `@unchecked Sendable`: every stored variable is read and written only between `lock()` and
/// `unlock()` of its own mutex, and the mutex and condition live at fixed addresses.
private final class ReadQueue: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let capacity: Int
    private var jobs: [ReadJob] = []
    private var idleWorkers: Int
    private var liveWorkers: Int
    private var isClosed = false
    private var onEnd: [@Sendable () -> Void] = []

    init(capacity: Int, workers: Int) {
        self.capacity = capacity
        idleWorkers = workers
        liveWorkers = workers
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    /// Returns why the job was not taken, nil when it was.
    func add(_ job: ReadJob) -> StoreError? {
        locked {
            guard !isClosed else { return StoreError(.closed, "The readers are shut down.") }
            guard jobs.count < capacity + idleWorkers else {
                return StoreError(
                    .overloaded, "\(capacity) reads wait already; retry after a moment.")
            }
            jobs.append(job)
            pthread_cond_signal(changed)
            return nil
        }
    }

    /// Waits for a job; nil when the queue is closed.
    func take() -> ReadJob? {
        locked {
            while jobs.isEmpty && !isClosed { pthread_cond_wait(changed, mutex) }
            guard !jobs.isEmpty else { return nil }
            idleWorkers -= 1
            return jobs.removeFirst()
        }
    }

    var waitingCount: Int { locked { jobs.count } }

    func jobEnded() {
        locked { idleWorkers += 1 }
    }

    func workerEnded() {
        let callbacks = locked {
            liveWorkers -= 1
            guard liveWorkers == 0 else { return [@Sendable () -> Void]() }
            defer { onEnd = [] }
            return onEnd
        }
        for callback in callbacks { callback() }
    }

    /// Calls `ended` once no worker is left.
    func close(_ ended: @escaping @Sendable () -> Void) {
        let (abandoned, alreadyEnded) = locked {
            isClosed = true
            defer { jobs = [] }
            pthread_cond_broadcast(changed)
            if liveWorkers > 0 { onEnd.append(ended) }
            return (jobs, liveWorkers == 0)
        }
        for job in abandoned { job.fail(StoreError(.closed, "The readers are shut down.")) }
        if alreadyEnded { ended() }
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }
}

/// Starts a detached thread; false when the system gives none.
private func startThread(_ body: @escaping @Sendable () -> Void) -> Bool {
    final class Box {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    let box = Unmanaged.passRetained(Box(body))
    var thread = pthread_t()
    let failed = pthread_create(
        &thread, nil,
        { argument in
            Unmanaged<Box>.fromOpaque(argument!).takeRetainedValue().body()
            return nil
        }, box.toOpaque())
    guard failed == 0 else {
        box.release()
        return false
    }
    pthread_detach(thread)
    return true
}
