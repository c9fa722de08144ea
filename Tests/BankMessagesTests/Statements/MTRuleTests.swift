import BankMessages
import Domain
import Testing

/// Rules 2, 4, 9, 10, 12, 14, 15, 28 and 29 of what breaks for people who reconcile, for MT.
@Suite("MT statements: rules of the field")
struct MTRuleTests {
    /// A message whose balances and lines are given.
    static func message(
        _ lines: [String], opening: String = "C260301EUR100,00", closing: String
    ) -> String {
        """
        :20:REF
        :25:DE02120300000000202051
        :28C:61/1
        :60F:\(opening)
        \(lines.map { ":61:\($0)" }.joined(separator: "\n"))
        :62F:\(closing)
        -

        """
    }

    @Test("Rule 2: two lines that are equal are two lines")
    func twins() {
        let line = "2603020302C5,00NTRFA//B"
        let read = LineReading.mt(Self.message([line, line], closing: "C260302EUR110,00"))
        #expect(read.looksComplete)
        #expect(read.lines.map(\.position) == [1, 2])
    }

    @Test(
        "Rule 4: C and RD come in, D and RC go out, whatever letter of the currency follows",
        arguments: [
            ("C", CreditDebit.credit, false), ("D", .debit, false), ("RC", .debit, true),
            ("RD", .credit, true), ("CR", .credit, false), ("DR", .debit, false),
            ("RCR", .debit, true), ("RDR", .credit, true), ("DD", .debit, false),
            ("CD", .credit, false),
        ])
    func marks(mark: String, direction: CreditDebit, isReversal: Bool) throws {
        let closing = direction == .credit ? "C260302EUR120,00" : "C260302EUR80,00"
        let read = LineReading.mt(
            Self.message(["2603020302\(mark)20,NTRFX"], closing: closing))
        let line = try #require(read.lines.first)
        #expect(line.direction == direction)
        #expect(line.isReversal == isReversal)
        #expect(line.status == .booked)
        #expect(read.looksComplete)
    }

    @Test("Expected lines of MT942 do not count as booked", arguments: ["EC", "ED", "EDR"])
    func expected(mark: String) throws {
        let read = LineReading.mt(
            ":20:A\n:25:B\n:28C:1\n:34F:EUR0,\n:61:260302\(mark)20,NTRFX\n-\n")
        #expect(try #require(read.lines.first).status == .pending)
        #expect(read.tally.statements.first?.bookedLines == 0)
        #expect(read.tally.statements.first?.head.kind == .interim)
    }

    @Test("Rule 9: a day without lines is a day")
    func emptyDay() {
        let read = LineReading.mt(
            ":20:A\n:25:B\n:28C:1/1\n:60F:C260301EUR1,5\n:62F:C260302EUR1,50\n-\n")
        #expect(read.looksComplete)
        #expect(read.tally.statements.first?.difference?.isZero == true)
    }

    @Test("Rule 10: pages follow each other; one that is missing leaves a gap")
    func pages() {
        func page(_ number: Int, _ opening: String, _ line: String, _ closing: String) -> String {
            ":20:A\n:25:B\n:28C:7/\(number)\n:60\(opening)\n:61:260302\(line)\n:62\(closing)\n-\n"
        }
        let first = page(1, "F:C260301EUR10,", "C5,NTRFX", "M:C260302EUR15,")
        let second = page(2, "M:C260302EUR15,", "D20,NTRFX", "M:D260302EUR5,")
        let third = page(3, "M:D260302EUR5,", "C6,NTRFX", "F:C260302EUR1,")
        #expect(LineReading.mt(first + second + third).looksComplete)
        let gap = LineReading.mt(first + third)
        #expect(gap.codes == [.doesNotFollow])
        #expect(gap.heads.map(\.page) == ["1", "3"])
        #expect(gap.heads.map(\.sequence) == ["7", "7"])
    }

    @Test(
        "Rule 14: the year of the entry date is the nearest to the value date",
        arguments: [
            ("2601011230", "2025-12-30"), ("1812310101", "2019-01-01"),
            ("1901310201", "2019-02-01"), ("2603020302", "2026-03-02"),
            ("2403010229", "2024-02-29"), ("2502280229", nil), ("2603021301", nil),
            ("2603020000", nil), ("9912310103", "2000-01-03"), ("260302", "2026-03-02"),
            ("260302    ", "2026-03-02"),
        ])
    func years(dates: String, booked: String?) throws {
        let read = LineReading.mt(
            Self.message(["\(dates)C1,NTRFX"], closing: "C260302EUR101,00"))
        #expect(try #require(read.lines.first).bookingDate?.description == booked)
        #expect(read.codes == (booked == nil ? [.impossibleDate] : []))
    }

