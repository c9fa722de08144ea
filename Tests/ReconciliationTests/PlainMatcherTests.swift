internal import Chance
internal import Domain
internal import Reconciliation
internal import Testing

@Suite struct PlainMatcherTests {
    /// Few references, few amounts and few days, so that everything meets everything.
    private func cases(_ random: inout SplitMix64) -> ([OpenLine], [OpenEntry]) {
        let all = [
            Account.own("C"), Account.endToEnd("A"), Account.endToEnd("B"), Account.own("D"),
        ]
        let names = Array(all.prefix(random.below(4) + 1))
        let dates = ["2026-11-17", "2026-11-20", "2026-11-23", "2026-11-24"]
        let unit: Int64 = random.percent(50) ? 1_000 : 500
        func amount() -> Int64 {
            let size = Int64(random.below(9) + 1) * unit
            return random.percent(80) ? size : -size
        }
        // Mostly nobody is named, and no payment.
        let (people, others) = (random.percent(30), random.percent(30))
        func participant() -> ParticipantID { people ? ParticipantID(random.below(3)) : 0 }
        func uetr() -> Reference? {
            others && random.percent(50)
                ? Reference(UETR(bits: UInt128(random.below(3) + 1))) : nil
        }
        let lines = (0..<random.below(6) + 1).map { number in
            Account.line(
                UInt64(number + 1), amount(), random.pick(names), random.pick(names), uetr(),
                booked: random.pick(dates), participant: participant())
        }
        let entries = (0..<random.below(6) + 1).map { number in
            Account.entry(
                UInt64(number + 1), amount(), random.pick(names), random.pick(names), uetr(),
                kind: random.percent(90) ? .paymentLeg : .fee, due: random.pick(dates),
                participant: participant())
        }
        return (lines, entries)
    }

    @Test func aSlowObviousMatcherMatchesTheSame() throws {
        var random = SplitMix64(seed: 18)
        var (matches, sets, tolerated) = (0, 0, 0)
        for number in 0..<40_000 {
            let (lines, entries) = cases(&random)
            var charge = Account.charge
            charge.isBothWays = random.percent(30)
            let rules = Account.rules(
                tolerance: random.percent(50) ? charge : nil, window: random.percent(50) ? 2 : nil,
                entries: random.percent(80) ? .all : ExpectedKinds(.paymentLeg),
                allowsSets: random.percent(90), proposesParts: random.percent(80))
            let answer = try Account.run(lines, entries, rules)
            let plain = PlainMatcher(lines, entries, rules)
            let automatic = Set(answer.automatic.map(\.claim))
            #expect(automatic == plain.automatic, "case \(number)")
            if automatic != plain.automatic { return }
            // What is ambiguous does not depend on the order or on the steps either.
            let again = try Account.run(
                lines.shuffled(using: &random), entries.shuffled(using: &random), rules, budget: 1)
            #expect(again == answer, "case \(number)")
            let book = OpenBook(lines, entries, rules)
            for match in answer.matches { try book.verify(match.claim) }
            matches += automatic.count
            sets += automatic.count { $0.lines.count + $0.entries.count > 2 }
            tolerated += automatic.count { $0.adjustment != nil }
        }
        #expect(matches > 12_000 && sets > 2_000 && tolerated > 1_500)
    }

    @Test func everyPairOfOneAmountWithinTheWindowIsProposed() throws {
        var random = SplitMix64(seed: 19)
        let dates = ["2026-11-17", "2026-11-19", "2026-11-20", "2026-11-23", "2026-11-24"]
        let rule = MatchingRule(1, by: [], window: 2, allowsSets: false, isAutomatic: false)
        let rules = try MatchingRules(account: Account.number, version: 1, rules: [rule])
        var proposed = 0
        for _ in 0..<5_000 {
            let lines = (0..<random.below(8)).map {
                Account.line(
                    UInt64($0 + 1), Int64(random.below(3) + 1) * 100, booked: random.pick(dates))
            }
            let entries = (0..<random.below(8)).map {
                Account.entry(
                    UInt64($0 + 1), Int64(random.below(3) + 1) * 100, due: random.pick(dates))
            }
            let pairs = lines.flatMap { line in
                entries.filter {
                    let distance = Account.days.distance(from: line.valueDate, to: $0.dueDate)
                    return $0.amount == line.amount && abs(distance) <= 2
                }.map { [line.number, $0.number] }
            }
            let answer = try Account.run(lines, entries, rules)
            #expect(answer.automatic.isEmpty)
            #expect(Set(answer.proposals.map { $0.lines + $0.entries }) == Set(pairs))
            #expect(answer.matches.count == pairs.count)
            proposed += pairs.count
        }
        #expect(proposed > 5_000)
    }
}
