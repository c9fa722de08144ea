import BankMessages
import Domain
import Foundation
import Testing

/// A word that stands in everything about people: names, addresses, accounts, texts.
private let mark = "QZXQ"

/// Payments about marked people, as full as the gateway reads them.
private enum MarkedMessage {
    static let parts = [
        "<UltmtDbtr>\(party("UltimateDebtor"))</UltmtDbtr>",
        "<InitgPty>\(party("Initiator"))</InitgPty>",
        "<Dbtr>\(party("Debtor"))</Dbtr>", account("DbtrAcct"), agent("DbtrAgt", "BKCHCNBJXXX"),
        agent("CdtrAgt", "BKKBTHBKXXX"), "<Cdtr>\(party("Creditor"))</Cdtr>",
        account("CdtrAcct"), "<UltmtCdtr>\(party("UltimateCreditor"))</UltmtCdtr>",
        "<InstrForCdtrAgt><Cd>PHOB</Cd><InstrInf>\(mark) Call</InstrInf></InstrForCdtrAgt>",
        "<Purp><Cd>SUPP</Cd></Purp>",
        """
        <RgltryRptg><Authrty><Nm>\(mark)</Nm><Ctry>CN</Ctry></Authrty><Dtls><Tp>\(mark)</Tp>\
        <Inf>\(mark) Info</Inf></Dtls></RgltryRptg>
        """,
        """
        <RmtInf><Ustrd>\(mark) Invoice</Ustrd><Strd><CdtrRefInf><Ref>\(mark)</Ref></CdtrRefInf>\
        <AddtlRmtInf>\(mark)</AddtlRmtInf></Strd></RmtInf>
        """,
    ]

    private static func party(_ name: String) -> String {
        """
        <Nm>\(mark)\(name)</Nm><PstlAdr><StrtNm>\(mark) Street</StrtNm><TwnNm>\(mark)</TwnNm>\
        <Ctry>CN</Ctry><AdrLine>\(mark) Line</AdrLine></PstlAdr><Id><PrvtId><DtAndPlcOfBirth>\
        <BirthDt>1970-01-01</BirthDt><CityOfBirth>\(mark)</CityOfBirth>\
        <CtryOfBirth>CN</CtryOfBirth></DtAndPlcOfBirth>\
        <Othr><Id>\(mark)1970</Id></Othr></PrvtId></Id><CtryOfRes>CN</CtryOfRes>\
        <CtctDtls><Nm>\(mark)</Nm><EmailAdr>\(mark)@example.com</EmailAdr></CtctDtls>
        """
    }

    private static func account(_ name: String) -> String {
        let number = "<Id><Othr><Id>\(mark)1234</Id></Othr></Id>"
        return "<\(name)>\(number)<Ccy>CNY</Ccy><Nm>\(mark)</Nm></\(name)>"
    }

    private static func agent(_ name: String, _ bic: String) -> String {
        "<\(name)><FinInstnId><BICFI>\(bic)</BICFI><Nm>\(mark) Bank</Nm></FinInstnId></\(name)>"
    }

    static let customerCreditTransfer: String = {
        let start = samplePacs008.firstRange(of: "<Dbtr>")!.lowerBound
        let end = samplePacs008.firstRange(of: "</RmtInf>")!.upperBound
        return samplePacs008.replacingCharacters(
            in: start..<end, with: parts.joined(separator: "\n"))
    }()

    /// The customer's part of a cover has neither purpose nor regulatory reporting.
    static let cover = samplePacs009.replacing(
        "</CdtTrfTxInf>",
        with: "<UndrlygCstmrCdtTrf>"
            + parts.filter { !$0.hasPrefix("<Purp>") && !$0.hasPrefix("<RgltryRptg>") }.joined()
            + "<InstdAmt Ccy=\"CNY\">1000.00</InstdAmt>"
            + "</UndrlygCstmrCdtTrf></CdtTrfTxInf>")
}

@Suite("Refusals name places, never what stands there")
struct PersonalDataTests {
    /// What ISO 20022 has an answer repeat, and the header that it answers.
    private static let repeated = [
        "OrgnlMsgId", "OrgnlMsgNmId", "OrgnlInstrId", "OrgnlEndToEndId", "OrgnlTxId", "OrgnlUETR",
        "Rltd",
    ]

    /// Texts that break an element, whatever its type, and could be somebody's.
    private static let texts = [
        "", mark, "\(mark) Li", "\(mark) & \(mark)".replacing("&", with: "&amp;"),
        "-\(mark)", "12\(mark)", "\(mark)\n\(mark)", "\(mark)&#1;", "&\(mark);", "& \(mark)",
        "<\(mark)/>", "<\(mark)>", "</\(mark)>", "<![CDATA[\(mark)]]>", "<!-- \(mark) --> \(mark)",
        String(repeating: mark, count: 100), "<Nm>\(mark)</Nm>", "<Id>\(mark)</Id>",
        "<!DOCTYPE \(mark)>", "<?\(mark)?>", "\u{FFFE}\(mark)", "]]>\(mark)", "\(mark)\u{85}",
    ]

    @Test(
        "Each element broken in turn, in every way",
        arguments: [MarkedMessage.customerCreditTransfer, MarkedMessage.cover])
    func everyElement(message: String) throws {
        #expect(rejection(message) == nil)
        var answers = 0
        for element in message.matches(of: /<([A-Za-z0-9]+)[^<>]*>[^<]*<\/\1>/) {
            let tags = message[element.range].split(separator: />[^<]*</, maxSplits: 1)
            for changed in changes(of: String(message[element.range]), tags.map(String.init)) {
                let text = message.replacingCharacters(in: element.range, with: changed)
                for answer in try self.answers(to: text) {
                    answers += 1
                    #expect(!stripped(answer).contains(mark), "\(changed)\n\(answer)")
                }
            }
        }
        #expect(answers > 500)
        print("\(answers) refusals name nobody")
    }

    private func changes(of element: String, _ tags: [String]) -> [String] {
        let (start, end) = (tags[0] + ">", "<" + tags[1])
        return Self.texts.map { start + $0 + end } + [
            "", element + element, element.replacing(#/ Ccy="[A-Z]*"/#, with: " Ccy=\"\(mark)\""),
            element.replacing(#/ Ccy="[A-Z]*"/#, with: ""),
            "<\(mark)>" + element + "</\(mark)>",
            tags[0] + " \(mark)=\"\(mark)\" \(mark)=\"\(mark)\">" + end,
            tags[0] + " xmlns=\"\(mark)\">x" + end,
        ]
    }

    private func answers(to text: String) throws -> [String] {
        do {
            let message = try creditTransfers(Array(text.utf8))
            return try message.paymentInstructions.compactMap { instruction in
                guard case .failure(let rejection) = instruction else { return nil }
                return try answer(rejection)
            }
        } catch let rejection as MessageRejection {
            return [try answer(rejection)]
        }
    }

    private func answer(_ rejection: MessageRejection) throws -> String {
        try PaymentStatusReport(
            rejecting: rejection, messageIdentification: "STS-1", creationDateTime: 0,
            sender: BIC("LQIAHKHH")!
        ).xml()
    }

    private func stripped(_ answer: String) -> String {
        Self.repeated.reduce(answer) { text, name in
            text.replacingOccurrences(
                of: "(?s)<\(name)[ >].*?</\(name)>", with: "", options: .regularExpression)
        }
    }
}
