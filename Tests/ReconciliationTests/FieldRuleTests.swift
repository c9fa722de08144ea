internal import Domain
internal import Reconciliation
internal import Testing

/// What broke for people who reconcile, one test for each of the public reports that concern
/// matching (the numbers are those of the collection).
@Suite struct FieldRuleTests {
    @Test("2: two equal lines are two lines") func twins() throws {
        let lines = (1...2).map { Account.line($0, 4_500, Account.own("RENT")) }
        let both = try Account.run(
            lines, (1...2).map { Account.entry($0, 4_500, Account.own("RENT")) })
        #expect(both.automatic.map(\.lines) == [[1], [2]])
        #expect(both.automatic.map(\.entries) == [[1], [2]])
        #expect(both.unmatched.isEmpty)

        let one = try Account.run(lines, [Account.entry(1, 4_500, Account.own("RENT"))])
        #expect(one.automatic.map(\.lines) == [[1]])
        #expect(one.unmatched.map(\.category) == [.duplicate])
        #expect(one.unmatched.first?.lines == [2] && one.unmatched.first?.otherLine == 1)
    }

    @Test("6: a reversal settles nothing; the payment is open again") func reversal() throws {
        let lines = [
            Account.line(1, 11_100, Account.own("A1")),
            Account.line(2, -11_100, Account.own("A1"), isReversal: true),
        ]
        let entries = [
            Account.entry(1, 11_100, Account.own("A1")),
            Account.entry(2, -11_100, Account.own("A1")),
        ]
        let answer = try Account.run(lines, entries)
        #expect(answer.automatic.isEmpty)
        let pair = try #require(answer.proposals.first)
        #expect(answer.proposals.count == 1 && pair.lines == [1, 2] && pair.entries.isEmpty)
        #expect(pair.reasons.words == ["same own reference", "opposite amount", "same date"])
        let told = try #require(answer.unmatched.first { $0.category == .reversal })
        #expect(told.lines == [2] && told.otherLine == 1 && told.entries == [1])
        #expect(told.due == .missing)
        // The other entry waits for its own debit, which the reversal is not.
        #expect(answer.breaks.map(\.category) == [.reversal, .missingDebit])
        try OpenBook(lines, entries, Account.rules()).verify(pair.claim)
    }

    @Test("6: a reversal of a line that settled a payment names the match to undo")
    func reversalOfASettledLine() throws {
        var settled = Account.line(1, 11_100, Account.own("A1"))
        settled.remaining = 0
        settled.takenBy = 42
        let lines = [settled, Account.line(2, -11_100, Account.own("A1"), isReversal: true)]
        let answer = try Account.run(lines, [])
        #expect(answer.matches.map(\.claim.undoes) == [42])
        #expect(answer.unmatched.map(\.category) == [.reversal])
        let book = OpenBook(lines, [], Account.rules())
        var claim = try #require(answer.matches.first).claim
        try book.verify(claim)
        claim.undoes = 41
        #expect(throws: MatchFault.undoesAnother(41)) { try book.verify(claim) }
        claim.undoes = 0
        #expect(throws: MatchFault.conflict(.line, 1, with: 42)) { try book.verify(claim) }
    }

    @Test("6: a reversal alone settles nothing either", arguments: [true, false])
    func loneReversal(hasReference: Bool) throws {
        let reference = hasReference ? Account.own("A1") : nil
        let answer = try Account.run(
            [Account.line(1, -11_100, reference, isReversal: true)],
            [Account.entry(1, -11_100, reference), Account.entry(2, -11_100, reference)])
        #expect(answer.matches.isEmpty)
        #expect(answer.breaks.map(\.category) == [.reversal, .missingDebit, .missingDebit])
    }

    @Test("6: what a reversal took back is paid by the line that comes again") func bookedAgain()
        throws
    {
        var lines = [
            Account.line(1, 11_100, Account.own("A1"), Account.endToEnd("E1")),
            Account.line(2, -11_100, Account.own("A1"), Account.endToEnd("E1"), isReversal: true),
            Account.line(3, 11_100, Account.endToEnd("E1"), booked: "2026-11-25"),
        ]
        let entries = [Account.entry(1, 11_100, Account.own("A1"), Account.endToEnd("E1"))]
        let answer = try Account.run(lines, entries)
        #expect(answer.automatic.map(\.lines) == [[3]])
        #expect(answer.proposals.map(\.lines) == [[1, 2]])
        #expect(answer.breaks.map(\.category) == [.reversal] && answer.breaks[0].entries.isEmpty)
        // One line is taken back once, also when a match took it before.
        (lines[0].remaining, lines[0].takenBy) = (0, 9)
        lines[2] = Account.line(3, -11_100, Account.endToEnd("E1"), isReversal: true)
        let twice = try Account.run(lines, [])
        #expect(twice.proposals.map(\.lines).count == 1)
        #expect(twice.breaks.map(\.category) == [.reversal, .reversal])
    }

