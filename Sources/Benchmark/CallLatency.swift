internal import Histogram

/// How long calls took, each counted from when it was due.
///
/// A call without an answer is no gap: it waited at least until the run was over. Left out, calls
/// that an overloaded gateway never answered would make it look fast.
///
/// O(1) a call; memory grows with the decades of the longest, not with the calls.
package struct CallLatency: Sendable {
    /// Nanoseconds; grows to the longest.
    private var histogram = Histogram<UInt64>(numberOfSignificantValueDigits: .three)
    /// The shortest wait that ended without an answer.
    private var leastBound: UInt64?

    package init() {}

    package mutating func answered(after nanoseconds: UInt64) {
        histogram.record(nanoseconds)
    }

    /// Calls that had no answer when they had waited so long.
    package mutating func unanswered(after nanoseconds: UInt64, count: Int = 1) {
        guard count > 0 else { return }
        histogram.record(nanoseconds, count: UInt64(count))
        leastBound = min(leastBound ?? nanoseconds, nanoseconds)
    }

    /// Calls that were never sent and were due at even distances.
    ///
    /// - Parameters:
    ///   - longest: what the first of them had waited when the run was over, in nanoseconds.
    ///   - interval: the nanoseconds from one to the next.
    package mutating func unsent(_ count: Int, longest: UInt64, interval: Double) {
        // So many calls share the wait of the last of them, which bounds that of the others.
        let block = count / 100_000 + 1
        for first in stride(from: 0, to: count, by: block) {
            let size = min(block, count - first)
            let later = UInt64((Double(first + size - 1) * interval).rounded(.up))
            unanswered(after: longest - min(longest, later), count: size)
        }
    }

    /// Percentiles and the longest; none when there was no call.
    package var percentiles: [LatencyPercentile] {
        guard histogram.totalCount > 0 else { return [] }
        let shares = [("p50", 50.0), ("p90", 90), ("p99", 99), ("p99.9", 99.9), ("max", 100)]
        return shares.map { name, share in
            let value = histogram.valueAtPercentile(share)
            return LatencyPercentile(
                name: name, milliseconds: Double(value) / 1e6,
                // Whatever came of calls that waited longer than this changes nothing below them.
                isLowerBound: leastBound.map { $0 <= value } ?? false)
        }
    }
}

/// The time within which a share of the calls was answered.
package struct LatencyPercentile: Equatable, Sendable {
    /// `p50`, `p90`, `p99`, `p99.9` or `max`.
    package var name: String
    package var milliseconds: Double
    /// Calls without an answer reach into this share: it took at least so long.
    package var isLowerBound: Bool

    package init(name: String, milliseconds: Double, isLowerBound: Bool) {
        self.name = name
        self.milliseconds = milliseconds
        self.isLowerBound = isLowerBound
    }
}
