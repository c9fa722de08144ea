import BankMessages
import Foundation
import Testing

@Suite("What judging by usage rules costs", .serialized)
struct UsageCostTests {
    private static let size = 2 * 1_024 * 1_024

    private static let kinds: [NastyKind] = [
        .init(name: "addresses of dashes") { size in
            let dashes = String(repeating: "-", count: 140)
            let lines = String(repeating: "<AdrLine>\(dashes)\(dashes)</AdrLine>", count: 7)
            let address =
                "<PstlAdr><StrtNm>\(dashes)x</StrtNm><TwnNm>\(dashes)y</TwnNm>\(lines)"
                + "</PstlAdr>"
            return transfers(size, "<Cdtr>\(address)</Cdtr>")
        },
        .init(name: "one address of very many parts") { size in
            let part = "<TwnNm>ab-ab</TwnNm><AdrLine>ab-ab-ac</AdrLine>"
            let parts = NastyDocuments.filled(size - 1_000) { _ in part }
            return transfers(0, "<Cdtr><PstlAdr>\(parts)</PstlAdr></Cdtr>")
        },
        .init(name: "transactions that break many rules") { size in
            let code = "<InstrForCdtrAgt><Cd>PHOB</Cd></InstrForCdtrAgt>"
            return transfers(
                size,
                "<PmtId><InstrId>/</InstrId></PmtId><IntrBkSttlmAmt Ccy=\"XAU\">1</IntrBkSttlmAmt>"
                    + "<ChrgBr>CRED</ChrgBr><Dbtr/><Cdtr/>" + code + code)
        },
        .init(name: "one transaction with very many of everything") { size in
            let part =
                "<InstrForCdtrAgt><Cd>HOLD</Cd></InstrForCdtrAgt><RmtInf><Strd><A>x</A></Strd>"
                + "<Ustrd>x</Ustrd></RmtInf><Dbtr><PstlAdr/></Dbtr>"
            return transfers(0, NastyDocuments.filled(size - 1_000) { _ in part })
        },
        .init(name: "currencies that do not exist") { size in
            transfers(size, "<ChrgsInf><Amt Ccy=\"QQ\">1</Amt></ChrgsInf>")
        },
    ]

    /// Transactions of this content to the size, but at least one.
    private static func transfers(_ size: Int, _ content: String) -> [UInt8] {
        let transaction = "<CdtTrfTxInf>\(content)</CdtTrfTxInf>"
        let most = max(1, (size - 1_000) / transaction.utf8.count)
        let namespace = "urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08"
        let text =
            "<Document xmlns=\"\(namespace)\"><FIToFICstmrCdtTrf>"
            + String(repeating: transaction, count: most) + "</FIToFICstmrCdtTrf></Document>"
        return Array(text.utf8)
    }

    @Test("In proportion to the bytes", arguments: kinds)
    func linear(kind: NastyKind) throws {
        let (whole, half) = (kind.make(Self.size), kind.make(Self.size / 2))
        #expect(whole.count > Self.size / 2 && whole.count <= Self.size)
        let costs = try (0..<3).map { _ in (try seconds(whole), try seconds(half)) }
        let (cost, least) = (costs.map(\.0).min() ?? 0, costs.map(\.1).min() ?? 0)
        print("\(kind.name): \(cost) s, half of it \(least) s")
        #expect(cost < max(3 * least, 0.06), "\(cost) s, half of it \(least) s")
        #expect(cost < 1.5)
    }

    @Test("A thousand transactions, as banks send them")
    func thousand() throws {
        let document = BulkMessages.rich(1_000)
        var (reading, judging) = (Double.infinity, Double.infinity)
        for _ in 0..<15 {
            var start = threadSeconds()
            _ = try BankMessage(xml: document)
            reading = min(reading, threadSeconds() - start)
            start = threadSeconds()
            var findings: [UsageFinding] = []
            _ = try BankMessage(xml: document, findings: &findings)
            judging = min(judging, threadSeconds() - start)
        }
        print("reading 1,000 rich transactions: \(reading) s, with usage rules \(judging) s")
        #expect(judging < 0.2)
    }

    private func seconds(_ document: [UInt8]) throws -> Double {
        let start = threadSeconds()
        let limits = MessageLimits(elements: 500_000)
        #expect(try !UsageRules.findings(in: document, limits: limits).isEmpty)
        return threadSeconds() - start
    }
}
