internal import Glibc

/// State that threads share, with a way to wait until it has changed. For threads of our own that
/// may block; never on an event loop for longer than a moment.
///
/// Unchecked because the compiler does not see that the state is touched between locking and
/// unlocking alone, by every method. Mutex and condition live at a fixed address. The mutex spins
/// for a moment before it sleeps: what is done under it is short, and going to sleep is not.
package final class Monitor<State>: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var state: State

    package init(_ state: sending State) {
        self.state = state
        var attributes = pthread_mutexattr_t()
        pthread_mutexattr_init(&attributes)
        pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_ADAPTIVE_NP))
        pthread_mutex_init(mutex, &attributes)
        pthread_mutexattr_destroy(&attributes)
        // Who waits for a time is not to wait longer because a clock was set back.
        var clock = pthread_condattr_t()
        pthread_condattr_init(&clock)
        pthread_condattr_setclock(&clock, CLOCK_MONOTONIC)
        pthread_cond_init(changed, &clock)
        pthread_condattr_destroy(&clock)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    package func withLock<Result>(_ body: (inout State) -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body(&state)
    }

    /// Asks `body` now and whenever somebody says that something has changed, until it gives
    /// something.
    package func wait<Result>(for body: (inout State) -> Result?) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let result = body(&state) { return result }
            pthread_cond_wait(changed, mutex)
        }
    }

    /// As ``wait(for:)``, but gives up after so long: nil then.
    package func wait<Result>(
        atMost time: Duration, for body: (inout State) -> Result?
    ) -> Result? {
        var end = Monitor.fromNow(time)
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let result = body(&state) { return result }
            if pthread_cond_timedwait(changed, mutex, &end) == ETIMEDOUT { return body(&state) }
        }
    }

    /// Waits until somebody says that something has changed, or for so long; not at all unless
    /// `isNeeded`.
    package func waitForChange(atMost time: Duration, ifNeeded isNeeded: (State) -> Bool) {
        var end = Monitor.fromNow(time)
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        if isNeeded(state) { pthread_cond_timedwait(changed, mutex, &end) }
    }

    /// A time of the clock that conditions go by; `time` is not negative.
    private static func fromNow(_ time: Duration) -> timespec {
        let (seconds, attoseconds) = time.components
        var end = timespec()
        clock_gettime(CLOCK_MONOTONIC, &end)
        end.tv_sec += Int(seconds)
        end.tv_nsec += Int(attoseconds / 1_000_000_000)
        end.tv_sec += end.tv_nsec / 1_000_000_000
        end.tv_nsec %= 1_000_000_000
        return end
    }

    /// Says to one thread that waits that something has changed.
    package func signal() { pthread_cond_signal(changed) }

    /// Says it to all.
    package func broadcast() { pthread_cond_broadcast(changed) }
}
