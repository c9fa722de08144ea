package import Domain

/// What the owner's clocks show when something happens.
package struct Moment: Equatable, Sendable {
    /// The time of day: nanoseconds since 1970. It can be set, and jump.
    package var wall: Timestamp
    /// Nanoseconds since some start. It never goes back.
    package var steady: UInt64

    package init(wall: Timestamp, steady: UInt64) {
        self.wall = wall
        self.steady = steady
    }
}

/// Watches the time of day against the steady clock.
struct ClockWatch {
    /// Between two looks the clocks may differ by so much before it is called a jump: 0.5 s.
    static let tolerance: Timestamp = 500_000_000
    /// How far a batch's time may run ahead of the clock, which happens when the clock was set
    /// back: 10 s. Behind that no batch is formed until the clock has caught up.
    static let lead: Timestamp = 10_000_000_000

    private var last: Moment?

    /// Takes a look. Gives by how many nanoseconds the time of day was moved since the last one,
    /// when it is a jump.
    mutating func look(_ now: Moment) -> Timestamp? {
        defer { last = now }
        guard let last else { return nil }
        let passed = Timestamp(clamping: now.steady - min(now.steady, last.steady))
        let (moved, overflow) = now.wall.subtractingReportingOverflow(last.wall)
        let (difference, isFar) = moved.subtractingReportingOverflow(passed)
        if overflow || isFar { return now.wall < last.wall ? .min : .max }
        return difference.magnitude > UInt64(ClockWatch.tolerance) ? difference : nil
    }

    /// The time of the batch behind one of `last`; nil when it would run too far ahead.
    static func timestamp(
        after last: Timestamp, now: Timestamp, isBounded: Bool = true
    ) -> Timestamp? {
        let (next, overflow) = last.addingReportingOverflow(1)
        if overflow { return nil }
        guard next > now else { return now }
        let (lead, isFar) = next.subtractingReportingOverflow(now)
        return isBounded && (isFar || lead > ClockWatch.lead) ? nil : next
    }
}
