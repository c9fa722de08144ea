import Testing

/// Where our usage rules judge otherwise than `cbpr-usage-rules`, with a document that shows it.
/// `docs/messages.md` gives the reasons.
struct KnownDifference: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var ruleSet = "pacs.008"
    var text: String
    /// Numbers of rules that only the one or the other sees broken.
    var theirsAlone: [String] = []
    var oursAlone: [String] = []

    static let all: [KnownDifference] = values + texts + sums

    private static func changed(_ old: String, _ new: String) -> String {
        samplePacs008.replacing(old, with: new)
    }

    private static let values = [
        KnownDifference(
            testDescription: "Kosovo's code",
            text: changed(
                "<Cdtr><Nm>Chanthaburi Fruit Ltd</Nm></Cdtr>",
                "<Cdtr><Nm>Firma</Nm><PstlAdr><Ctry>XK</Ctry></PstlAdr></Cdtr>"),
            theirsAlone: ["VAL-CTRY"]),
        KnownDifference(
            testDescription: "an IBAN of Kosovo",
            text: changed("DE89370400440532013000", "XK051212012345678906"),
            theirsAlone: ["VAL-IBAN"]),
        KnownDifference(
            testDescription: "Caribbean guilders",
            text: changed("Ccy=\"CNY\"", "Ccy=\"XCG\""), theirsAlone: ["VAL-CCY"]),
        KnownDifference(
            testDescription: "a BIC with a digit among its first four",
            text: changed(
                "<ChrgBr>SHAR</ChrgBr>",
                "<ChrgBr>SHAR</ChrgBr><InstgAgt><FinInstnId><BICFI>B2CDCNBJ</BICFI></FinInstnId>"
                    + "</InstgAgt>"),
            theirsAlone: ["VAL-BIC"]),
    ]

    private static let texts = [
        KnownDifference(
            testDescription: "a comment inside a text",
            text: changed("INSTR-1", "A<!-- -->//B"),
            oursAlone: ["R28"]),
        KnownDifference(
            testDescription: "a line break inside a text",
            text: changed("INSTR-1", "/A\nB"),
            oursAlone: ["R28"]),
        KnownDifference(
            testDescription: "a blank that XML does not count as one",
            text: changed("<MsgId>MSG-1", "<MsgId>\u{A0}MSG-1")
                .replacing("<BizMsgIdr>BIZ-1", with: "<BizMsgIdr>MSG-1"),
            oursAlone: ["R1", "R7"]),
        KnownDifference(
            testDescription: "an element of an address twice",
            text: changed(
                "<Cdtr><Nm>Chanthaburi Fruit Ltd</Nm></Cdtr>",
                "<Cdtr><Nm>Firma</Nm><PstlAdr><TwnNm>Trat</TwnNm><TwnNm>Rayong</TwnNm>"
                    + "<AdrLine>Rayong</AdrLine></PstlAdr></Cdtr>"),
            theirsAlone: ["R20"]),
    ]

    private static let sums = [
        KnownDifference(
            testDescription: "structured remittance of several transactions",
            text: document(
                "pacs.008.001.08", "FIToFICstmrCdtTrf",
                String(
                    repeating: "<CdtTrfTxInf><RmtInf><Strd><AddtlRmtInf>"
                        + String(repeating: "x", count: 5_000)
                        + "</AddtlRmtInf></Strd></RmtInf></CdtTrfTxInf>", count: 2)),
            theirsAlone: ["R63"]),
        KnownDifference(
            testDescription: "interest of several entries", ruleSet: "camt.052",
            text: document(
                "camt.052.001.08", "BkToCstmrAcctRpt",
                "<Rpt>" + interest(total: "3.00") + interest(total: "3.00") + "</Rpt>"),
            theirsAlone: ["R12", "R16"]),
    ]

    private static func document(_ name: String, _ root: String, _ content: String) -> String {
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:\(name)\"><\(root)>\(content)</\(root)>"
            + "</Document>"
    }

    private static func interest(total: String) -> String {
        "<Ntry><NtryDtls><TxDtls><Intrst><TtlIntrstAndTaxAmt Ccy=\"CNY\">\(total)"
            + "</TtlIntrstAndTaxAmt><Rcrd><Amt Ccy=\"CNY\">\(total)</Amt></Rcrd></Intrst></TxDtls>"
            + "</NtryDtls></Ntry>"
    }

    /// Whether a finding that only one of the two has in a changed example comes from one of these.
    static func explains(_ finding: String, in document: [UInt8]) -> Bool {
        let text = String(decoding: document, as: UTF8.self)
        if finding.hasPrefix("camt.052:R12 ") || finding.hasPrefix("camt.052:R16 ") {
            return text.split(separator: "<TtlIntrstAndTaxAmt").count > 2
        }
        let last = finding.split(separator: "/").last ?? ""
        if last.hasPrefix("Strd") {
            return text.split(separator: "<RmtInf>").count > 2
        }
        return finding.contains("/PstlAdr") && finding.hasSuffix("]") && !finding.hasSuffix("[1]")
    }
}
