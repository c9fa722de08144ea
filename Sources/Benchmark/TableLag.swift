/// How old what the tables show is, from what a gateway says now and then.
///
/// Tables that show all batches up to T miss batch T + 1 since it was applied. When that was is
/// known between two samples only; the earlier one counts, as it was asked, and the end is when the
/// answer came. So the lag is never stated too small, and too great by the distance of samples.
package struct TableLag: Sendable {
    /// One answer of the gateway.
    package struct Sample: Sendable {
        /// Seconds on a clock that only goes forward.
        package var askedAt: Double
        package var answeredAt: Double
        /// The last batch applied.
        package var applied: UInt64
        /// The last batch that the tables show.
        package var inTables: UInt64

        package init(askedAt: Double, answeredAt: Double, applied: UInt64, inTables: UInt64) {
            self.askedAt = askedAt
            self.answeredAt = answeredAt
            self.applied = applied
            self.inTables = inTables
        }

        package var isCaughtUp: Bool { inTables >= applied }
    }

    private var samples: [Sample]
    /// The greatest lag of any sample, in seconds.
    package private(set) var greatest = 0.0

    /// - Precondition: in the first sample the tables show everything.
    package init(from first: Sample) {
        precondition(first.isCaughtUp, "the first sample has a lag of unknown age")
        samples = [first]
    }

    /// Takes a sample into account.
    ///
    /// - Returns: its lag in seconds.
    /// - Complexity: O(samples since the oldest batch that the tables miss).
    @discardableResult
    package mutating func add(_ sample: Sample) -> Double {
        samples.append(sample)
        guard !sample.isCaughtUp else { return 0 }
        // The first sample qualifies, for tables never go back.
        let before = samples.last { $0.applied <= sample.inTables } ?? samples[0]
        let lag = max(0, sample.answeredAt - before.askedAt)
        greatest = max(greatest, lag)
        return lag
    }
}
