import BankMessages
import Domain
import Testing

/// Rules 12, 13, 15, 28 and 29 of what breaks for people who reconcile, for CSV.
@Suite("CSV statements: rules of the field")
struct CSVRuleTests {
    private static func mapping(_ change: (inout CSVMapping) throws -> Void = { _ in }) throws
        -> CSVMapping
    {
        var mapping = CSVMapping(
            dates: try CSVDateFormat("YYYY-MM-DD"), amounts: try CSVAmountFormat(decimal: "."),
            columns: [
                .bookingDate: [.named("Date")], .text: [.named("Text")],
                .amount: [.named("Amount")],
            ])
        mapping.currency = "EUR"
        try change(&mapping)
        try mapping.check()
        return mapping
    }

    @Test(
        "Rule 28: a number has the form that is stated, or none",
        arguments: [
            (".", nil, "1234.56", "1234.56"), (".", nil, "-110.7", "-110.7"),
            (".", nil, "+5", "5"), (".", nil, "12..34", nil), (".", nil, "1.2.3", nil),
            (".", nil, "25,000", nil), (".", ",", "25,000", "25000"),
            (".", ",", "1,234,567.8", "1234567.8"), (".", ",", "1234567.8", "1234567.8"),
            (".", ",", "12,34.5", nil), (".", ",", "1,23,456.00", nil), (".", ",", ",123", nil),
            (".", ",", "1,,234", nil), (".", ",", "1234,567", nil), (".", ",", "1.234,567", nil),
            (",", ".", "1.234,56", "1234.56"), (",", ".", "-4,50", "-4.50"),
            (",", ".", "12.34", nil), (",", ".", "1.234", "1234"), (",", "'", "1'234,5", "1234.5"),
            (",", " ", "1 234,5", "1234.5"), (",", "\u{A0}", "1\u{A0}234,5", "1234.5"),
            (",", nil, "1 234,5", nil), (".", nil, "5.", nil), (".", nil, ".5", "0.5"),
            (".", nil, "-", nil), (".", nil, "", nil), (".", nil, "5-", nil),
            (".", nil, "(5)", nil),
            (".", nil, "--5", nil), (".", nil, "-+5", nil), (".", nil, "1e3", nil),
            (".", nil, "5 EUR", nil), (".", nil, "5٣", nil), (".", nil, "\u{2212}5", "-5"),
            (".", nil, "1234567890123456789", nil),
        ] as [(String, String?, String, String?)])
    func numbers(decimal: String, thousands: String?, written: String, value: String?) throws {
        let mapping = try Self.mapping {
            $0.delimiter = UInt8(ascii: ";")
            $0.amounts = try CSVAmountFormat(decimal: decimal, thousands: thousands)
        }
        let read = LineReading.csv("Date;Text;Amount\n2026-03-02;x;\(written)\n", mapping)
        let signed = read.lines.first.map { $0.direction == .debit ? -$0.amount : $0.amount }
        #expect(signed?.description == value)
        if value == nil { #expect(read.refusal?.line == 2) }
    }

    @Test("Numbers below zero in every form that is stated; symbols; lakhs")
    func forms() throws {
        let mapping = try Self.mapping {
            $0.delimiter = UInt8(ascii: ";")
            $0.amounts = try CSVAmountFormat(decimal: ".", thousands: ",")
            $0.amounts.negative = [.trailingMinus, .parentheses]
            $0.amounts.symbols = ["€", "INR"]
            $0.amounts.groups = .lakhs
        }
        for (written, value) in [
            ("12,34,567.00-", "-1234567.00"), ("(5)", "-5"), ("€ 7", "7"), ("1,000 INR", "1000"),
            ("(€7)", "-7"), ("€(7)", "-7"), ("5+", "5"), ("-5", nil), ("1,234,567", nil),
        ] {
            let read = LineReading.csv("Date;Text;Amount\n2026-03-02;x;\(written)\n", mapping)
            let signed = read.lines.first.map { $0.direction == .debit ? -$0.amount : $0.amount }
            #expect(signed?.description == value, "\(written)")
        }
    }

    @Test(
        "Rule 12: a date is the agent's, in the form that is stated",
        arguments: [
            ("YYYY-MM-DD", "2026-08-03", "2026-08-03"), ("DD.MM.YYYY", "03.08.2026", "2026-08-03"),
            ("MM/DD/YYYY", "08/03/2026", "2026-08-03"), ("YYYYMMDD", "20260803", "2026-08-03"),
            ("DD.MM.YY", "03.08.26", "2026-08-03"), ("D/M/YYYY", "3/8/2026", "2026-08-03"),
            ("D/M/YYYY", "13/12/2026", "2026-12-13"), ("D MMM YYYY", "3 Aug 2026", "2026-08-03"),
            ("YYYY-MM-DD*", "2026-08-03T23:30:00-05:00", "2026-08-03"),
            ("YYYY-MM-DD*", "2026-08-03", "2026-08-03"), ("YYYY-MM-DD*", "2026-08-031", nil),
            ("YYYY-MM-DD", "2026-08-03 00:00", nil), ("YYYY-MM-DD", "2026-8-3", nil),
            ("MM/DD/YYYY", "13/08/2026", nil), ("YYYY-MM-DD", "2026-02-29", nil),
            ("YYYY-MM-DD", "", nil), ("D MMM YYYY", "3 aug 2026", nil),
        ] as [(String, String, String?)])
    func dates(pattern: String, written: String, date: String?) throws {
        let mapping = try Self.mapping { $0.dates = try CSVDateFormat(pattern) }
        let read = LineReading.csv("Date,Text,Amount\n\(written),x,1\n", mapping)
        #expect(read.lines.first?.bookingDate?.description == date)
        if date == nil { #expect(read.refusal?.line == 2) }
    }

    @Test("Rule 13: booking date and value date are kept apart")
    func twoDates() throws {
        let mapping = try Self.mapping { $0.columns[.valueDate] = [.named("Value")] }
        let read = LineReading.csv("Date,Value,Text,Amount\n2026-12-31,2027-01-02,x,1\n", mapping)
        #expect(read.lines.first?.bookingDate?.description == "2026-12-31")
        #expect(read.lines.first?.valueDate?.description == "2027-01-02")
    }

    @Test("Rule 29: one row that does not fit refuses the file, with its line")
    func refusedRow() throws {
        let good = (1...9).map { "2026-03-02,x,\($0)\n" }
        for (bad, word) in [
            ("2026-03-02,x\n", "2 fields"), ("2026-03-02,x,1,2\n", "4 fields"),
            ("2026-03-02,x,\n", "amount"), ("2026-03-32,x,1\n", "bookingDate"),
            (",x,1\n", "booking date"), ("2026-03-02\n", "1 fields"),
            ("2026-03-02,\"x\"y,1\n", "closing quote"), ("2026-03-02,\"x,1\n", "no end"),
        ] {
            let rows = good[..<5] + [bad] + good[5...]
            let read = LineReading.csv(
                "Date,Text,Amount\n\(rows.joined())", try Self.mapping())
            #expect(read.refusal?.line == 7, "\(bad)")
            #expect(read.refusal?.sentence.contains(word) == true, "\(read.refusal!)")
        }
        let whole = LineReading.csv(
            "Date,Text,Amount\n\(good.joined())\n,,\n2026-03-02,x,1,,\n", try Self.mapping())
        #expect(whole.refusal == nil)
        #expect(whole.tally.rowsTaken == 10)
    }

    @Test("RFC 4180: ends of lines, delimiters and quotes within quotes")
    func quotes() throws {
        let read = LineReading.csv(
            """
            "Date","Text","Amount"
            2026-03-02,"a ""b"", c

            d","1.5"
            "2026-03-03" ,5" pipe,-2
            """, try Self.mapping())
        #expect(read.refusal == nil)
        #expect(read.lines.map(\.text) == ["a \"b\", c\n\nd", "5\" pipe"])
        #expect(read.lines.map(\.amount.description) == ["1.5", "2"])
        #expect(read.lines.map(\.direction) == [.credit, .debit])
        let unquoted = LineReading.csv(
            "Date;Text;Amount\n2026-03-02;\"x;1\n",
            try Self.mapping {
                $0.quote = nil
                $0.delimiter = UInt8(ascii: ";")
            })
        #expect(unquoted.lines.map(\.text) == ["\"x"])
    }

    @Test("Which way money goes: a sign, a word, or a column")
    func directions() throws {
        let card = try Self.mapping { $0.amounts.sign = .signed(positive: .debit) }
        let charges = LineReading.csv("Date,Text,Amount\n2026-03-02,x,5\n2026-03-02,x,-3\n", card)
        #expect(charges.lines.map(\.direction) == [.debit, .credit])

        let words = try Self.mapping {
            $0.amounts.sign = .worded(credit: ["H", "CR"], debit: ["S"])
            $0.columns[.direction] = [.named("W")]
        }
        func worded(_ row: String) -> LineReading {
            LineReading.csv("Date,Text,Amount,W\n2026-03-02,x,\(row)\n", words)
        }
        #expect(worded("5,H").lines.first?.direction == .credit)
        #expect(worded("5,S").lines.first?.direction == .debit)
        #expect(worded("5,?").refusal?.line == 2)
        #expect(worded("5,").refusal?.line == 2)
        #expect(worded("-5,H").refusal?.line == 2)

        for isNegative in [false, true] {
            let columns = try Self.mapping {
                $0.amounts.sign = .columns(debitsAreNegative: isNegative)
                $0.columns[.amount] = nil
                $0.columns[.debit] = [.named("Out")]
                $0.columns[.credit] = [.named("In")]
            }
            func row(_ row: String) -> LineReading {
                LineReading.csv("Date,Text,Out,In\n2026-03-02,x,\(row)\n", columns)
            }
            let minus = isNegative ? "-" : ""
            #expect(row(",5").lines.first?.direction == .credit)
            #expect(row("0.00,5").lines.first?.direction == .credit)
            #expect(row("\(minus)5,").lines.first?.direction == .debit)
            #expect(row("\(minus)5,0").lines.first?.amount.description == "5")
            #expect(row("\(minus)5,5").refusal?.line == 2)
            #expect(row(",").refusal?.line == 2)
            #expect(row(",-5").refusal?.line == 2)
            #expect(row(isNegative ? "5," : "-5,").refusal?.line == 2)
        }
    }

    @Test("Rule 26: pending rows are pending, and a word that nobody stated refuses the file")
    func statuses() throws {
        let mapping = try Self.mapping {
            $0.columns[.status] = [.named("S")]
            $0.status.pending = ["open"]
            $0.status.information = ["failed"]
            $0.status.booked = ["done"]
        }
        let read = LineReading.csv(
            "Date,Text,Amount,S\n2026-03-02,x,1,done\n,x,2,open\n2026-03-02,x,4,failed\n", mapping)
        #expect(read.lines.map(\.status) == [.booked, .pending, .information])
        #expect(read.tally.statements.first?.sums.first?.credits.description == "1")
        let strange = LineReading.csv("Date,Text,Amount,S\n2026-03-02,x,1,new\n", mapping)
        #expect(strange.refusal?.line == 2)
    }
}
