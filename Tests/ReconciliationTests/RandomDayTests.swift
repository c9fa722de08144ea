internal import Chance
internal import Domain
internal import Reconciliation
internal import Testing

@Suite struct RandomDayTests {
    @Test func everyPlantedDifferenceIsABreakOfItsCategoryAndNothingElseIs() throws {
        var found = 0
        for seed in 1...200 as ClosedRange<UInt64> {
            let day = RandomDay(seed: seed)
            let answer = try Account.run(day.lines, day.entries)
            let told = answer.breaks.map {
                RandomDay.Planted(
                    category: $0.category ?? .charge, line: $0.lines.first,
                    entry: $0.entries.first)
            }
            #expect(told.count == day.planted.count, "seed \(seed)")
            #expect(Set(told) == Set(day.planted), "seed \(seed)")
            #expect(answer.automatic.count == day.matches, "seed \(seed)")
            found += told.count
        }
        #expect(found > 1_500)
    }

    @Test func totalsTieAtEveryStepAndEverythingIsSomewhereOnce() throws {
        for seed in 201...260 as ClosedRange<UInt64> {
            let day = RandomDay(seed: seed)
            var matcher = try Matcher(
                lines: day.lines, entries: day.entries, rules: Account.rules(),
                days: Account.days, today: Account.today)
            var book = OpenBook(day.lines, day.entries, Account.rules())
            var proposed: Set<LineNumber> = []
            while !matcher.isFinished {
                for match in matcher.next(upTo: 10) {
                    guard match.isAutomatic else {
                        try book.verify(match.claim)
                        proposed.formUnion(match.lines)
                        continue
                    }
                    try book.take(match.claim)
                    #expect(book.sums.lines - book.sums.entries == book.sums.adjustments)
                }
                let open = book.lines.values.reduce(Int128(0)) { $0 + Int128($1.remaining) }
                let all = day.lines.reduce(Int128(0)) { $0 + Int128($1.amount) }
                #expect(open + book.sums.lines == all)
            }
            let told = matcher.unmatched.flatMap { $0.lines + [$0.otherLine].compactMap(\.self) }
            for line in day.lines {
                let isMatched = book.lines[line.number]?.remaining == 0
                #expect(isMatched || told.contains(line.number) || proposed.contains(line.number))
            }
            let lines = matcher.unmatched.flatMap(\.lines)
            let entries = matcher.unmatched.flatMap(\.entries)
            #expect(Set(lines).count == lines.count && Set(entries).count == entries.count)
            #expect(entries.allSatisfy { book.entries[$0]?.takenBy == 0 })
        }
    }

    @Test func orderAndBudgetChangeNothing() throws {
        for seed in 301...330 as ClosedRange<UInt64> {
            let day = RandomDay(seed: seed)
            var random = SplitMix64(seed: seed)
            let once = try Account.run(day.lines, day.entries)
            for budget in [1, 7, 100, 10_000] {
                let again = try Account.run(
                    day.lines.shuffled(using: &random), day.entries.shuffled(using: &random),
                    budget: budget)
                #expect(again == once, "seed \(seed), budget \(budget)")
            }
        }
    }

    @Test func aStoppedRunGoesOn() throws {
        for seed in 401...430 as ClosedRange<UInt64> {
            let day = RandomDay(seed: seed)
            let rules = Account.rules()
            let once = try Account.run(day.lines, day.entries)
            var stopped = try Matcher(
                lines: day.lines, entries: day.entries, rules: rules, days: Account.days,
                today: Account.today)
            var first: [Match] = []
            while first.count < once.matches.count / 2 { first += stopped.next(upTo: 5) }

            // From the same input: the rest is handed out, as if nothing had happened.
            var again = try Matcher(
                lines: day.lines, entries: day.entries, rules: rules, days: Account.days,
                today: Account.today)
            var rest = again.skip(to: stopped.cursor)
            rest += again.run()
            #expect(first + rest == once.matches)
            #expect(again.unmatched == once.unmatched && again.cursor == once.matches.count)

            // From what the ledger holds after the first half was taken: the same in the end.
            var book = OpenBook(day.lines, day.entries, rules)
            for match in first where match.isAutomatic { try book.take(match.claim) }
            let left = try Account.run(
                Array(book.lines.values), Array(book.entries.values))
            let automatic = first.filter(\.isAutomatic) + left.automatic
            #expect(Set(automatic) == Set(once.automatic))
            #expect(left.unmatched == once.unmatched)
        }
    }
}
