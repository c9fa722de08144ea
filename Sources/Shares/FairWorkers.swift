internal import Synchronization

/// Threads for blocking or long work, shared out fairly among owners.
///
/// A job waits in its owner's line; turns go round between owners, and an owner has a bounded
/// number of threads at a time. Earlier lanes go first, but for every fourth job, so that none is
/// kept waiting for ever. A job whose caller is cancelled leaves the queue; one that is running is
/// reported to `interrupt`.
///
/// Each thread has a state of its own, made on the thread when it starts: a connection, say.
package final class FairWorkers<State>: Sendable {
    /// How many threads there are, and who may use them.
    package struct Configuration: Sendable {
        package var threads: Int
        /// Added to the nice value of each thread: the higher the less it disturbs others.
        package var niceness: Int
        package var lanes: Int
        /// Jobs that wait in a lane: in all, and of one owner.
        package var waiting: Int
        package var waitingPerOwner: Int
        /// Threads that one owner's jobs may have at once.
        package var threadsPerOwner: Int

        package init(
            threads: Int, niceness: Int = 0, lanes: Int = 1, waiting: Int,
            waitingPerOwner: Int, threadsPerOwner: Int
        ) {
            self.threads = threads
            self.niceness = niceness
            self.lanes = lanes
            self.waiting = waiting
            self.waitingPerOwner = waitingPerOwner
            self.threadsPerOwner = threadsPerOwner
        }
    }

    /// Why a job did not run.
    package enum Refusal: Error, Sendable, Hashable {
        /// Too many jobs of the owner, or of all owners, wait already.
        case full
        case closed
        /// The system gives no thread.
        case noThread
    }

    /// Exactly one of the two is called, once.
    fileprivate struct Job: Sendable {
        let number: UInt64
        let run: @Sendable (inout State) -> Void
        let fail: @Sendable (any Error) -> Void
    }

    fileprivate struct Shared {
        var lanes: [FairQueue<Job>]
        var lastNumber: UInt64 = 0
        var takenCount = 0
        /// Threads at work for an owner, in all lanes.
        var running: [Owner: Int] = [:]
        /// Numbers of the jobs that the threads have taken.
        var taken: Set<UInt64> = []
        var liveThreads = 0
        var isClosed = false
        var onEnd: [@Sendable () -> Void] = []
    }

    fileprivate typealias Taken = (owner: Owner, lane: Int, job: Job)

    package let configuration: Configuration
    private let shared: Monitor<Shared>
    private let interrupt: @Sendable (UInt64) -> Void

    /// - Parameters:
    ///   - interrupt: told the number of a running job that nobody waits for any more; must not
    ///     block, and may be called on any thread.
    /// - Throws: ``Refusal/noThread``.
    package init(
        _ configuration: Configuration,
        interrupt: @escaping @Sendable (UInt64) -> Void = { _ in },
        makeState: @escaping @Sendable (_ thread: Int) -> State
    ) throws(Refusal) {
        precondition(configuration.threads > 0 && configuration.lanes > 0)
        self.configuration = configuration
        self.interrupt = interrupt
        let lanes = (0..<configuration.lanes).map { _ in
            FairQueue<Job>(
                capacity: configuration.waiting, perOwner: configuration.waitingPerOwner)
        }
        shared = Monitor(Shared(lanes: lanes))
        for thread in 0..<configuration.threads {
            shared.withLock { $0.liveThreads += 1 }
            do throws(WorkerThread.Unavailable) {
                // The thread holds the workers: they live until it ends, after `close`.
                try WorkerThread("workers", niceness: configuration.niceness) { [self] in
                    serve(makeState, thread)
                }
            } catch {
                shared.withLock { $0.liveThreads -= 1 }
                close {}
                throw .noThread
            }
        }
    }

    // MARK: Callers

    /// Runs `body` on one of the threads.
    ///
    /// - Parameter body: gets the thread's state and the number of the job.
    /// - Throws: ``Refusal``; `CancellationError` when the task is cancelled before `body` begins;
    ///   what `body` throws.
    package func run<Value: Sendable>(
        lane: Int = 0, for owner: Owner,
        _ body: @escaping @Sendable (inout State, UInt64) throws -> Value
    ) async throws -> Value {
        let number = takeNumber()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let job = Job(
                    number: number,
                    run: { state in
                        continuation.resume(with: Result { try body(&state, number) })
                    },
                    fail: { continuation.resume(throwing: $0) })
                if let refusal = add(job, lane, owner) { job.fail(refusal) }
            }
        } onCancel: {
            cancel(number, lane, owner)
        }
    }

    private func takeNumber() -> UInt64 {
        shared.withLock {
            $0.lastNumber += 1
            return $0.lastNumber
        }
    }

    private func add(_ job: Job, _ lane: Int, _ owner: Owner) -> (any Error)? {
        let fault = shared.withLock { shared -> (any Error)? in
            guard !shared.isClosed else { return Refusal.closed }
            // Cancellation may have struck before there was anything to take out of the queue.
            if Task.isCancelled { return CancellationError() }
            return shared.lanes[lane].add(job, for: owner) ? nil : Refusal.full
        }
        // Where its owner has his share already, the thread that ends one of his takes the next.
        if fault == nil { shared.signal() }
        return fault
    }

    private func cancel(_ number: UInt64, _ lane: Int, _ owner: Owner) {
        let (waiting, isTaken) = shared.withLock {
            ($0.lanes[lane].remove(of: owner) { $0.number == number }, $0.taken.contains(number))
        }
        waiting?.fail(CancellationError())
        if isTaken { interrupt(number) }
    }

    /// Jobs that no thread has taken yet.
    package var waitingCount: Int { shared.withLock { $0.lanes.reduce(0) { $0 + $1.count } } }

    /// Refuses new jobs, fails those that wait, and calls `ended` once no thread is left.
    package func close(_ ended: @escaping @Sendable () -> Void) {
        let (abandoned, isOver) = shared.withLock { shared -> ([Job], Bool) in
            shared.isClosed = true
            if shared.liveThreads > 0 { shared.onEnd.append(ended) }
            let abandoned = shared.lanes.indices.flatMap { shared.lanes[$0].removeAll() }
            return (abandoned, shared.liveThreads == 0)
        }
        shared.broadcast()
        for job in abandoned { job.fail(Refusal.closed) }
        if isOver { ended() }
    }

    // MARK: Threads

    private func serve(_ makeState: @Sendable (Int) -> State, _ thread: Int) {
        var state = makeState(thread)
        while let (owner, lane, job) = take() {
            job.run(&state)
            shared.withLock {
                $0.lanes[lane].finished(owner)
                $0.taken.remove(job.number)
                let left = ($0.running[owner] ?? 1) - 1
                $0.running[owner] = left > 0 ? left : nil
            }
        }
        let callbacks = shared.withLock { shared -> [@Sendable () -> Void] in
            shared.liveThreads -= 1
            guard shared.liveThreads == 0 else { return [] }
            defer { shared.onEnd = [] }
            return shared.onEnd
        }
        for callback in callbacks { callback() }
    }

    /// Waits for a job that may run; nil when the queue is closed.
    private func take() -> Taken? {
        shared.wait { [configuration] in
            $0.isClosed ? .some(nil) : $0.next(configuration).map { .some($0) }
        }
    }
}

extension FairWorkers.Shared {
    /// The next job that may run.
    fileprivate mutating func next(
        _ configuration: FairWorkers.Configuration
    ) -> FairWorkers.Taken? {
        let isLastFirst = takenCount % 4 == 3
        for place in lanes.indices {
            let lane = isLastFirst ? lanes.count - 1 - place : place
            let next = lanes[lane].next { [running] in
                running[$0, default: 0] < configuration.threadsPerOwner
            }
            if let next {
                takenCount += 1
                running[next.owner, default: 0] += 1
                taken.insert(next.element.number)
                return (next.owner, lane, next.element)
            }
        }
        return nil
    }
}
