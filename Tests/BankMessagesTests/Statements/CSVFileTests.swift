import BankMessages
import Domain
import Testing

/// What a CSV file comes to as a whole.
@Suite("CSV statements: balances, headers, ends")
struct CSVFileTests {
    private static func mapping(_ change: (inout CSVMapping) -> Void = { _ in }) throws
        -> CSVMapping
    {
        var mapping = CSVMapping(
            dates: try CSVDateFormat("YYYY-MM-DD"), amounts: try CSVAmountFormat(decimal: "."),
            columns: [
                .bookingDate: [.numbered(1)], .amount: [.numbered(2)], .balance: [.numbered(3)],
            ])
        mapping.currency = "EUR"
        mapping.hasHeader = false
        mapping.order = .oldestFirst
        change(&mapping)
        try mapping.check()
        return mapping
    }

    private static let rows = [
        "2026-03-02,100,150", "2026-03-02,-30.5,119.5", "2026-03-03,,", "2026-03-04,0.5,120",
    ].filter { !$0.hasSuffix(",,") }

    @Test(
        "Balances are derived from either end, and every row has to follow",
        arguments: [true, false])
    func balances(isOldestFirst: Bool) throws {
        let mapping = try Self.mapping { $0.order = isOldestFirst ? .oldestFirst : .newestFirst }
        func read(_ rows: [String]) -> LineReading {
            let ordered = isOldestFirst ? rows : rows.reversed()
            return LineReading.csv(ordered.joined(separator: "\n"), mapping)
        }
        let whole = read(Self.rows)
        #expect(whole.looksComplete)
        let figures = try #require(whole.tally.statements.first)
        #expect(figures.opening?.amount == ExactDecimal(unscaled: 50, scale: 0))
        #expect(figures.closing?.amount == ExactDecimal(unscaled: 120, scale: 0))
        #expect(figures.closing?.date?.description == "2026-03-04")
        #expect(figures.difference?.isZero == true)
        // A row is missing: what is left says so, with the amount.
        let gap = read([Self.rows[0], Self.rows[2]])
        #expect(gap.codes == [.doesNotAddUp, .doesNotAddUp])
        #expect(gap.tally.statements.first?.difference?.description == "-30.5")
        // A row in the middle, or at an end, tells no balance.
        for index in 0..<3 {
            var rows = Self.rows
            rows[index] = rows[index].split(separator: ",").dropLast().joined(separator: ",") + ","
            let read = read(rows)
            #expect(read.looksComplete, "\(index) \(read.codes)")
            let figures = try #require(read.tally.statements.first)
            #expect(figures.opening?.amount == whole.tally.statements.first?.opening?.amount)
            #expect(figures.closing?.amount == whole.tally.statements.first?.closing?.amount)
        }
    }

    @Test("Read from the wrong end, balances do not follow")
    func wrongOrder() throws {
        let read = LineReading.csv(
            Self.rows.joined(separator: "\n"), try Self.mapping { $0.order = .newestFirst })
        #expect(read.codes.contains(.doesNotAddUp))
    }

    @Test("Lines in front and rows behind are left out, whatever they hold")
    func ends() throws {
        let mapping = try Self.mapping {
            $0.linesBefore = 2
            $0.linesAfter = 1
        }
        let text = "My \"bank\n\n\(Self.rows.joined(separator: "\n"))\n\nTotal,70\n"
        #expect(LineReading.csv(text, mapping).looksComplete)
        #expect(LineReading.csv("a\nb\n", mapping).refusal != nil)
        let none = LineReading.csv("a\nb\nTotal,0,0\n", mapping)
        #expect(none.codes.contains(.isEmpty))
    }

    @Test("Columns are found by name, each once")
    func header() throws {
        let mapping = try Self.mapping {
            $0.hasHeader = true
            $0.columns = [
                .bookingDate: [.named("Tag")], .amount: [.named("Betrag")],
                .remittance: [.named("Zweck 1"), .named("Zweck 2")], .uetr: [.numbered(5)],
            ]
        }
        let row = "2026-03-02,5,a,b,8f2b5e70-1d44-4e6a-9c4a-2d9c87fd0011\n"
        let read = LineReading.csv(" Tag ,Betrag,Zweck 1,Zweck 2,U\n\(row)", mapping)
        #expect(read.refusal == nil)
        let detail = try #require(read.lines.first?.details.first)
        #expect(detail.remittance == "a\nb")
        #expect(detail.uetr == "8f2b5e70-1d44-4e6a-9c4a-2d9c87fd0011")
        for header in ["Tag,Summe,Zweck 1,Zweck 2,U", "Tag,Betrag,Betrag,Zweck 1,Zweck 2", "Tag"] {
            let refusal = LineReading.csv("\(header)\n\(row)", mapping).refusal
            #expect(refusal?.line == 1, "\(header)")
        }
        #expect(LineReading.csv("", mapping).refusal != nil)
        #expect(LineReading.csv("Tag,Betrag,Zweck 1,Zweck 2,U\n", mapping).codes.contains(.isEmpty))
    }

    @Test("Rule 8: rows of another account, or of no known currency, refuse the file")
    func accounts() throws {
        let mapping = try Self.mapping {
            $0.columns[.account] = [.numbered(4)]
            $0.columns[.currency] = [.numbered(5)]
            $0.columns[.balance] = nil
        }
        let read = LineReading.csv("2026-03-02,1,,A,USD\n2026-03-02,2,,A,\n", mapping)
        #expect(read.refusal == nil)
        #expect(read.heads.first?.account == "A")
        #expect(read.lines.map(\.currency) == ["USD", "EUR"])
        #expect(LineReading.csv("2026-03-02,1,,A,\n2026-03-02,2,,B,\n", mapping).refusal?.line == 2)
        #expect(LineReading.csv("2026-03-02,1,,A,dollar\n", mapping).refusal?.line == 1)
        let stated = try Self.mapping {
            $0.columns[.account] = [.numbered(4)]
            $0.account = "B"
        }
        #expect(LineReading.csv("2026-03-02,1,,A,\n", stated).refusal?.line == 1)
    }

    @Test("Without a mapping a file is not read; a quote that never ends is refused in time")
    func bounds() throws {
        let bare = LineReading(
            "a,b\n", with: CSVStatementReader(options: StatementReadingOptions()))
        #expect(bare.refusal?.sentence.contains("mapping") == true)
        let endless = "\"" + String(repeating: "x,1\n", count: 40_000)
        let read = LineReading.csv(endless, try Self.mapping())
        #expect(read.refusal?.line == 1)
        #expect(read.refusal?.sentence.contains("65536") == true)
    }
}
