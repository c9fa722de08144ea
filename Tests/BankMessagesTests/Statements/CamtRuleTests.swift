import BankMessages
import Domain
import Foundation
import Testing

/// What breaks for people who reconcile, by the numbers of the list of rules.
@Suite("camt statements by rule")
struct CamtRuleTests {
    @Test("Rule 2: two equal entries are two lines")
    func twins() {
        var sample = CamtSample()
        let twin = CamtSample.entry("25.00", "CRDT")
        (sample.entries, sample.closing) = ([twin, twin], "150.00")
        let read = sample.reading
        #expect(read.isClean)
        #expect(read.lines.map(\.position) == [1, 2])
    }

    @Test(
        "Rule 5: directions are as written; that only the flipped reading closes is told"
    )
    func reversals() {
        let mark = "<RvslInd>true</RvslInd>"
        var sample = CamtSample()
        sample.entries = [CamtSample.entry("50.25", "CRDT", inside: mark)]
        #expect(sample.reading.isClean)
        #expect(sample.reading.lines.first?.isReversal == true)
        #expect(sample.reading.lines.first?.direction == .credit)
        sample.entries = [CamtSample.entry("50.25", "DBIT", inside: mark)]
        #expect(sample.reading.codes == [.onlyFlippedReversalsClose])
        #expect(sample.reading.difference == "100.50")
        sample.entries = [CamtSample.entry("50.20", "DBIT", inside: mark)]
        #expect(sample.reading.codes == [.doesNotAddUp])
        // Beside entries that are none.
        sample.entries = [
            CamtSample.entry("20.00", "DBIT", inside: mark), CamtSample.entry("30.25", "CRDT"),
        ]
        #expect(sample.reading.codes == [.onlyFlippedReversalsClose])
    }

    private func details(_ amounts: [String], _ rest: String = "") -> String {
        let details = amounts.map { "<TxDtls>\($0)</TxDtls>" }.joined()
        return "<NtryDtls><Btch><NbOfTxs>2</NbOfTxs></Btch>\(details)</NtryDtls>\(rest)"
    }

    @Test("Rule 7: details have their own amounts, and sum to the entry")
    func batch() {
        func read(_ amounts: [String]) -> FileReading {
            var sample = CamtSample()
            (sample.entries, sample.closing) = (
                [CamtSample.entry("429.56", "CRDT", inside: details(amounts))], "529.56"
            )
            return sample.reading
        }
        // As version 02 has it, and as version 04 and later do.
        func early(_ amount: String) -> String {
            "<AmtDtls><TxAmt><Amt Ccy=\"EUR\">\(amount)</Amt></TxAmt></AmtDtls>"
        }
        func late(_ amount: String) -> String {
            "<Amt Ccy=\"EUR\">\(amount)</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
        }
        for form in [early, late] {
            let whole = read([form("329.56"), form("100.00")])
            #expect(whole.isClean)
            #expect(whole.lines[0].details.map { $0.amount?.description } == ["329.56", "100.00"])
            let changed = read([form("329.57"), form("100.00")])
            #expect(changed.codes == [.detailsDoNotSum])
            #expect(changed.difference == "0.01")
        }
        // One goes the other way; charges explain the rest; another currency cannot be summed.
        let out = "<Amt Ccy=\"EUR\">10.00</Amt><CdtDbtInd>DBIT</CdtDbtInd>"
        #expect(read([late("439.56"), out]).isClean)
        let charged =
            "<Amt Ccy=\"EUR\">434.56</Amt><Chrgs><Rcrd><Amt Ccy=\"EUR\">3.00</Amt></Rcrd>"
            + "<Rcrd><Amt Ccy=\"EUR\">2.00</Amt></Rcrd></Chrgs>"
        #expect(read([charged]).isClean)
        #expect(read([charged]).lines[0].details[0].charges?.description == "5.00")
        #expect(read(["<Amt Ccy=\"USD\">500.00</Amt>"]).isClean)
    }

    @Test("Rule 8: each statement has its own account and currency; other currencies stand apart")
    func currencies() {
        var dollars = CamtSample()
        (dollars.currency, dollars.account) = ("USD", "US-0099")
        dollars.entries = [
            CamtSample.entry("50.25", "CRDT", currency: "USD"),
            CamtSample.entry("29.06", "DBIT", currency: "EUR"),
        ]
        let euros = CamtSample()
        let read = FileReading(euros.document([euros.statement, dollars.statement]))
        let statements = read.tally.statements
        #expect(statements.map(\.head.account) == ["DE89370400440532013000", "US-0099"])
        #expect(statements.map(\.currency) == ["EUR", "USD"])
        #expect(statements.allSatisfy { $0.difference?.isZero == true })
        #expect(statements[1].sums.map(\.currency) == ["USD", "EUR"])
        #expect(statements[1].sums[1].debits.description == "29.06")
        #expect(read.codes == [.currencyDiffers])
        #expect(read.tally.findings.first?.statement == 2)
        #expect(read.tally.findings.first?.position == 2)
    }

