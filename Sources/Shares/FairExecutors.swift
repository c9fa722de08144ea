internal import Glibc

/// Threads that run the steps of tasks, their time shared out among owners.
///
/// The runtime's own pool takes steps in their order: an owner with ten thousand tasks lets all
/// others wait for ten thousand steps. Here the next step is always one of the owner who has had
/// least time of late, so who asks for little does not wait for who asks for much. Steps must not
/// block.
///
/// How many steps may wait is bounded by the bounds on requests, whose steps they are.
///
/// Unchecked because the compiler does not see that everything below `mutex` is touched under it.
public final class FairExecutors: @unchecked Sendable {
    private let shared: SharedSteps

    /// - Parameter threads: at least 1; they end when the last executor is gone.
    public init(threads: Int) {
        precondition(threads > 0, "steps need a thread")
        shared = SharedSteps()
        for number in 0..<threads {
            let isStarted = startThread { [shared] in shared.serve() }
            precondition(isStarted || number > 0, "the system gives no thread")
        }
    }

    deinit { shared.close() }

    /// The executor of an owner's tasks. Each has a share of its own.
    public func executor() -> OwnerExecutor { OwnerExecutor(self, shared) }
}

/// Runs the tasks of one owner, in their order, when his turn comes.
public final class OwnerExecutor: TaskExecutor {
    /// The threads live for as long as somebody may ask them.
    private let executors: FairExecutors
    private let shared: SharedSteps
    fileprivate let line: Line

    fileprivate init(_ executors: FairExecutors, _ shared: SharedSteps) {
        self.executors = executors
        self.shared = shared
        line = Line()
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        shared.add(Step(job: UnownedJob(job), executor: self))
    }
}

/// A step that waits; it keeps its executor.
private struct Step {
    let job: UnownedJob
    let executor: OwnerExecutor
}

/// The steps of one owner that wait. Touched under the lock of ``SharedSteps`` alone, which makes
/// it safe to be passed around unchecked.
private final class Line: @unchecked Sendable {
    private var steps: [Step] = []
    private var head = 0
    /// Nanoseconds of all threads; who comes late begins with what others have had.
    var used: UInt64 = 0

    var isEmpty: Bool { head == steps.count }

    func append(_ step: Step) { steps.append(step) }

    func removeFirst() -> Step {
        let step = steps[head]
        head += 1
        if head == steps.count {
            steps.removeAll(keepingCapacity: steps.count <= 64)
            head = 0
        } else if head * 2 > steps.count, head > 64 {
            steps.removeFirst(head)
            head = 0
        }
        return step
    }
}

/// Unchecked for the same reason as its owner.
private final class SharedSteps: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    /// Owners with steps that wait.
    private var active: [Line] = []
    /// What the owner chosen last had had then.
    private var used: UInt64 = 0
    private var idle = 0
    private var isClosed = false

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    func add(_ step: Step) {
        let line = step.executor.line
        pthread_mutex_lock(mutex)
        if line.isEmpty {
            line.used = max(line.used, used)
            active.append(line)
        }
        line.append(step)
        let wakes = idle > 0
        // The thread that wakes is idle no more, so that nobody wakes it twice.
        if wakes { idle -= 1 }
        pthread_mutex_unlock(mutex)
        if wakes { pthread_cond_signal(changed) }
    }

    func close() {
        pthread_mutex_lock(mutex)
        isClosed = true
        pthread_mutex_unlock(mutex)
        pthread_cond_broadcast(changed)
    }

    /// A thread's life.
    func serve() {
        var begun: UInt64 = 0
        var line: Line?
        while let step = next(after: line, begun) {
            begun = monotonicNanoseconds()
            step.job.runSynchronously(on: step.executor.asUnownedTaskExecutor())
            line = step.executor.line
        }
    }

    /// Charges the last step's time and waits for the next step; nil at the end.
    private func next(after last: Line?, _ begun: UInt64) -> Step? {
        let now = last == nil ? 0 : monotonicNanoseconds()
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        last?.used += now - begun
        while active.isEmpty {
            guard !isClosed else { return nil }
            idle += 1
            pthread_cond_wait(changed, mutex)
        }
        return takeFirst()
    }

    /// - Complexity: O(owners with steps).
    private func takeFirst() -> Step {
        var place = 0
        for other in 1..<max(1, active.count) where active[other].used < active[place].used {
            place = other
        }
        let line = active[place]
        used = line.used
        let step = line.removeFirst()
        if line.isEmpty {
            active.swapAt(place, active.count - 1)
            active.removeLast()
        }
        return step
    }
}

/// Nanoseconds of a clock that only goes forward.
private func monotonicNanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
