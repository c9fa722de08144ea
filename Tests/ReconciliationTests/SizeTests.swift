internal import AllocationCount
internal import Domain
internal import Reconciliation
internal import Testing

/// What grows faster than the input would not end within these bounds.
@Suite struct SizeTests {
    @Test(arguments: LargeDay.allCases) func aLargeDayTakesSeconds(day: LargeDay) throws {
        let (lines, entries) = day.make()
        let clock = ContinuousClock()
        let before = allocation_count()
        let start = clock.now
        var matcher = try Matcher(
            lines: lines, entries: entries, rules: Account.rules(), days: Account.days,
            today: Account.today)
        var (automatic, proposals) = (0, 0)
        while !matcher.isFinished {
            for match in matcher.next(upTo: 10_000) {
                if match.isAutomatic { automatic += 1 } else { proposals += 1 }
            }
        }
        let taken = start.duration(to: clock.now)
        let allocations = allocation_count() - before
        print(
            """
            \(day.rawValue): \(taken), \(allocations / LargeDay.size) allocations a line, \
            \(automatic) matches, \(proposals) proposals, \(matcher.unmatched.count) unmatched, \
            bounds: \(Set(matcher.boundsReached.map(\.bound.words)).sorted())
            """)
        #expect(taken < .seconds(10))
        #expect(allocations < 60 * LargeDay.size)
        #expect(automatic == expected(of: day))
        if day == .ordinary || day == .duplicates {
            #expect(automatic + matcher.unmatched.count == lines.count)
        }
    }

    private func expected(of day: LargeDay) -> Int {
        switch day {
        case .ordinary: 99_000
        case .sameReference: 100_000
        case .setsInFours: 24_999
        case .duplicates: 50_000
        case .sameAmount, .sharedReference, .sameReferenceOtherAmounts,
            .sameReferenceWithinTolerance,
            .noReference, .reversals, .looseReversals, .otherAmountsInFours, .setsThatAreNone:
            0
        }
    }
}
