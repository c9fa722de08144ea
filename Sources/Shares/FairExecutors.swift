internal import Glibc

/// Threads that run the steps of tasks, their time shared out among owners.
///
/// The runtime's own pool takes steps in their order: an owner with ten thousand tasks lets all
/// others wait for ten thousand steps. Here ``TimeShares`` says whose step is next. Steps must not
/// block.
///
/// How many steps may wait is bounded by the bounds on requests, whose steps they are.
package final class FairExecutors: Sendable {
    fileprivate struct Shared {
        var steps = TimeShares<Step>()
        /// Threads that wait, less those that have been woken.
        var idle = 0
        var isClosed = false
    }

    /// A step that waits; it keeps its executor, so that its owner stays a party.
    fileprivate struct Step: Sendable {
        let job: UnownedJob
        let executor: OwnerExecutor
    }

    fileprivate let shared = Monitor(Shared())

    /// - Parameter threads: at least 1; they end when the last executor is gone.
    package init(threads: Int) {
        precondition(threads > 0, "steps need a thread")
        for number in 0..<threads {
            let thread = try? WorkerThread("tasks") { [shared] in FairExecutors.serve(shared) }
            // One is enough to go on, if slowly.
            precondition(thread != nil || number > 0, "the system gives no thread")
        }
    }

    deinit {
        shared.withLock { $0.isClosed = true }
        shared.broadcast()
    }

    /// The executor of an owner's tasks. Each has a share of its own.
    package func executor() -> OwnerExecutor { OwnerExecutor(self) }

    fileprivate func add(_ step: Step) {
        let wakes = shared.withLock {
            $0.steps.add(step, of: step.executor.party)
            guard $0.idle > 0 else { return false }
            // The thread that wakes is idle no more, so that nobody wakes it twice.
            $0.idle -= 1
            return true
        }
        if wakes { shared.signal() }
    }

    /// A thread's life.
    private static func serve(_ shared: Monitor<Shared>) {
        while let (party, step) = next(shared) {
            let begun = monotonicNanoseconds()
            step.job.runSynchronously(on: step.executor.asUnownedTaskExecutor())
            let time = monotonicNanoseconds() - begun
            // With its executor the party would leave.
            withExtendedLifetime(step) {
                shared.withLock { $0.steps.charge(time, to: party) }
            }
        }
    }

    /// Waits for the next step; nil at the end.
    private static func next(
        _ shared: Monitor<Shared>
    ) -> (party: TimeShares<Step>.Party, element: Step)? {
        shared.wait {
            if let next = $0.steps.next() { return .some(next) }
            if $0.isClosed { return .some(nil) }
            $0.idle += 1
            return nil
        }
    }
}

/// Runs the tasks of one owner, in their order, when his turn comes.
package final class OwnerExecutor: TaskExecutor {
    /// The threads live for as long as somebody may ask them.
    private let executors: FairExecutors
    fileprivate let party: TimeShares<FairExecutors.Step>.Party

    fileprivate init(_ executors: FairExecutors) {
        self.executors = executors
        party = executors.shared.withLock { $0.steps.join() }
    }

    deinit { executors.shared.withLock { $0.steps.leave(party) } }

    package func enqueue(_ job: consuming ExecutorJob) {
        executors.add(FairExecutors.Step(job: UnownedJob(job), executor: self))
    }
}

/// A clock that only goes forward.
private func monotonicNanoseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
