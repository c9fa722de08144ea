internal import Glibc
internal import Shares

/// Ends queries whose callers are gone.
///
/// A thread announces which job its session serves. Whoever gives a job up says so; a thread of the
/// canceller then asks the server, again and again until the job has ended, because a request
/// between two statements of a job has no effect. A job ends only when no request for its session
/// is under way, so that none can hit the next one.
///
/// `@unchecked Sendable`: every stored variable is read and written only between `lock()` and
/// `unlock()` of the mutex, which lives with the condition at a fixed address.
final class QueryCanceller: @unchecked Sendable {
    private struct Running {
        let cancellation: PostgresCancellation
        var isGivenUp = false
        var isAsking = false
        /// How often the server was asked.
        var asked = 0
    }

    private static let mostEarly = 1_024

    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var running: [UInt64: Running] = [:]
    /// Jobs that were given up before their sessions began with them.
    private var early: Set<UInt64> = []
    /// Whether a thread sees to what is given up; it ends when nothing is.
    private var hasThread = false

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

    /// The session serves a job from now on; false when that is given up already.
    func begin(_ job: UInt64, _ cancellation: PostgresCancellation) -> Bool {
        locked {
            guard !early.contains(job) else { return false }
            running[job] = Running(cancellation: cancellation)
            return true
        }
    }

    /// The thread has done with the job, whether its session ever began with it or not.
    func forget(_ job: UInt64) {
        locked { _ = early.remove(job) }
    }

    /// The job is over; false when somebody had given it up.
    func end(_ job: UInt64) -> Bool {
        locked {
            while running[job]?.isAsking == true { pthread_cond_wait(changed, mutex) }
            let wasWanted = running.removeValue(forKey: job)?.isGivenUp == false
            pthread_cond_broadcast(changed)
            return wasWanted
        }
    }

    /// Nobody waits any more for a job that a thread has taken.
    func cancel(_ job: UInt64) {
        let startsThread = locked {
            guard running[job] != nil else {
                // One that has just ended stays here for nothing; such are few.
                if early.count >= QueryCanceller.mostEarly { early.removeAll() }
                early.insert(job)
                return false
            }
            running[job]?.isGivenUp = true
            guard !hasThread else { return false }
            hasThread = true
            return true
        }
        guard startsThread else { return }
        if !startThread({ [self] in serve() }) { locked { hasThread = false } }
    }

    private func serve() {
        while let (job, cancellation) = nextGivenUp() {
            cancellation.request()
            locked {
                running[job]?.isAsking = false
                pthread_cond_broadcast(changed)
                // The server needs a moment to carry it out.
                if running[job] != nil { waitForChange(milliseconds: 20) }
            }
        }
    }

    private func nextGivenUp() -> (UInt64, PostgresCancellation)? {
        locked {
            // Whoever was asked for least comes first, so that all have their turn.
            let job = running.filter { $0.value.isGivenUp }.min { $0.value.asked < $1.value.asked }
            guard let job else {
                hasThread = false
                return nil
            }
            running[job.key]?.isAsking = true
            running[job.key]?.asked += 1
            return (job.key, job.value.cancellation)
        }
    }

    private func waitForChange(milliseconds: Int) {
        var until = timespec()
        clock_gettime(CLOCK_REALTIME, &until)
        until.tv_nsec += milliseconds * 1_000_000
        if until.tv_nsec >= 1_000_000_000 {
            until.tv_sec += 1
            until.tv_nsec -= 1_000_000_000
        }
        pthread_cond_timedwait(changed, mutex, &until)
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }
}
