internal import Chance
internal import Domain
internal import Reconciliation
internal import Testing

@Suite struct VerificationTests {
    /// Everything that a matcher says is proven; whatever is changed about it is refuted.
    @Test func everyMatchIsProvenAndEveryChangeRefuted() throws {
        var proven = 0
        var refuted = 0
        for seed in 501...540 as ClosedRange<UInt64> {
            let day = RandomDay(seed: seed)
            let book = OpenBook(day.lines, day.entries, Account.rules())
            for match in try Account.run(day.lines, day.entries).matches {
                try book.verify(match.claim)
                proven += 1
                for (change, claim) in mutations(of: match.claim, in: book) {
                    #expect(throws: MatchFault.self, "seed \(seed): \(change)") {
                        try book.verify(claim)
                    }
                    refuted += 1
                }
            }
        }
        #expect(proven > 1_500 && refuted > 20 * proven)
    }

    /// None that is another right match: where two items can stand for each other, that is none.
    private func mutations(of claim: MatchClaim, in book: OpenBook) -> [(String, MatchClaim)] {
        var all: [(String, MatchClaim)] = []
        func change(_ what: String, _ make: (inout MatchClaim) -> Void) {
            var changed = claim
            make(&changed)
            all.append((what, changed))
        }
        for (side, name) in [(\MatchClaim.lines, "line"), (\MatchClaim.entries, "entry")] {
            for position in claim[keyPath: side].indices {
                for amount in [1, -1] as [Int64] {
                    change("\(name) amount") { $0[keyPath: side][position].amount += amount }
                }
                change("\(name) turned") { $0[keyPath: side][position].amount *= -1 }
                change("\(name) none") { $0[keyPath: side][position].amount = 0 }
                change("\(name) left out") { $0[keyPath: side].remove(at: position) }
                change("\(name) twice") {
                    $0[keyPath: side].insert($0[keyPath: side][position], at: position)
                }
                change("\(name) unknown") { $0[keyPath: side][position].number = 1 << 40 }
            }
            if claim[keyPath: side].count > 1 {
                change("\(name) order") { $0[keyPath: side].swapAt(0, 1) }
            }
        }
        change("other line") { $0.lines[0].number = otherLine(claim, book) }
        change("account") { $0.account += 1 }
        change("currency") { $0.currency = .eur }
        change("version") { $0.version += 1 }
        change("unknown rule") { $0.rule = 9 }
        change("undoes") { $0.undoes += 1 }
        change("no sides") { ($0.lines, $0.entries) = ([], []) }
        change("difference") { $0.adjustment = adjustment(of: $0, plus: -1) }
        if claim.adjustment == nil {
            change("empty difference") { $0.adjustment = adjustment(of: $0, plus: 0) }
            change("by itself") {
                $0.isAutomatic.toggle()
                $0.reference = nil
                if !$0.isAutomatic { $0.rule = 9 }
            }
        } else {
            change("no difference") { $0.adjustment = nil }
            change("difference's name") { $0.adjustment?.reason = .rounding }
            change("who bears it") { $0.adjustment?.bearer = .agent }
            change("rule without tolerance") { $0.rule = 2 }
        }
        if claim.isAutomatic {
            change("no reference") { $0.reference = nil }
            change("other reference") { $0.reference = Reference(.endToEnd, "SOMETHING") }
            change("rule that proposes") { $0.rule = 3 }
            change("no rule") { $0.rule = 0 }
        }
        return all
    }

    private func adjustment(of claim: MatchClaim, plus amount: Int64) -> MatchAdjustment {
        MatchAdjustment(
            amount: (claim.adjustment?.amount ?? 0) + amount, reason: .chargeOnTheWay,
            bearer: .participant)
    }

    /// A line of another amount, which is not the claimed one.
    private func otherLine(_ claim: MatchClaim, _ book: OpenBook) -> LineNumber {
        let own = claim.lines[0]
        for number in book.lines.keys.sorted() {
            if let line = book.lines[number], line.remaining != own.amount,
                line.remaining.magnitude < own.amount.magnitude || line.currency != claim.currency
                    || (line.remaining < 0) != (own.amount < 0)
            {
                return number
            }
        }
        return 1 << 40
    }

    @Test func twoItemsThatStandForEachOtherAreNeverSwappedByItself() throws {
        // Equal amounts: only the reference tells them apart, and the proof looks at it.
        let entries = [
            Account.entry(1, 90_000, Account.own("A")), Account.entry(2, 90_000, Account.own("B")),
        ]
        let lines = [Account.line(1, 90_000, Account.own("B"))]
        let book = OpenBook(lines, entries, Account.rules())
        var claim = try #require(try Account.run(lines, entries).automatic.first).claim
        try book.verify(claim)
        claim.entries[0].number = 1
        #expect(throws: MatchFault.otherReference(.entry, 1)) { try book.verify(claim) }
        // A person may.
        (claim.isAutomatic, claim.rule, claim.reference) = (false, 0, nil)
        try book.verify(claim)
    }

    @Test func sumsBeyond64BitsAreSums() throws {
        let most = Limits.maximumAmount
        let lines = (1...1_000).map { Account.line($0, most, Account.own("BIG")) }
        let entries = (1...1_000).map { Account.entry($0, most, Account.own("BIG")) }
        let claim = MatchClaim(
            account: Account.number, currency: .usd, lines: lines.map { Taking($0.number, most) },
            entries: entries.map { Taking($0.number, most) }, version: 1)
        var book = OpenBook(lines, entries, Account.rules())
        try book.take(claim)
        #expect(book.sums.lines == Int128(most) * 1_000)
        #expect(throws: MatchFault.conflict(.line, 1, with: 1)) { try book.verify(claim) }
    }
}
