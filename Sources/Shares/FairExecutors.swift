/// Threads that run the steps of tasks, their time shared out among owners.
///
/// The runtime's own pool takes steps in their order: an owner with ten thousand tasks lets all
/// others wait for ten thousand steps. Here ``TimeShares`` says whose step is next. Steps must not
/// block.
///
/// How many steps may wait is bounded by the bounds on requests, whose steps they are.
package final class FairExecutors: Sendable {
    fileprivate struct Shared {
        var shares = TimeShares()
        /// Steps that wait, by the place of their owner's party.
        var lines: [WaitingLine<Step>] = []
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
            let thread = try? WorkerThread("tasks") { [shared] in
                FairExecutors.serve(shared)
            }
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
        shared.withLock {
            $0.add(step)
            guard $0.idle > 0 else { return }
            // The thread that wakes is idle no more, so that nobody wakes it twice.
            $0.idle -= 1
            // Under the lock: whoever adds the next step relies on it.
            shared.signal()
        }
    }

    /// A thread's life: waits for a step, then runs all that come, one after the other.
    private static func serve(_ shared: Monitor<Shared>) {
        var clock = WorkClock()
        while var step = wait(shared) {
            clock.start()
            while let next = run(step, clock: &clock, shared) { step = next }
        }
    }

    /// Runs a step; gives the one that follows.
    private static func run(
        _ step: Step, clock: inout WorkClock, _ shared: Monitor<Shared>
    ) -> Step? {
        step.job.runSynchronously(on: step.executor.asUnownedTaskExecutor())
        let time = clock.lap()
        return shared.withLock {
            $0.shares.charge(time, to: step.executor.party)
            return $0.next()
        }
    }

    /// Waits for the next step; nil at the end.
    private static func wait(_ shared: Monitor<Shared>) -> Step? {
        shared.wait {
            if let next = $0.next() { return .some(next) }
            if $0.isClosed { return .some(nil) }
            $0.idle += 1
            return nil
        }
    }
}

extension FairExecutors.Shared {
    fileprivate mutating func add(_ step: FairExecutors.Step) {
        let party = step.executor.party
        lines[party.place].append(step)
        shares.add(to: party)
    }

    fileprivate mutating func next() -> FairExecutors.Step? {
        shares.next().flatMap { lines[$0.place].removeFirst() }
    }

    fileprivate mutating func join() -> TimeShares.Party {
        let party = shares.join()
        while lines.count <= party.place { lines.append(WaitingLine()) }
        return party
    }
}

/// Runs the tasks of one owner, in their order, when his turn comes.
package final class OwnerExecutor: TaskExecutor {
    /// The threads live for as long as somebody may ask them.
    private let executors: FairExecutors
    fileprivate let party: TimeShares.Party

    fileprivate init(_ executors: FairExecutors) {
        self.executors = executors
        party = executors.shared.withLock { $0.join() }
    }

    deinit { executors.shared.withLock { $0.shares.leave(party) } }

    package func enqueue(_ job: consuming ExecutorJob) {
        executors.add(FairExecutors.Step(job: UnownedJob(job), executor: self))
    }
}