    @Test("6: a reversal without a reference is proposed against the latest equal amounts")
    func looseReversal() throws {
        let lines = [
            Account.line(1, 11_100, booked: "2026-11-20"), Account.line(2, 11_100),
            Account.line(3, 11_100, booked: "2026-11-10"),
            Account.line(4, 11_100, booked: "2026-11-25"),
            Account.line(5, -11_100, isReversal: true), Account.line(6, -11_100, isReversal: true),
        ]
        let answer = try Account.run(lines, [Account.entry(1, -11_100)])
        #expect(answer.automatic.isEmpty)
        #expect(answer.proposals.map(\.lines) == [[2, 5], [1, 5], [2, 6], [1, 6]])
        #expect(answer.proposals.map(\.choice?.rank) == [1, 2, 1, 2])
        let told = answer.breaks.filter { $0.category == .reversal }
        #expect(told.map(\.lines) == [[5], [6]] && told.map(\.otherLine) == [2, 2])
        #expect(answer.breaks.last?.category == .missingDebit)
    }

    @Test("15: sums are exact; zero means zero") func cents() throws {
        for (parts, whole) in [
            ([10, 20], 30), ([255_768], 255_768), ([Int64](repeating: 1, count: 1_000), 1_000),
        ] as [([Int64], Int64)] {
            let lines = parts.enumerated().map {
                Account.line(UInt64($0 + 1), $1, Account.own("SUM"))
            }
            let entries = [Account.entry(1, whole, Account.own("SUM"))]
            let answer = try Account.run(lines, entries)
            #expect(answer.automatic.count == 1 && answer.unmatched.isEmpty)
            #expect(answer.automatic.first?.claim.adjustment == nil)
            #expect(answer.automatic.first?.lines.count == parts.count)

            let off = try Account.run(lines, [Account.entry(1, whole + 1, Account.own("SUM"))])
            #expect(off.automatic.isEmpty)
        }
    }

    @Test("16: no rate is looked up, the one on record is only told") func rates() throws {
        let lines = [Account.line(1, 10_000, Account.own("FX"))]
        let answers = try [nil, Rate(scaled: 493_000_000), Rate(scaled: 512_000_000)].map {
            try Account.run(lines, [Account.entry(1, 10_000, Account.own("FX"), rate: $0)])
        }
        #expect(answers[0].automatic.count == 1)
        #expect(answers.allSatisfy { $0 == answers[0] })
    }

    @Test("17: 1,000 sent, 990 arrived; agreed are 15, or 5") func fees() throws {
        let lines = [Account.line(1, 99_000, Account.endToEnd("E1"))]
        let entries = [Account.entry(1, 100_000, Account.endToEnd("E1"))]
        let agreed = try Account.run(lines, entries)
        let match = try #require(agreed.automatic.first)
        #expect(
            match.claim.adjustment
                == MatchAdjustment(amount: -1_000, reason: .chargeOnTheWay, bearer: .participant))
        #expect(agreed.matches.count == 1 && agreed.unmatched.isEmpty)
        #expect(match.reasons.words.contains("amount within the tolerance"))