    @Test("Rule 9: a day without entries is a day")
    func emptyDay() {
        var sample = CamtSample()
        (sample.entries, sample.closing) = ([], "100.00")
        #expect(sample.reading.isClean)
        #expect(sample.reading.tally.statements.count == 1)
    }

    @Test("Rule 10: a statement that does not follow the one before it is told with both figures")
    func gap() {
        let first = CamtSample()
        var second = CamtSample()
        (second.opening, second.closing) = ("149.25", "199.50")
        let read = FileReading(first.document([first.statement, second.statement]))
        #expect(read.codes == [.doesNotFollow])
        #expect(read.difference == "-1.00")
        #expect(read.tally.findings.first?.sentence.contains("149.25") == true)
        #expect(read.tally.findings.first?.sentence.contains("150.25") == true)
    }

    @Test("Rule 11: opening and closing that changed places are told")
    func swapped() {
        var sample = CamtSample()
        (sample.opening, sample.closing) = (sample.closing, sample.opening)
        #expect(sample.reading.codes == [.openingAndClosingSwapped])
    }

    @Test("The opening and the closing balance by their rule", arguments: StatementKind.allCases)
    func balances(kind: StatementKind) {
        func told(_ codes: [String]) -> (String?, String?) {
            var sample = CamtSample()
            sample.message =
                kind == .booked
                ? "camt.053.001.08" : kind == .interim ? "camt.052.001.08" : "camt.054.001.08"
            (sample.opening, sample.closing, sample.entries) = (nil, nil, [])
            for (number, code) in codes.enumerated() {
                sample.summary +=
                    "<Bal><Tp><CdOrPrtry><Cd>\(code)</Cd></CdOrPrtry></Tp>"
                    + "<Amt Ccy=\"EUR\">\(number)</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
                    + "<Dt><Dt>2026-08-03</Dt></Dt></Bal>"
            }
            let statement = sample.reading.tally.statements.first
            return (
                statement?.opening?.amount.description, statement?.closing?.amount.description
            )
        }
        #expect(told(["CLAV", "OPAV", "FWAV"]) == (nil, nil))
        #expect(told(["PRCD", "CLBD", "OPBD", "ITBD"]) == ("2", "1"))
        #expect(told(["PRCD", "ITBD", "CLBD"]) == ("0", "2"))
        #expect(told(["ITBD", "ITBD", "ITBD"]) == (kind == .booked ? "0" : nil, "2"))
    }

