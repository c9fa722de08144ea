internal import Glibc

/// How long a thread works on pieces that it does one after the other, without the time for which
/// the system let others go first. A value, for one thread.
///
/// A party is charged for what it asks for, not for being interrupted: on a busy machine a piece of
/// some microseconds can be over a hundred milliseconds later. But asking for a thread's own time
/// takes as long as a small piece; so that is done once in a millisecond, and for what has taken
/// longer. No piece is taken for longer than it was under way.
package struct WorkClock {
    private static let trusted: Int64 = 1_000_000

    /// When the last piece ended, or the first began: nanoseconds of a clock that only goes
    /// forward.
    package private(set) var now: Int64 = 0
    /// The thread's own time when it was last asked for, and when that was.
    private var own: Int64 = 0
    private var asked: Int64 = 0

    package init() {}

    /// A piece begins, and nothing was under way before.
    package mutating func start() {
        now = nanoseconds(CLOCK_MONOTONIC)
        if now - asked > WorkClock.trusted { ask() }
    }

    /// A piece has ended, and another one may follow.
    ///
    /// - Returns: the nanoseconds that it took.
    package mutating func lap() -> Int64 {
        let before = (now: now, own: own)
        now = nanoseconds(CLOCK_MONOTONIC)
        let time = now - before.now
        guard now - asked > WorkClock.trusted else { return time }
        ask()
        return time > WorkClock.trusted ? min(time, own - before.own) : time
    }

    private mutating func ask() {
        own = nanoseconds(CLOCK_THREAD_CPUTIME_ID)
        asked = now
    }
}

private func nanoseconds(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
