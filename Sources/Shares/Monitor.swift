internal import Glibc

/// State that threads share, with a way to wait until it has changed. For threads of our own that
/// may block; never on an event loop for longer than a moment.
///
/// Unchecked because the compiler does not see that the state is touched between locking and
/// unlocking alone, by every method. Mutex and condition live at a fixed address.
package final class Monitor<State>: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var state: State

    package init(_ state: sending State) {
        self.state = state
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(changed, nil)
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

    /// Waits until somebody says that something has changed, or for so long; not at all unless
    /// `isNeeded`.
    package func waitForChange(milliseconds: Int, ifNeeded isNeeded: (State) -> Bool) {
        var until = timespec()
        clock_gettime(CLOCK_REALTIME, &until)
        until.tv_nsec += milliseconds * 1_000_000
        until.tv_sec += until.tv_nsec / 1_000_000_000
        until.tv_nsec %= 1_000_000_000
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        if isNeeded(state) { pthread_cond_timedwait(changed, mutex, &until) }
    }

    /// Says to one thread that waits that something has changed.
    package func signal() { pthread_cond_signal(changed) }

    /// Says it to all.
    package func broadcast() { pthread_cond_broadcast(changed) }
}
