internal import Domain
internal import Reconciliation
internal import Testing

@Suite struct ValueTests {
    @Test func whatSaysThatThereIsNoReferenceIsNone() {
        for text in ["", "  ", "NOTPROVIDED", "notprovided", "NONREF", "---", "0000", "N/A"] {
            #expect(Reference(.endToEnd, text) == nil)
        }
        #expect(Reference(.own, String(repeating: "A", count: 36)) == nil)
        #expect(Reference(.own, "付款") == nil)
        #expect(Reference(.uetr, "no UETR") == nil)
    }

    @Test func referencesAreComparedWithoutCaseAndSpaces() {
        #expect(Reference(.own, "inv 12/a") == Reference(.own, "INV12/A"))
        #expect(Reference(.own, "INV12") != Reference(.agent, "INV12"))
        #expect(Reference(.own, "INV12")?.description == "INV12")
        let longest = "ABCDEFGHIJKLMNOPQRSTUVWXYZ123456789"
        #expect(Reference(.other, longest)?.description == longest)
        let uetr = "eb6305c9-1f7f-49de-aed0-16487c27b42d"
        #expect(Reference(.uetr, uetr.uppercased())?.description == uetr)
        let texts = ["A", "AB", "ABCDEFGHIJKLMNOPQR", "ABCDEFGHIJKLMNOPQRA", "B"]
        let references = texts.compactMap { Reference(.own, $0) }
        #expect(references.sorted() == references && references.count == texts.count)
    }

    @Test func rulesThatSettleByAmountAloneAreNone() {
        func fault(_ rules: MatchingRule...) -> MatchingRulesFault? {
            do throws(MatchingRulesFault) {
                _ = try MatchingRules(account: 1, version: 1, rules: rules)
                return nil
            } catch { return error }
        }
        #expect(
            fault(MatchingRule(1, by: [], window: 1, isAutomatic: true)) == .automaticByAmount(1))
        #expect(fault(MatchingRule(1, by: [], isAutomatic: false)) == .amountRuleWithoutWindow(1))
        #expect(
            fault(MatchingRule(1, by: [], tolerance: Account.charge, window: 1, isAutomatic: false))
                == .toleranceWithoutReference(1))
        let rule = MatchingRule(1, by: .uetr, isAutomatic: true)
        #expect(fault(rule, rule) == .numbersOutOfOrder(1))
        #expect(fault(MatchingRule(0, by: .uetr, isAutomatic: true)) == .numbersOutOfOrder(0))
        #expect(
            fault(MatchingRule(1, by: .uetr, window: -1, isAutomatic: true)) == .windowOutOfRange(1)
        )
    }

    @Test func businessDaysAreCountedBeyondTheCalendarToo() {
        let days = Account.days
        func distance(_ from: String, _ to: String) -> Int {
            days.distance(from: Account.date(from), to: Account.date(to))
        }
        #expect(distance("2026-11-25", "2026-11-27") == 1)
        #expect(distance("2026-11-27", "2026-11-25") == -1)
        #expect(distance("2026-11-28", "2026-11-30") == 0)
        #expect(distance("2026-12-31", "2027-01-04") == 2)
        #expect(distance("2025-12-29", "2026-01-01") == 3)
        #expect(distance("2025-12-01", "2025-12-31") == 22)
    }

    @Test func whatCannotBeMatchedIsRefusedByName() {
        func fault(_ lines: [OpenLine], _ entries: [OpenEntry] = []) -> InputFault? {
            do throws(InputFault) {
                _ = try Matcher(
                    lines: lines, entries: entries, rules: Account.rules(), days: Account.days,
                    today: Account.today)
                return nil
            } catch { return error }
        }
        let line = Account.line(1, 100)
        #expect(fault([line, line]) == .numberNotUnique(.line, 1))
        #expect(fault([Account.line(0, 100)]) == .numberNotUnique(.line, 0))
        #expect(fault([Account.line(1, 0)]) == nil)
        #expect(fault([Account.line(1, .min)]) == .amountOutOfRange(.line, 1))
        var other = line
        other.account = 8
        #expect(fault([other]) == .otherAccount(.line, 1))
        var more = Account.entry(3, 100)
        more.remaining = 101
        #expect(fault([], [more]) == .amountOutOfRange(.entry, 3))
        more.remaining = -1
        #expect(fault([], [more]) == .amountOutOfRange(.entry, 3))
    }

    @Test func aSearchThatEndsAtItsBoundSaysSo() throws {
        // 24 amounts, all even, and an odd sum in their middle: no set, and no cheap proof.
        let lines = (1...24).map {
            Account.line(UInt64($0), Int64(2_000_000 + 2 * $0 * $0), Account.own("X"))
        }
        let answer = try Account.run(lines, [Account.entry(1, 24_000_001, Account.own("X"))])
        #expect(answer.automatic.isEmpty)
        #expect(answer.bounds.contains { $0.bound == .searchSteps && $0.reference != nil })
        // One more than may be chosen from: nothing is looked for.
        let more = lines + [Account.line(25, 2_000_000, Account.own("X"))]
        let crowd = try Account.run(more, [Account.entry(1, 6_000_028, Account.own("X"))])
        #expect(crowd.automatic.isEmpty && crowd.bounds.contains { $0.bound == .setCandidates })
    }

    @Test func moreThanOneMatchMayHaveIsNotMatchedAndSaid() throws {
        let count = MatchClaim.mostItems
        let lines = (1...UInt64(count)).map { Account.line($0, 100 + Int64($0), Account.own("X")) }
        let sum = lines.reduce(0) { $0 + $1.amount }
        let answer = try Account.run(lines, [Account.entry(1, sum, Account.own("X"))])
        #expect(answer.automatic.isEmpty && answer.bounds.contains { $0.bound == .itemsPerMatch })
        let fewer = try Account.run(
            Array(lines.dropLast()),
            [Account.entry(1, sum - lines[count - 1].amount, Account.own("X"))])
        #expect(fewer.automatic.count == 1 && fewer.unmatched.isEmpty && fewer.bounds.isEmpty)
    }
}
