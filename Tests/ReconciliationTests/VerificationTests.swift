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

    /// How the proof answers to all that is left of some lines and entries.
    private func fault(
        _ lines: [OpenLine], _ entries: [OpenEntry], rules: MatchingRules = Account.rules(),
        _ change: (inout MatchClaim) -> Void = { _ in }
    ) -> MatchFault? {
        var claim = MatchClaim(
            account: Account.number, currency: .usd,
            lines: lines.map { Taking($0.number, $0.remaining) },
            entries: entries.map { Taking($0.number, $0.remaining) }, version: 1, rule: 2,
            reference: Account.own("R"), isAutomatic: true)
        change(&claim)
        do throws(MatchFault) {
            try OpenBook(lines, entries, rules).verify(claim)
            return nil
        } catch {
            return error
        }
    }

    @Test func theRuleOfAMatchIsPartOfItsProof() {
        let line = [Account.line(1, 30, Account.own("R"))]
        let entry = [Account.entry(4, 30, Account.own("R"), kind: .fee)]
        let parts = [10, 20].enumerated().map {
            Account.entry(UInt64($0 + 4), $1, Account.own("R"))
        }
        #expect(fault(line, entry) == nil && fault(line, parts) == nil)
        let others = Account.rules(entries: [.init(.paymentLeg), .init(.funding)])
        #expect(fault(line, entry, rules: others) == .otherKind(4))
        #expect(fault(line, parts, rules: Account.rules(allowsSets: false)) == .setNotAllowed)
        let whole = Account.rules(proposesParts: false)
        let part = fault(line, parts, rules: whole) {
            $0.isAutomatic = false
            ($0.lines[0].amount, $0.entries[1].amount) = (25, 15)
        }
        #expect(part == .partNotAllowed(.line, 1))
        // A person who matches by no rule is bound by none of it.
        for (entries, rules) in [(entry, others), (parts, whole)] {
            #expect(
                fault(line, entries, rules: rules) { ($0.rule, $0.isAutomatic) = (0, false) } == nil
            )
        }
    }

    @Test func whatIsNotOnePaymentIsNeverTiedByItself() throws {
        func entries(_ participants: ParticipantID..., uetr: Reference? = nil) -> [OpenEntry] {
            participants.enumerated().map {
                Account.entry(
                    UInt64($0 + 1), 10, Account.own("R"), $0 == 1 ? uetr : nil, participant: $1)
            }
        }
        func line(_ participant: ParticipantID = 0, uetr: Reference? = nil) -> [OpenLine] {
            [Account.line(1, 20, Account.own("R"), uetr, participant: participant)]
        }
        #expect(fault(line(), entries(3, 0)) == nil && fault(line(3), entries(3, 3)) == nil)
        #expect(fault(line(), entries(3, 4)) == .otherParticipant(.entry, 2))
        #expect(fault(line(5), entries(0, 4)) == .otherParticipant(.entry, 2))
        let (a, b) = (Reference(UETR(bits: 1)), Reference(UETR(bits: 2)))
        #expect(fault(line(uetr: a), entries(0, 0, uetr: a)) == nil)
        #expect(fault(line(uetr: a), entries(0, 0, uetr: b)) == .otherReference(.entry, 2))
        let mixed = [
            Account.entry(1, 50, Account.own("R")), Account.entry(2, -30, Account.own("R")),
        ]
        #expect(fault(line(), mixed) == .otherDirection(.entry, 2))
        let back = [Account.line(1, 20, Account.own("R"), isReversal: true)]
        #expect(fault(back, entries(0, 0)) == .otherDirection(.line, 1))
        // All of it is proposed, and a person may.
        for (lines, entries) in [
            (line(), entries(3, 4)), (line(uetr: a), entries(0, 0, uetr: b)), (line(), mixed),
        ] {
            let answer = try Account.run(lines, entries)
            #expect(answer.automatic.isEmpty && answer.proposals.count == 1)
            #expect(fault(lines, entries) { $0.isAutomatic = false } == nil)
        }
    }

    @Test func entriesThatCancelEachOtherAreAMatch() {
        let entries = [Account.entry(1, 50), Account.entry(2, -30), Account.entry(3, -20)]
        func person(_ claim: inout MatchClaim) { (claim.rule, claim.isAutomatic) = (0, false) }
        #expect(fault([], entries, person) == nil)
        #expect(fault([], Array(entries.prefix(2)), person) == .sumsDiffer(by: -20))
        #expect(fault([], Array(entries.prefix(1)), person) == .emptySide)
        #expect(fault([], entries) == .notByItself)
    }

    @Test func aReferenceOfTwoParticipantsIsAQuestion() throws {
        let entries = [
            Account.entry(1, 10, Account.own("R"), participant: 3),
            Account.entry(2, 10, Account.own("R"), participant: 4),
        ]
        let one = try Account.run([Account.line(1, 10, Account.own("R"))], entries)
        #expect(one.automatic.isEmpty && one.proposals.map(\.entries) == [[1], [2]])
        #expect(one.proposals.map(\.choice?.count) == [2, 2])
        let named = try Account.run(
            [Account.line(1, 10, Account.own("R"), participant: 4)], entries)
        #expect(named.automatic.isEmpty && named.proposals.map(\.entries) == [[2]])
        // Another reference that only one of them bears decides.
        let (a, b) = (Account.endToEnd("A"), Account.endToEnd("B"))
        let told = try Account.run(
            [Account.line(1, 10, Account.own("R"), b)],
            [
                Account.entry(1, 10, Account.own("R"), a, participant: 3),
                Account.entry(2, 10, Account.own("R"), b, participant: 4),
            ])
        #expect(told.automatic.map(\.entries) == [[2]])
    }

    @Test func directionsAreMatchedForThemselves() throws {
        let lines = [
            Account.line(1, 100, Account.own("R")), Account.line(2, -30, Account.own("R")),
        ]
        let entries = [60, 40, -10, -20].enumerated().map {
            Account.entry(UInt64($0 + 1), $1, Account.own("R"))
        }
        let answer = try Account.run(lines, entries)
        #expect(answer.automatic.map(\.entries) == [[3, 4], [1, 2]])
    }
}
