import BankMessages
import Domain
import Testing

@Suite("Rates, dates and instructions")
struct ValueTests {
    @Test(
        "A limit is never worse for the payer than the message said",
        arguments: [
            ("4.9312", Currency.cny, "4.9312"), ("4.9312345678", .cny, "4.93123457"),
            ("0.2028", .thb, "4.93096646"), ("0.00029", .vnd, "3448.27586206"), ("1", .usd, "1.00"),
        ])
    func limit(stated: String, paying: Currency, expected: String) {
        #expect(ExchangeRate(stated)?.rate(paying: paying)?.decimal == expected)
    }

    @Test(
        "Rates beyond what the ledger holds",
        arguments: [("200000", Currency.cny), ("0.000001", .usd)])
    func limitBeyondLedger(stated: String, paying: Currency) throws {
        #expect(try #require(ExchangeRate(stated)).rate(paying: paying) == nil)
    }

    @Test(
        "No rates",
        arguments: [
            "", "0", "0.0", "-1", ".", "+", "1..", "1e3", "1.00000000001", "123456789012", "1 0",
        ])
    func noRate(text: String) {
        #expect(ExchangeRate(text) == nil)
    }

    @Test("A name has every character but control characters and non-characters")
    func characters() throws {
        let codes: [UInt32] = [
            0x7E, 0x7F, 0x80, 0x85, 0x9F, 0xA0, 0xBF, 0xFF, 0x7FF, 0x800, 0xFFF, 0xFFBE, 0xFFBF,
            0xFFFD, 0xF_FFBF, 0x1_0000, 0x1_FFBF, 0x1_FFFD, 0x1_FFFE, 0x1_FFFF, 0x2_0000, 0x7_FFFF,
            0x10_FFFD, 0x10_FFFE, 0x10_FFFF,
        ]
        for scalar in codes.compactMap({ Unicode.Scalar($0) }) {
            let code = scalar.value
            let isRefused = (0x7F...0x9F).contains(code) || code & 0xFFFE == 0xFFFE
            for name in ["\(Character(scalar))", "\u{FFBF}\(Character(scalar))B"] {
                let text = samplePacs008.replacing(
                    "<Dbtr><Nm>Guangzhou Longan Import Co</Nm></Dbtr>",
                    with: "<Dbtr><Nm>\(name)</Nm></Dbtr>")
                let read = try creditTransfers(Array(text.utf8)).transactions[0]
                switch read {
                case .success(let transfer):
                    #expect(!isRefused && transfer.debtor.name == name, "\(code)")
                case .failure(let rejection):
                    #expect(isRefused && rejection.path.hasSuffix("/Dbtr/Nm"), "\(code)")
                }
            }
        }
    }

    @Test(
        "Dates and times",
        arguments: [
            ("2026-01-01T10:00:00+00:00", "2026-01-01T10:00:00+00:00"),
            ("2026-01-01T10:00:00Z", "2026-01-01T10:00:00+00:00"),
            ("2026-01-01T10:00:00", "2026-01-01T10:00:00+00:00"),
            ("2026-01-01T00:30:00.25+08:00", "2025-12-31T16:30:00.250+00:00"),
            ("2024-02-29T23:59:59.000000001-14:00", "2024-03-01T13:59:59.000000001+00:00"),
            ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00+00:00"),
            ("2261-12-31T23:59:59Z", "2261-12-31T23:59:59+00:00"),
            ("2026-01-01T24:00:00Z", "2026-01-02T00:00:00+00:00"),
            ("2026-01-01T24:00:00.000+14:00", "2026-01-01T10:00:00+00:00"),
            ("2026-01-01T10:00:00.12345678901234567890Z", "2026-01-01T10:00:00.123456789+00:00"),
        ])
    func dateTimes(text: String, expected: String) {
        #expect(Timestamp(isoDateTime: text)?.isoDateTime == expected)
    }

