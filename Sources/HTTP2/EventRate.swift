/// A token bucket that counts suspicious events of one connection. A value; time is passed in.
package struct EventRate: Equatable {
    package enum Verdict: Equatable {
        case tolerated
        case exceeded
    }

    let burst: Int
    let perSecond: Int
    private var tokens: Int
    private var lastRefill: Int64

    /// - Parameter now: nanoseconds of a monotonic clock.
    package init(burst: Int, perSecond: Int, now: Int64) {
        self.burst = burst
        self.perSecond = perSecond
        tokens = burst
        lastRefill = now
    }

    /// Pays for `count` events. When there is not enough for all, nothing is left.
    package mutating func event(count: Int = 1, now: Int64) -> Verdict {
        let seconds = (now - lastRefill) / 1_000_000_000
        if seconds > 0 {
            let gained = perSecond.multipliedReportingOverflow(by: Int(seconds))
            tokens = min(burst, gained.overflow ? burst : tokens + min(burst, gained.partialValue))
            lastRefill += seconds * 1_000_000_000
        }
        guard tokens >= count else {
            tokens = 0
            return .exceeded
        }
        tokens -= count
        return .tolerated
    }

    /// Gives tokens back for something useful, at most up to the burst.
    package mutating func earn(_ count: Int) {
        tokens = min(burst, tokens + count)
    }
}
