internal import Shares

/// Ends queries whose callers are gone.
///
/// A thread announces which job its session serves. Whoever gives a job up says so; a thread of the
/// canceller then asks the server, again and again until the job has ended, because a request
/// between two statements of a job has no effect. A job ends only when no request for its session
/// is under way, so that none can hit the next one.
final class QueryCanceller: Sendable {
    private struct Running {
        let cancellation: PostgresCancellation
        var isGivenUp = false
        var isAsking = false
        /// How often the server was asked.
        var asked = 0
    }

    private struct Calls {
        var running: [UInt64: Running] = [:]
        /// Jobs that were given up before their sessions began with them.
        var early: Set<UInt64> = []
        /// Whether a thread sees to what is given up; it ends when nothing is.
        var hasThread = false
    }

    private static let mostEarly = 1_024

    private let calls = Monitor(Calls())

    /// The session serves a job from now on; false when that is given up already.
    func begin(_ job: UInt64, _ cancellation: PostgresCancellation) -> Bool {
        calls.withLock {
            guard !$0.early.contains(job) else { return false }
            $0.running[job] = Running(cancellation: cancellation)
            return true
        }
    }

    /// The thread has done with the job, whether its session ever began with it or not.
    func forget(_ job: UInt64) {
        calls.withLock { _ = $0.early.remove(job) }
    }

    /// The job is over; false when somebody had given it up.
    func end(_ job: UInt64) -> Bool {
        let wasWanted = calls.wait { calls -> Bool? in
            if calls.running[job]?.isAsking == true { return nil }
            return calls.running.removeValue(forKey: job)?.isGivenUp == false
        }
        calls.broadcast()
        return wasWanted
    }

    /// Nobody waits any more for a job that a thread has taken.
    func cancel(_ job: UInt64) {
        let startsThread = calls.withLock { calls in
            guard calls.running[job] != nil else {
                // One that has just ended stays here for nothing; such are few.
                if calls.early.count >= QueryCanceller.mostEarly { calls.early.removeAll() }
                calls.early.insert(job)
                return false
            }
            calls.running[job]?.isGivenUp = true
            guard !calls.hasThread else { return false }
            calls.hasThread = true
            return true
        }
        guard startsThread else { return }
        let thread = try? WorkerThread("cancel") { [self] in serve() }
        if thread == nil { calls.withLock { $0.hasThread = false } }
    }

    private func serve() {
        while let (job, cancellation) = nextGivenUp() {
            cancellation.request()
            calls.withLock { $0.running[job]?.isAsking = false }
            calls.broadcast()
            // The server needs a moment to carry it out.
            calls.waitForChange(atMost: .milliseconds(20)) { $0.running[job] != nil }
        }
    }

    private func nextGivenUp() -> (UInt64, PostgresCancellation)? {
        calls.withLock { calls in
            // Whoever was asked for least comes first, so that all have their turn.
            let job = calls.running.filter { $0.value.isGivenUp }
                .min { $0.value.asked < $1.value.asked }
            guard let job else {
                calls.hasThread = false
                return nil
            }
            calls.running[job.key]?.isAsking = true
            calls.running[job.key]?.asked += 1
            return (job.key, job.value.cancellation)
        }
    }
}
