internal import Foundation

/// Median, least and greatest of several runs.
package struct Spread: Sendable, Codable {
    package var median: Double
    package var minimum: Double
    package var maximum: Double

    /// - Precondition: there is a value.
    package init(_ values: [Double]) {
        let sorted = values.sorted()
        precondition(!sorted.isEmpty, "a spread of nothing")
        median = (sorted[sorted.count / 2] + sorted[(sorted.count - 1) / 2]) / 2
        minimum = sorted[0]
        maximum = sorted[sorted.count - 1]
    }

    /// The same in another unit.
    init(scaling other: Spread, by factor: Double) {
        median = other.median * factor
        minimum = other.minimum * factor
        maximum = other.maximum * factor
    }
}

/// Percentiles in nanoseconds.
struct LatencySummary {
    var p50: UInt64
    var p99: UInt64
    var p999: UInt64
    var maximum: UInt64

    init(_ samples: [UInt32]) {
        let sorted = samples.sorted()
        func at(_ share: Double) -> UInt64 {
            guard !sorted.isEmpty else { return 0 }
            return UInt64(sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))])
        }
        p50 = at(0.5)
        p99 = at(0.99)
        p999 = at(0.999)
        maximum = UInt64(sorted.last ?? 0)
    }
}

/// Percentiles in nanoseconds of several passes.
package struct LatencySpread: Sendable, Codable {
    package var p50: Spread
    package var p99: Spread
    package var p999: Spread
    package var maximum: Spread

    /// - Precondition: there is a pass.
    init(_ passes: [LatencySummary]) {
        p50 = Spread(passes.map { Double($0.p50) })
        p99 = Spread(passes.map { Double($0.p99) })
        p999 = Spread(passes.map { Double($0.p999) })
        maximum = Spread(passes.map { Double($0.maximum) })
    }
}

enum Clock {
    /// A clock that only goes forward.
    @inline(__always)
    static func nanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