    @Test("A value date that no calendar has is said, and the opening day gives the year")
    func impossibleDates() throws {
        let read = LineReading.mt(
            Self.message(
                ["2602300301C1,NTRFX"], opening: "C260228EUR100,00", closing: "C260332EUR101,00"))
        let line = try #require(read.lines.first)
        #expect(line.valueDate == nil)
        #expect(line.bookingDate?.description == "2026-03-01")
        #expect(read.codes == [.impossibleDate, .impossibleDate])
        #expect(read.tally.findings.map(\.line) == [5, 6])
        #expect(read.tally.statements.first?.difference?.isZero == true)
    }

    @Test(
        "Rule 15: cents are exact",
        arguments: [
            (["0,1", "0,2"], "0,3"), (["2557,68"], "2557,68"),
            (Array(repeating: "0,01", count: 1_000), "10,"), (["0,001", "0,0009"], "0,0019"),
            (["999999999999999,99"], "999999999999999,99"),
        ])
    func cents(amounts: [String], sum: String) {
        let read = LineReading.mt(
            Self.message(
                amounts.map { "2603020302C\($0)NTRFX" }, opening: "C260301EUR0,",
                closing: "C260302EUR\(sum)"))
        #expect(read.looksComplete)
        let off = LineReading.mt(
            Self.message(
                amounts.map { "2603020302C\($0)NTRFX" }, opening: "C260301EUR0,",
                closing: "C260302EUR1\(sum)"))
        #expect(off.codes == [.doesNotAddUp])
    }

    @Test(
        "Rule 28: what may be read in two ways is not read, and neither is what is no number",
        arguments: [
            ("EUR", "1.234,56", nil), ("EUR", "25.000", nil), ("BHD", "25.000", "25.000"),
            ("EUR", "25.00", "25.00"), ("EUR", "25,000", "25.000"), ("EUR", "12..34", nil),
            ("EUR", "12,,34", nil), ("EUR", "1,2,3", nil), ("EUR", ",", nil), ("EUR", ",5", "0.5"),
            ("JPY", "3146", "3146"), ("JPY", "3146,", "3146"), ("EUR", "-5,", nil),
            ("EUR", "1234567890123456789,", nil), ("EUR", "000000000000000007,5", "7.5"),
            ("EUR", "0,1234567891", nil),
        ] as [(String, String, String?)])
    func amounts(currency: String, written: String, value: String?) {
        let read = LineReading.mt(
            Self.message(
                ["2603020302C\(written)NTRFX"], opening: "C260301\(currency)1,",
                closing: "C260302\(currency)1,"))
        #expect(read.lines.first?.amount.description == value)
        #expect(read.tally.rowsRefused == (value == nil ? 1 : 0))
        if value == nil { #expect(read.codes.contains(.unreadableAmount)) }
        #expect(read.codes.contains(.decimalPoint) == (value != nil && written.contains(".")))
    }

    @Test("Rule 29: ten lines, one bad: nine taken, one refused with its line, and it is said")
    func refusedLine() {
        var lines = (1...10).map { "2603020302C\($0),NTRFX" }
        lines[6] = "2603020302X7,NTRFX"
        let read = LineReading.mt(Self.message(lines, closing: "C260302EUR155,"))
        #expect(read.tally.rowsRead == 10)
        #expect(read.tally.rowsTaken == 9)
        #expect(read.tally.rowsRefused == 1)
        #expect(read.tally.findings.first?.line == 11)
        #expect(read.tally.findings.first?.position == 7)
        #expect(read.codes == [.unreadableAmount, .doesNotAddUp])
        #expect(read.lines.map(\.position) == [1, 2, 3, 4, 5, 6, 8, 9, 10])
    }

    @Test("Totals of MT942 that differ are said; years 80 to 99 are of the century before")
    func totals() throws {
        let text = """
            :20:A
            :25:B
            :28C:1
            :34F:EUR0,
            :13D:2603021200+0100
            :61:260302C5,NTRFX
            :61:260302D2,NTRFX
            :90D:1EUR2,
            :90C:1EUR\("5,")
            -
            """
        #expect(LineReading.mt(text).looksComplete)
        let off = LineReading.mt(text.replacing("1EUR5,", with: "2EUR5,01"))
        #expect(Set(off.codes) == [.declaredTotalsDiffer])
        let head = try #require(off.heads.first)
        #expect(head.format == .mt942)
        #expect(head.created == "2603021200+0100")
        #expect(head.currency == "EUR")
        #expect(
            LineReading.mt(text.replacing(":61:260302C", with: ":61:991231C")).lines.first?
                .valueDate?.description == "1999-12-31")
    }
}