    @Test(
        "No dates and times",
        arguments: [
            "", "2026-01-01", "2026-02-29T00:00:00Z", "2026-01-01T24:00:01Z", "2026-01-01T10:00Z",
            "2026-01-01T10:00:00.Z", "2026-01-01T10:00:00+15:00", "2262-01-01T00:00:00Z",
            "1969-12-31T23:59:59Z", "2026-01-01T10:00:00Zx", "２026-01-01T10:00:00Z",
        ])
    func noDateTimes(text: String) {
        #expect(Timestamp(isoDateTime: text) == nil)
    }

    @Test("Every day for four centuries follows the one before")
    func calendar() {
        var expected = -25_567
        for year in 1900..<2300 {
            for month in 1...12 {
                for day in 1...31 {
                    guard let date = CalendarDate(year: year, month: month, day: day) else {
                        continue
                    }
                    #expect(date.daysSince1970 == expected)
                    expected += 1
                }
            }
        }
        #expect(expected - -25_567 == 146_097)
    }

    @Test("A pacs.008 becomes an order")
    func customerTransfer() throws {
        let order = try #require(try instructions(samplePacs008).first)
        #expect(order.payAmount == Money(minorUnits: 100_000, currency: .cny))
        #expect(order.receiveAmount == Money(minorUnits: 493_120, currency: .thb))
        #expect(order.limit?.decimal == "4.9312")
        #expect(order.debtorAgent == BIC("BKCHCNBJ") && order.creditorAgent == BIC("BKKBTHBK"))
        #expect(order.details.remittanceInformation.unstructured == ["Invoice 17 & 18"])
    }

    @Test("A pacs.009 becomes an order at any price in the currency of the debtor's account")
    func institutionTransfer() throws {
        let order = try #require(try instructions(samplePacs009).first)
        #expect(order.payCurrency == .cny && order.payAmount == nil && order.limit == nil)
        #expect(order.debtorAgent == BIC("BKCHCNBJ") && order.creditorAgent == BIC("BKKBTHBK"))
        let refused = rejection(samplePacs009.replacing("<Ccy>CNY</Ccy>", with: ""))
        #expect(refused?.path == "/Document/FICdtTrf/CdtTrfTxInf[1]/DbtrAcct/Ccy")
        #expect(refused?.code == .notAllowedCurrency)
    }

    @Test(
        "Settlement amounts that the rate's last digit still allows",
        arguments: [("4.93", "4931.20", true), ("4.93", "4941.50", false), ("5", "4931.20", false)])
    func agreement(rate: String, amount: String, agrees: Bool) {
        let text = samplePacs008.replacing("4.9312", with: rate).replacing("4931.20", with: amount)
        #expect((rejection(text) == nil) == agrees)
    }

    @Test("Two transactions with one UETR, or a header on the wrong side")
    func arrangement() throws {
        let start = try #require(samplePacs008.firstRange(of: "<CdtTrfTxInf>"))
        let end = try #require(samplePacs008.firstRange(of: "</CdtTrfTxInf>"))
        let one = String(samplePacs008[start.lowerBound..<end.upperBound])
        let two = samplePacs008.replacing(one, with: one + one).replacing(">1</Nb", with: ">2</Nb")
        #expect(rejection(two)?.code == .duplicateTransaction)

        let header = try #require(samplePacs008.firstRange(of: "</AppHdr>")).upperBound
        let first = try #require(samplePacs008.firstRange(of: "<AppHdr")).lowerBound
        let moved = String(samplePacs008[first..<header])
        let swapped = samplePacs008.replacing(moved, with: "")
            .replacing("</Envelope>", with: moved + "</Envelope>")
        #expect(try instructions(swapped) == instructions(samplePacs008))
    }

    @Test("Reasons are broken into lines of 105 characters at blanks")
    func reasonLines() {
        let words = Array(repeating: "word", count: 60).joined(separator: " ")
        let reason = StatusReason(
            code: .narrative, texts: [words, String(repeating: "x", count: 211), "a\u{7}b", " "])
        #expect(reason.additionalInformation.map(\.count) == [104, 104, 89, 105, 105, 1, 3])
        #expect(reason.additionalInformation.last == "a?b")
    }
}
