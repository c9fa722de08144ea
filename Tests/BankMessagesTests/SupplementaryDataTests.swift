import BankMessages
import Domain
import Foundation
import Testing

@Suite("Supplementary data travels as text that stands by itself")
struct SupplementaryDataTests {
    private static let path = "/Document/FIToFICstmrCdtTrf/CdtTrfTxInf[1]/SplmtryData[1]/Envlp"

    private static func message(_ content: String) -> String {
        samplePacs008.replacing(
            "</CdtTrfTxInf>",
            with: "<SplmtryData><Envlp>\(content)</Envlp></SplmtryData></CdtTrfTxInf>")
    }

    /// What the envelope holds on the way out.
    private func written(_ content: String) throws -> String {
        let message = try creditTransfers(Array(Self.message(content).utf8))
        let xml = try message.xml()
        #expect(try creditTransfers(Array(xml.utf8)) == message)
        let details = try message.transactions[0].get().details
        #expect(TransferDetails.fault(in: details) == nil)
        let start = try #require(xml.range(of: "<Envlp>")).upperBound
        return String(xml[start..<(try #require(xml.range(of: "</Envlp>"))).lowerBound])
    }

    private static let outside = "urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08"

    /// As it came, and as it goes on.
    static let forms = [
        ("<x xmlns=\"urn:a\"/>", "<x xmlns=\"urn:a\"/>"),
        ("<x/>", "<x xmlns=\"\(outside)\"/>"),
        ("<x xmlns=\"\"><y/></x>", "<x xmlns=\"\"><y/></x>"),
        (
            "\n <p:x xmlns:p='urn:a'> <p:y>1</p:y>\n<y>2</y> </p:x> ",
            "<x xmlns=\"urn:a\"><y>1</y><y xmlns=\"\(outside)\">2</y></x>"
        ),
        (
            "<x xmlns='urn:a' b='1' xml:lang='th' xmlns:q='urn:q' q:c='&lt;&#10;&quot;'/>",
            "<x xmlns=\"urn:a\" b=\"1\" xml:lang=\"th\" xmlns:n1=\"urn:q\" "
                + "n1:c=\"&lt;&#xA;&quot;\"/>"
        ),
        (
            "<x xmlns='urn:a'><![CDATA[a < b]]>&#13; c<!-- no --></x>",
            "<x xmlns=\"urn:a\">a &lt; b&#xD; c</x>"
        ),
        (
            "<Document xmlns='urn:a'><AppHdr/></Document>",
            "<Document xmlns=\"urn:a\"><AppHdr/></Document>"
        ),
    ]

    @Test("Prefixes, comments and white space between elements go; data stays", arguments: forms)
    func canonical(came: String, goes: String) throws {
        #expect(try written(came) == goes)
    }

    static let faults = [
        ("", "Envlp must hold one element and nothing else."),
        ("text", "Envlp must hold one element and nothing else."),
        ("<x/><y/>", "Envlp must hold one element and nothing else."),
        ("<x/>text", "Envlp must hold one element and nothing else."),
        ("<x>a<y/></x>", "Envlp has text beside elements; leave it out."),
        (
            "<x xmlns:i='http://www.w3.org/2001/XMLSchema-instance' i:type='a:b'/>",
            "Envlp has an xsi:type, whose value is a prefix's; leave it out."
        ),
        (
            String(repeating: "<x>", count: 30) + String(repeating: "</x>", count: 30),
            "Envlp must be one well-formed XML element of at most 24 levels."
        ),
        // Each of few bytes has a namespace of many.
        (
            "<a:x xmlns:a='urn:\(String(repeating: "a", count: 4_000))' xmlns=''>"
                + String(repeating: "<y><a:y/></y>", count: 400) + "</a:x>",
            "Envlp has more than 65536 bytes."
        ),
    ]

    @Test("What cannot be carried is refused in words", arguments: faults)
    func refusals(content: String, sentence: String) throws {
        let refused = try #require(rejection(Self.message(content)))
        #expect(refused.path == Self.path && refused.sentence == sentence, "\(refused)")
    }

    @Test("Beside the transactions, and in messages that ask for something, it is refused")
    func elsewhere() throws {
        let supplement = "<SplmtryData><Envlp><x/></Envlp></SplmtryData>"
        let ofMessage = samplePacs008.replacing(
            "</FIToFICstmrCdtTrf>", with: "\(supplement)</FIToFICstmrCdtTrf>")
        let refused = try #require(rejection(ofMessage))
        #expect(refused.path == "/Document/FIToFICstmrCdtTrf/SplmtryData[1]")
        let request = """
            <Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.028.001.03"><FIToFIPmtStsReq>
            <GrpHdr><MsgId>M</MsgId><CreDtTm>2026-03-02T08:00:00Z</CreDtTm></GrpHdr>
            <TxInf><OrgnlTxId>A</OrgnlTxId>\(supplement)</TxInf>
            <TxInf><OrgnlTxId>B</OrgnlTxId></TxInf></FIToFIPmtStsReq></Document>
            """
        guard case .statusRequest(let read) = try BankMessage(xml: Array(request.utf8)) else {
            return
        }
        #expect(read.transactions.count == 1 && read.refused.count == 1)
        #expect(read.refused.first?.path == "/Document/FIToFIPmtStsReq/TxInf[1]/SplmtryData[1]")
    }

    @Test("Text beside the elements of a party is refused as well")
    func mixedText() throws {
        let text = samplePacs008.replacing("<Dbtr><Nm>", with: "<Dbtr>of Kunming<Nm>")
        #expect(
            rejection(text)?.sentence == "Element Dbtr must hold other elements, not text.")
    }
}

@Suite("A bank's transfer that covers a bank's transfer")
struct InstitutionCoverTests {
    private static let agents = """
        <Dbtr><FinInstnId><BICFI>BKCHCNBJ</BICFI></FinInstnId></Dbtr>
        <Cdtr><FinInstnId><BICFI>BKKBTHBK</BICFI></FinInstnId></Cdtr>
        """

    private static let cover = samplePacs009.replacing("pacs.009.001.08", with: "pacs.009.001.12")
        .replacing("<SttlmMtd>CLRG", with: "<SttlmMtd>COVE")
        .replacing(
            "</CdtTrfTxInf>",
            with: """
                <UndrlygFICdtTrf><PmtId><EndToEndId>U-1</EndToEndId></PmtId>
                <IntrBkSttlmAmt Ccy="THB">4931.20</IntrBkSttlmAmt>\(agents)</UndrlygFICdtTrf>
                </CdtTrfTxInf>
                """)

    @Test("It pays, and goes on whole in the one version that has room for it")
    func pays() throws {
        let message = try creditTransfers(Array(Self.cover.utf8))
        #expect(message.notice == nil)
        let details = try message.transactions[0].get().details
        #expect(TransferDetails.coverInstitutionTransfer(details))
        #expect(try message.xml().contains("<EndToEndId>U-1</EndToEndId>"))
        #expect(try !message.xml(version: 11).contains("<EndToEndId>U-1</EndToEndId>"))
        let older = Self.cover.replacing("pacs.009.001.12", with: "pacs.009.001.11")
        #expect(
            rejection(older)?.sentence
                == "CdtTrfTxInf has an element that its version does not; leave it out.")
    }
}
