internal import Foundation
internal import Node

/// The clocks of this machine.
enum Clocks {
    static var now: Moment { Moment(wall: wall, steady: steady) }

    /// Nanoseconds since 1970; can be set, and jump.
    static var wall: Int64 { Int64(nanoseconds(CLOCK_REALTIME)) }

    /// Nanoseconds since some start; never goes back.
    static var steady: UInt64 { nanoseconds(CLOCK_MONOTONIC) }

    private static func nanoseconds(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
