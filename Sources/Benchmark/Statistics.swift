internal import Foundation

/// Median, least and greatest of several runs.
public struct Spread: Sendable, Codable {
    public var median: Double
    public var minimum: Double
    public var maximum: Double

    /// - Precondition: there is a value.
    public init(_ values: [Double]) {
        let sorted = values.sorted()
        precondition(!sorted.isEmpty, "a spread of nothing")
        median = (sorted[sorted.count / 2] + sorted[(sorted.count - 1) / 2]) / 2
        minimum = sorted[0]
        maximum = sorted[sorted.count - 1]
    }
}

/// Percentiles in nanoseconds.
public struct LatencySummary: Sendable, Codable {
    public var p50: UInt64
    public var p99: UInt64
    public var p999: UInt64
    public var maximum: UInt64

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

enum Clock {
    /// A clock that only goes forward.
    @inline(__always)
    static func nanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