        var five = Account.charge
        five.minorUnits = 500
        let beyond = try Account.run(lines, entries, Account.rules(tolerance: five))
        #expect(beyond.automatic.isEmpty)
        let told = try #require(beyond.unmatched.first)
        #expect(beyond.unmatched.count == 1 && told.category == .amountDiffers)
        #expect(told.lines == [1] && told.entries == [1] && told.state == .mismatch)
        #expect(
            told.differences == [FieldDifference(field: .amount, line: "990.00", entry: "1000.00")])
        // Too much is no charge.
        let excess = try Account.run([Account.line(1, 101_000, Account.endToEnd("E1"))], entries)
        #expect(excess.automatic.isEmpty && excess.unmatched.map(\.category) == [.amountDiffers])
        // Going out, the charge comes on top.
        let out = try Account.run(
            [Account.line(1, -101_000, Account.endToEnd("E1"))],
            [Account.entry(1, -100_000, Account.endToEnd("E1"))])
        #expect(out.automatic.first?.claim.adjustment?.amount == -1_000)
    }

    @Test("18: several lines for one entry; two sets that both sum are proposals") func sets()
        throws
    {
        let entry = [Account.entry(1, 30_000, Account.own("S"))]
        func lines(_ amounts: Int64...) -> [OpenLine] {
            amounts.enumerated().map { Account.line(UInt64($0 + 1), $1, Account.own("S")) }
        }
        let all = try Account.run(lines(10_000, 10_000, 10_000), entry)
        #expect(all.automatic.map(\.lines) == [[1, 2, 3]] && all.unmatched.isEmpty)

        let one = try Account.run(lines(10_000, 20_000, 5_000), entry)
        #expect(one.automatic.map(\.lines) == [[1, 2]])
        #expect(one.unmatched.map(\.category) == [.notInLedger])

        let two = try Account.run(lines(10_000, 20_000, 14_000, 16_000), entry)
        #expect(two.automatic.isEmpty)
        #expect(Set(two.proposals.map(\.lines)) == [[1, 2], [3, 4]])
        #expect(two.proposals.map(\.choice?.rank) == [1, 2])
        #expect(two.proposals.allSatisfy { $0.choice?.count == 2 && $0.bound == nil })
        #expect(two.breaks.isEmpty)
    }

    @Test("18: one line for several entries, several for several, and parts of both")
    func manyToMany()
        throws
    {
        let entries = [100, 250, 400].enumerated().map {
            Account.entry(UInt64($0 + 1), $1, Account.own("M"))
        }
        let batch = try Account.run([Account.line(1, 750, Account.own("M"))], entries)
        #expect(batch.automatic.map(\.entries) == [[1, 2, 3]])

        let both = try Account.run(
            [Account.line(1, 300, Account.own("M")), Account.line(2, 450, Account.own("M"))],
            entries)
        #expect(both.automatic.map(\.lines) == [[1, 2]])
        #expect(both.automatic.map(\.entries) == [[1, 2, 3]])

        let part = try Account.run(
            [Account.line(1, 40_000, Account.own("P"))],
            [Account.entry(1, 100_000, Account.own("P"))])
        let proposal = try #require(part.proposals.first)
        #expect(part.automatic.isEmpty && proposal.claim.lines == [Taking(1, 40_000)])
        #expect(proposal.claim.entries == [Taking(1, 40_000)])
        var book = OpenBook(
            [Account.line(1, 40_000, Account.own("P"))],
            [Account.entry(1, 100_000, Account.own("P"))], Account.rules())
        try book.take(proposal.claim)
        #expect(book.lines[1]?.remaining == 0 && book.entries[1]?.remaining == 60_000)
        // The rest of it is matched by the rest.
        let rest = try Account.run(
            [Account.line(2, 60_000, Account.own("P"))], Array(book.entries.values))
        #expect(rest.automatic.map(\.claim.entries) == [[Taking(1, 60_000)]])
    }

    @Test("18: sets by amount and date are proposals, within their window") func datedSets() throws
    {
        let entries = [
            Account.entry(1, 10_000), Account.entry(2, 20_000, participant: 3),
            Account.entry(3, 30_000, due: "2026-11-20"), Account.entry(4, 7),
            Account.entry(5, 30_000, due: "2026-11-19"), Account.entry(6, -60_000),
        ]
        let batch = try Account.run([Account.line(1, 60_000)], entries)
        #expect(batch.automatic.isEmpty && batch.proposals.map(\.entries) == [[1, 2, 3]])
        #expect(batch.proposals.first?.reasons.words == ["equal sums", "date within the window"])
        #expect(!batch.breaks.contains { $0.lines == [1] } && batch.bounds.isEmpty)
        // Of somebody else, or too late, it is none.
        for line in [
            Account.line(1, 60_000, participant: 4), Account.line(1, 60_000, booked: "2026-11-25"),
        ] {
            let other = try Account.run([line], entries)
            #expect(other.proposals.isEmpty && other.breaks.contains { $0.lines == [1] })
        }
        // The other way round, and two sets that both sum.
        let parts = [10_000, 20_000, 14_000, 16_000].enumerated().map {
            Account.line(UInt64($0 + 1), $1)
        }
        let two = try Account.run(parts, [Account.entry(1, 30_000)])
        #expect(two.automatic.isEmpty && two.proposals.map(\.lines) == [[1, 2], [3, 4]])
        #expect(two.proposals.map(\.choice?.rank) == [1, 2] && two.breaks.isEmpty)
    }

    @Test("18: what does not sum is one break with both sums, and a part of it is proposed")
    func spread() throws {
        let lines = [
            Account.line(1, 40_000, Account.own("P")), Account.line(2, 30_000, Account.own("P")),
        ]
        let less = try Account.run(lines, [Account.entry(1, 100_000, Account.own("P"))])
        #expect(less.automatic.isEmpty && less.breaks.map(\.category) == [.amountDiffers])
        #expect(less.breaks.first?.lines == [1, 2] && less.breaks.first?.entries == [1])
        #expect(
            less.breaks.first?.differences
                == [FieldDifference(field: .amount, line: "700.00", entry: "1000.00")])
        #expect(less.proposals.map(\.claim.entries) == [[Taking(1, 70_000)]])
        try OpenBook(lines, [Account.entry(1, 100_000, Account.own("P"))], Account.rules())
            .verify(less.proposals[0].claim)

        // The earliest are held against it; the one behind them goes on waiting.
        let entries = [
            Account.entry(1, 35_000, Account.own("Q"), due: "2026-11-23"),
            Account.entry(2, 50_000, Account.own("Q")),
            Account.entry(3, 60_000, Account.own("Q"), due: "2026-12-24"),
        ]
        let over = try Account.run([Account.line(1, 70_000, Account.own("Q"))], entries)
        #expect(over.proposals.map(\.claim.entries) == [[Taking(1, 35_000), Taking(2, 35_000)]])
        #expect(over.proposals.map(\.claim.lines) == [[Taking(1, 70_000)]])
        #expect(over.breaks.map(\.entries) == [[1, 2]])
        #expect(over.unmatched.last?.entries == [3] && over.unmatched.last?.state == .expected)
    }

    @Test("19: two UETRs are two payments, whatever else they share") func otherUETR() throws {
        let (a, b) = (
            Reference(.uetr, "eb6305c9-1f7f-49de-aed0-16487c27b42d"),
            Reference(.uetr, "17b9a3d2-5a0c-4b57-8d1a-0d0b1c6f2a90")
        )
        let lines = [Account.line(1, 90_000, a, Account.endToEnd("INVOICE1"))]
        let entries = [Account.entry(1, 90_000, b, Account.endToEnd("INVOICE1"))]
        let answer = try Account.run(lines, entries)
        let proposal = try #require(answer.proposals.first)
        #expect(answer.automatic.isEmpty && answer.matches.count == 1)
        #expect(proposal.differences.map(\.field) == [.reference(.uetr)])
        let book = OpenBook(lines, entries, Account.rules())
        var claim = proposal.claim
        try book.verify(claim)
        claim.isAutomatic = true
        #expect(throws: MatchFault.otherReference(.entry, 1)) { try book.verify(claim) }
    }

    @Test("19: the reference wins over an equal amount") func partners() throws {
        let lines = [Account.line(1, 90_000, Account.endToEnd("SECOND"))]
        let entries = [
            Account.entry(1, 90_000, Account.endToEnd("FIRST")),
            Account.entry(2, 90_000, Account.endToEnd("SECOND")),
        ]
        let answer = try Account.run(lines, entries)
        #expect(answer.automatic.map(\.entries) == [[2]])
        #expect(
            answer.automatic.first?.reasons.words == [
                "same end-to-end identification", "equal amount", "same date",
            ])
        // Also where the amount of the named one differs and another one has the right amount.
        let other = try Account.run(
            lines,
            [
                Account.entry(1, 90_000, Account.endToEnd("FIRST")),
                Account.entry(2, 80_000, Account.endToEnd("SECOND")),
            ])
        #expect(other.automatic.isEmpty)
        #expect(other.unmatched.first?.entries == [2] && other.unmatched.first?.lines == [1])
        // Amount and date alone propose.
        let bare = try Account.run([Account.line(1, 90_000)], entries)
        #expect(bare.automatic.isEmpty && bare.proposals.map(\.entries) == [[1], [2]])
        #expect(bare.proposals.map(\.choice?.count) == [2, 2] && bare.breaks.isEmpty)
    }

    @Test("20: every field that differs is named, with both values") func mismatches() throws {
        let answer = try Account.run(
            [Account.line(1, 5_000, Account.own("ABC124"), currency: .usd)],
            [Account.entry(1, 5_000, Account.own("ABC123"), currency: .eur)])
        let told = try #require(answer.unmatched.first)
        #expect(answer.unmatched.count == 1 && told.state == .mismatch)
        #expect(told.category == .currencyDiffers)
        #expect(
            told.differences == [
                FieldDifference(field: .reference(.own), line: "ABC124", entry: "ABC123"),
                FieldDifference(field: .currency, line: "USD", entry: "EUR"),
            ])
        // What is proposed says it too.
        let proposed = try Account.run(
            [Account.line(1, 5_000, Account.own("ABC124"))],
            [Account.entry(1, 5_000, Account.own("ABC123"))])
        #expect(proposed.unmatched.isEmpty)
        #expect(
            proposed.proposals.map(\.differences) == [
                [FieldDifference(field: .reference(.own), line: "ABC124", entry: "ABC123")]
            ])
    }

    @Test(
        "21: waiting is no break",
        arguments: [
            ("2026-11-24", UnmatchedState.expected, DueState.expected, 0),
            ("2026-11-25", .expected, .due, 0),
            // The 26th is a holiday, the 28th a Saturday: both are Friday's or Monday's business.
            ("2026-11-26", .missing, .missing, 1),
            ("2026-11-27", .missing, .missing, 1),
            ("2026-11-28", .missing, .missing, 2),
            ("2026-11-30", .missing, .missing, 2),
            ("2026-12-01", .missing, .missing, 3),
        ])
    func due(today: String, state: UnmatchedState, due: DueState, age: Int) throws {
        let answer = try Account.run(
            [], [Account.entry(1, 5_000, due: "2026-11-25")], today: Account.date(today))
        let told = try #require(answer.unmatched.first)
        #expect(told.state == state && told.due == due && told.age == age)
        #expect(answer.breaks.count == (state == .missing ? 1 : 0))
        #expect(told.category == (state == .missing ? .missingCredit : nil))
    }

    @Test(
        "25: eight matches of one entry, or of one line: one success, seven conflicts that name it",
        arguments: [(8, 1, MatchSide.entry), (1, 8, .line)])
    func conflicts(ofLines: UInt64, ofEntries: UInt64, side: MatchSide) throws {
        let lines = (1...ofLines).map { Account.line($0, 5_000) }
        let entries = (1...ofEntries).map { Account.entry($0, 5_000) }
        let answer = try Account.run(lines, entries)
        #expect(answer.proposals.count == 8)
        var book = OpenBook(lines, entries, Account.rules())
        var faults: [MatchFault] = []
        for match in answer.proposals {
            do throws(MatchFault) { try book.take(match.claim) } catch { faults.append(error) }
        }
        #expect(faults == [MatchFault](repeating: .conflict(side, 1, with: 1), count: 7))
    }

    @Test("26: a booked line replaces the pending one, also under another identification")
    func pending() {
        let pending = [Account.line(1, 1_000, Reference(.agent, "A"))]
        let booked = [Account.line(2, 1_000, Reference(.agent, "B"), booked: "2026-11-25")]
        let days = Account.days
        #expect(
            replacements(of: pending, by: booked, days: days)
                == [Replacement(pending: 1, booked: 2, reference: nil)])
        // By the same reference the booked amount is the final one.
        let final = [Account.line(3, 995, Reference(.agent, "A"), booked: "2026-11-27")]
        #expect(
            replacements(of: pending, by: booked + final, days: days)
                == [Replacement(pending: 1, booked: 3, reference: Reference(.agent, "A"))])
        // Two pending twins are replaced by two, not by one.
        let twins = (1...2).map { Account.line($0, 1_000) }
        #expect(replacements(of: twins, by: booked, days: days).map(\.pending) == [1])
        #expect(
            replacements(of: twins, by: booked + [Account.line(4, 1_000)], days: days)
                .map(\.booked) == [4, 2])
        // Not by what was booked before, long after, or the other way.
        for other in [
            Account.line(5, 1_000, booked: "2026-11-20"),
            Account.line(6, 1_000, booked: "2026-12-10"), Account.line(7, -1_000),
        ] {
            #expect(replacements(of: pending, by: [other], days: days).isEmpty)
        }
    }
}