    @Test("Rule 12: dates are calendar dates as written, whatever time and zone stand behind them")
    func dates() {
        func booked(_ date: String) -> FileReading {
            var sample = CamtSample()
            sample.entries = [
                CamtSample.entry(
                    "50.25", "CRDT",
                    inside: "<BookgDt>\(date)</BookgDt><ValDt><Dt>2027-01-02</Dt></ValDt>")
            ]
            return sample.reading
        }
        let day = CivilDate(year: 2026, month: 12, day: 31)
        for written in [
            "<Dt>2026-12-31</Dt>", "<Dt>2026-12-31+13:00</Dt>", "<Dt>2026-12-31Z</Dt>",
            "<DtTm>2026-12-31T23:59:59-05:00</DtTm>", "<DtTm>2026-12-31T00:00:00.000Z</DtTm>",
            "<Dt>\n  2026-12-31\n</Dt>",
        ] {
            #expect(booked(written).isClean, "\(written)")
            // Rule 13: both dates are kept.
            #expect(booked(written).lines.first?.bookingDate == day, "\(written)")
            #expect(
                booked(written).lines.first?.valueDate == CivilDate(year: 2027, month: 1, day: 2))
        }
        for written in ["2026-02-30", "2026-13-01", "31.12.2026", "2026-1-1", "9999-12-31", "x"] {
            let read = booked("<Dt>\(written)</Dt>")
            #expect(read.codes == [.impossibleDate], "\(written)")
            #expect(read.tally.findings.first?.position == 1)
            #expect(read.lines.first?.bookingDate == nil)
            #expect(read.tally.statements.first?.difference?.isZero == true)
        }
    }

    @Test("Rule 15: a difference is exact, and zero means zero")
    func exact() {
        var sample = CamtSample()
        (sample.opening, sample.closing) = ("0", "0.3")
        sample.entries = [CamtSample.entry("0.1", "CRDT"), CamtSample.entry("0.2", "CRDT")]
        #expect(sample.reading.isClean)
        sample.closing = "0.300000001"
        #expect(sample.reading.difference == "0.000000001")
        (sample.opening, sample.closing) = ("-999999999999999999", "-999999999999999998.7")
        #expect(sample.reading.codes.contains(.unreadableAmount))
    }

    @Test("Rule 26: what is pending is a line, and counts for no balance")
    func pending() {
        var sample = CamtSample()
        for status in ["PDNG", "INFO", "FUTR"] {
            sample.entries.append(CamtSample.entry("10.00", "CRDT", status: status))
        }
        sample.entries.append(CamtSample.entry("1.00", "CRDT", status: nil))
        sample.closing = "151.25"
        #expect(sample.reading.isClean)
        #expect(sample.reading.tally.statements.first?.lines == 6)
        #expect(sample.reading.tally.statements.first?.bookedLines == 3)
        // Until version 07 the code stands in the status itself.
        let early = sample.text.replacing("<Sts><Cd>", with: "<Sts>")
            .replacing("</Cd></Sts>", with: "</Sts>")
        #expect(FileReading(early).lines == sample.reading.lines)
    }

    @Test(
        "Rule 29: an entry that cannot be taken is refused with its line, and the sum holds",
        arguments: [
            ("<Amt Ccy=\"EUR\">12..34</Amt><CdtDbtInd>CRDT</CdtDbtInd>", "'12..34'"),
            ("<Amt Ccy=\"EUR\">1.234,56</Amt><CdtDbtInd>CRDT</CdtDbtInd>", "'1.234,56'"),
            ("<Amt Ccy=\"EUR\">-5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>", "'-5.00'"),
            ("<Amt Ccy=\"EUR\"/><CdtDbtInd>CRDT</CdtDbtInd>", "no amount"),
            ("<Amt Ccy=\"EUR\">5.00</Amt>", "does not say"),
            ("<Amt Ccy=\"EUR\">5.00</Amt><CdtDbtInd>IN</CdtDbtInd>", "'IN'"),
            ("<Amt Ccy=\"EUR\">5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>MAYBE</Sts>", "'MAYBE'"),
        ])
    func refusedRows(entry: String, word: String) {
        var sample = CamtSample()
        sample.entries += Array(repeating: CamtSample.entry("0", "CRDT"), count: 7)
        sample.entries.append("<Ntry>\(entry)</Ntry>\n")
        let tally = sample.reading.tally
        #expect(sample.reading.refusal == nil)
        #expect((tally.rowsRead, tally.rowsTaken, tally.rowsRefused) == (10, 9, 1))
        let finding = tally.findings.first
        #expect(finding?.code == .unreadableAmount)
        #expect(finding?.position == 10)
        #expect(finding?.line == 14)
        #expect(finding?.sentence.contains(word) == true, "\(finding?.sentence ?? "")")
    }

    @Test("Totals that the statement declares are compared with its lines")
    func declared() {
        func read(_ lines: Int, _ credits: String, _ debits: String) -> FileReading {
            var sample = CamtSample()
            sample.summary = """
                <TxsSummry><TtlNtries><NbOfNtries>\(lines)</NbOfNtries></TtlNtries>\
                <TtlCdtNtries><NbOfNtries>1</NbOfNtries><Sum>\(credits)</Sum></TtlCdtNtries>\
                <TtlDbtNtries><NbOfNtries>1</NbOfNtries><Sum>\(debits)</Sum></TtlDbtNtries>\
                </TxsSummry>
                """
            return sample.reading
        }
        #expect(read(2, "75.5", "25.25").isClean)
        #expect(read(3, "75.50", "25.25").codes == [.declaredTotalsDiffer])
        #expect(read(2, "75.51", "25.24").codes == [.declaredTotalsDiffer, .declaredTotalsDiffer])
    }

    @Test("A statement without balances, a balance without a sign, a file without anything")
    func lacking() {
        var sample = CamtSample()
        (sample.opening, sample.closing) = (nil, nil)
        #expect(sample.reading.codes == [.noOpening, .noClosing])
        sample.entries = []
        #expect(sample.reading.codes == [.noOpening, .noClosing, .isEmpty])
        #expect(FileReading(CamtSample().document([])).codes == [.isEmpty])
        let unsigned = CamtSample().text.replacing(
            "100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>", with: "100.00</Amt>")
        #expect(FileReading(unsigned).codes == [.balanceWithoutSign])
        #expect(FileReading(unsigned).tally.statements.first?.difference?.isZero == true)
    }
}
