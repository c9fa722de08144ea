import BankMessages
import Domain
import ForeignMessages
import Testing

@Suite("What breaks a usage rule is refused by itself, or tells its sender")
struct UsageRefusalTests {
    private func refused(_ text: String) throws -> BankMessage {
        var findings: [UsageFinding] = []
        return try BankMessage(xml: Array(text.utf8), findings: &findings).refusing(findings)
    }

    private func refusal(_ text: String) throws -> MessageRejection? {
        do throws(MessageRejection) {
            var findings: [UsageFinding] = []
            _ = try BankMessage(xml: Array(text.utf8), findings: &findings).refusing(findings)
            return nil
        } catch { return error }
    }

    /// Each with a UETR that ends with its number.
    private static func returns(_ transactions: [String]) -> String {
        let all = transactions.enumerated().map { number, content in
            """
            <TxInf><RtrId>R-\(number)</RtrId>
            <OrgnlUETR>0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c0\(number)</OrgnlUETR>\(content)</TxInf>
            """
        }.joined()
        return """
            <Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.004.001.10"><PmtRtr><GrpHdr>
            <MsgId>RTR-1</MsgId><CreDtTm>2026-03-02T09:30:00Z</CreDtTm>
            <NbOfTxs>\(transactions.count)</NbOfTxs>
            <SttlmInf><SttlmMtd>INDA</SttlmMtd></SttlmInf></GrpHdr>\(all)</PmtRtr></Document>
            """
    }

    private static let amount = "<RtrdIntrBkSttlmAmt Ccy=\"THB\">10.00</RtrdIntrBkSttlmAmt>"
    private static func group(_ name: String) -> String {
        "<OrgnlGrpInf><OrgnlMsgId>M-1</OrgnlMsgId><OrgnlMsgNmId>\(name)</OrgnlMsgNmId>"
            + "</OrgnlGrpInf>"
    }

    /// Messages that can be returned, and that cannot.
    private static let name = "pacs.008.001.08"
    private static let wrongName = "camt.056.001.08"

    @Test("Each transaction with a finding is refused at its own place, beside those of the schema")
    func places() throws {
        let message = try refused(
            Self.returns([
                Self.amount, "", Self.amount + Self.group(Self.wrongName),
                Self.amount + Self.group(Self.name), Self.group(Self.wrongName),
            ]))
        guard case .paymentReturns(let returns) = message else { return }
        #expect(returns.returns.map(\.returnIdentification) == ["R-0", "R-3"])
        #expect(returns.refused.map(\.position) == [1, 2, 4])
        #expect(returns.refused.map(\.cause) == [.missingElement, .usageRule, .missingElement])
        let rejection = returns.refused[1]
        #expect(rejection.path.hasSuffix("TxInf[3]/OrgnlGrpInf/OrgnlMsgNmId"))
        #expect(rejection.sentence.hasPrefix("pacs.004:R13: "), "\(rejection.sentence)")
        #expect(rejection.transaction?.uetr?.description.hasSuffix("02") == true)
        let order = returns.refused.merged(with: returns.returns.map(\.returnIdentification)) {
            "refused \($0.position ?? -1)"
        }
        #expect(order == ["R-0", "refused 1", "refused 2", "R-3", "refused 4"])
    }

    @Test("A finding in header or group refuses the message, and names the element")
    func group() throws {
        let text = samplePacs008.replacing("<BizMsgIdr>MSG-1", with: "<BizMsgIdr>MSG-2")
        let rejection = try #require(try refusal(text))
        #expect(rejection.path == "/AppHdr/BizMsgIdr" && rejection.transaction == nil)
        #expect(rejection.code == .elementContentFormallyIncorrect)
        #expect(rejection.original?.messageIdentification == "MSG-1")
        #expect(!rejection.sentence.contains("MSG-"))
    }

    @Test("The reason says what is wrong: an account, a currency, a bank, too little")
    func codes() throws {
        let codes: [(old: String, new: String, code: StatusReasonCode)] = [
            ("DE89370400440532013000", "DE89370400440532013001", .incorrectAccountNumber),
            (
                "<Nm>Chanthaburi Fruit Ltd</Nm>", "<PstlAdr><Ctry>TH</Ctry></PstlAdr>",
                .requiredCompulsoryElementMissing
            ),
        ]
        for (old, new, code) in codes {
            var findings: [UsageFinding] = []
            let text = samplePacs008.replacing(old, with: new)
            _ = try? BankMessage(xml: Array(text.utf8), findings: &findings)
            let found = findings.filter { $0.transaction == 0 }.map(\.code)
            #expect(found.contains(code), "\(findings)")
        }
    }

    /// Many findings are counted, and what is told is bounded.
    @Test func manyFindingsAreCounted() throws {
        let agents = (0..<40).map { _ in Self.group(Self.wrongName) }.joined()
        var findings: [UsageFinding] = []
        _ = try? BankMessage(
            xml: Array(Self.returns([Self.amount + agents]).utf8), findings: &findings)
        let texts = try #require(findings.byTransaction[0]).texts
        #expect(texts.count == 5 && texts[4].hasPrefix("And ") && findings.count >= 40)
    }

    @Test(
        "A changed example is refused exactly where it has findings", .needsUsageRules,
        arguments: ["pacs.008", "pacs.009", "pacs.009_cov", "pacs.004", "pacs.002"])
    func changedExamples(ruleSet: String) throws {
        var counts = (whole: 0, transactions: 0, none: 0)
        for document in try JudgedDocument.changed(ruleSet, count: 300, seed: 7) {
            var findings: [UsageFinding] = []
            let read: BankMessage
            do throws(MessageRejection) {
                read = try BankMessage(xml: document.text, findings: &findings)
            } catch { continue }
            do throws(MessageRejection) {
                let message = try read.refusing(findings)
                #expect(findings.ofGroup.isEmpty)
                let before = read.announced.map { (try? $0.get()) != nil }
                let after = message.announced.map { (try? $0.get()) != nil }
                #expect(before.count == after.count)
                let found = findings.byTransaction
                for place in after.indices {
                    #expect(after[place] == (before[place] && found[place] == nil))
                }
                if found.isEmpty { counts.none += 1 } else { counts.transactions += 1 }
            } catch {
                #expect(findings.ofGroup.first?.path == error.path && error.cause == .usageRule)
                counts.whole += 1
            }
        }
        #expect(counts.none > 0 && counts.transactions > 0, "\(counts)")
    }
}
