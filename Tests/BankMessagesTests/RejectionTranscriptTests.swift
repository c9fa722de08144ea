import BankMessages
import Domain
import Testing

/// One change of the valid pacs.008 and what the sender is told about it.
struct RefusedChange: CustomTestStringConvertible, Sendable {
    var old: String
    var new: String
    var code: StatusReasonCode
    var path: String
    var sentence: String
    var testDescription: String { "\(old) → \(new)" }
}

private let body = "/Document/FIToFICstmrCdtTrf"
private let transaction = body + "/CdtTrfTxInf[1]"

@Suite("What the sender of a wrong message is told")
struct RejectionTranscriptTests {
    @Test("Code, element and sentence", arguments: RejectionTranscriptTests.changes)
    func transcript(change: RefusedChange) throws {
        try #require(samplePacs008.contains(change.old))
        let refused = rejection(samplePacs008.replacing(change.old, with: change.new))
        #expect(refused?.code == change.code)
        #expect(refused?.path == change.path)
        #expect(refused?.sentence == change.sentence)
    }

    @Test("The rejection carries the references that could be read")
    func references() {
        let refused = rejection(samplePacs008.replacing("Ccy=\"THB\"", with: "Ccy=\"GBP\""))
        #expect(refused?.original?.messageIdentification == "MSG-1")
        #expect(refused?.original?.messageNameIdentification == "pacs.008.001.08")
        #expect(refused?.original?.header?.from == BIC("BKCHCNBJ"))
        #expect(refused?.transaction?.endToEndIdentification == "E2E-1")
        #expect(refused?.transaction?.uetr == UETR("0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"))
    }

    static let changes: [RefusedChange] = structure + contents + amounts

    private static func change(
        _ old: String, _ new: String, _ code: StatusReasonCode, _ path: String, _ sentence: String
    ) -> RefusedChange {
        RefusedChange(old: old, new: new, code: code, path: path, sentence: sentence)
    }

    private static let structure = [
        change(
            "</Envelope>", "", .invalidFileFormat, "/",
            "The document ends before element Envelope is closed."),
        change(
            "</Dbtr>", "</Cdtr>", .invalidFileFormat, "/",
            "The document is not well-formed XML: line 29: an end tag is not that of the open "
                + "element."),
        change(
            "xsd:pacs.008.001.08\">", "xsd:pacs.008.001.02\">", .invalidFileFormat, "/Document",
            "Message pacs.008.001.02 is not taken here; send pacs.008.001.08 to .13 or "
                + "pacs.009.001.08 to .12."),
        change(
            "urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08", "urn:bank:pacs", .invalidFileFormat,
            "/Document",
            "Document must be in the ISO 20022 namespace of pacs.008.001.08 to .13 or "
                + "pacs.009.001.08 to .12."),
        change(
            "xsd:head.001.001.02", "xsd:head.001.001.05", .invalidFileFormat, "/AppHdr",
            "AppHdr must be in namespace urn:iso:std:iso:20022:tech:xsd:head.001.001.01 to .04."),
        change(
            "<MsgDefIdr>pacs.008.001.08", "<MsgDefIdr>pacs.009.001.08", .invalidFileFormat,
            "/AppHdr/MsgDefIdr",
            "MsgDefIdr says pacs.009.001.08, but Document is pacs.008.001.08."),
        change(
            "<GrpHdr>", "<GrpHdr xmlns=\"\">", .invalidFileFormat, body + "/GrpHdr",
            "Element GrpHdr must be in namespace urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08."),
        change(
            "<ChrgBr>SHAR</ChrgBr>", "", .requiredCompulsoryElementMissing,
            transaction + "/ChrgBr", "Mandatory element ChrgBr is missing; add it."),
        change(
            "<ChrgBr>SHAR</ChrgBr>", "<ChrgBr>SHAR</ChrgBr><ChrgBr>SHAR</ChrgBr>",
            .invalidFileFormat, transaction + "/ChrgBr",
            "Element ChrgBr stands more than once; send it once."),
        change(
            "<NbOfTxs>1<", "<NbOfTxs>2<", .invalidNumberOfTransactions, body + "/GrpHdr/NbOfTxs",
            "NbOfTxs says 2, but there are 1 CdtTrfTxInf."),
        change(
            "<NbOfTxs>1</NbOfTxs>", "<NbOfTxs>1</NbOfTxs><CtrlSum>4931.21</CtrlSum>",
            .invalidControlSum, body + "/GrpHdr/CtrlSum",
            "CtrlSum is not the sum of all IntrBkSttlmAmt."),
    ]

    private static let contents = [
        change(
            "<MsgId>MSG-1<", "<MsgId>1234567890-1234567890-1234567890-123<",
            .elementContentFormallyIncorrect, body + "/GrpHdr/MsgId",
            "MsgId has 36 characters; at most 35 are allowed."),
        change(
            "<EndToEndId>E2E-1<", "<EndToEndId>E2E\n1<", .elementContentFormallyIncorrect,
            transaction + "/PmtId/EndToEndId",
            "EndToEndId holds a line break or a control character."),
        change(
            "<UETR>0a1b2c3d", "<UETR>0A1B2C3D", .elementContentFormallyIncorrect,
            transaction + "/PmtId/UETR",
            "UETR is no UUID of version 4 in lower-case letters; send a fresh one."),
        change(
            "<CdtrAgt><FinInstnId><BICFI>BKKBTHBKXXX", "<CdtrAgt><FinInstnId><BICFI>BKKBTHB",
            .bankIdentifierIncorrect, transaction + "/CdtrAgt/FinInstnId/BICFI",
            "BICFI is no BIC: 8 or 11 capital letters and digits."),
        change(
            "<CdtrAgt><FinInstnId><BICFI>BKKBTHBKXXX</BICFI>",
            "<CdtrAgt><FinInstnId><Nm>Bangkok Bank</Nm>", .invalidCreditorBankIdentifier,
            transaction + "/CdtrAgt/FinInstnId/BICFI",
            "CdtrAgt has no BIC, and no clearing code or LEI that is registered; add BICFI."),
        change(
            "DE89370400440532013000", "DE89370400440532013001", .incorrectAccountNumber,
            transaction + "/CdtrAcct/Id/IBAN",
            "The form or the check digits of the IBAN are wrong; correct it."),
        change(
            "<IntrBkSttlmDt>2026-03-02", "<IntrBkSttlmDt>2026-02-30", .invalidDate,
            transaction + "/IntrBkSttlmDt", "IntrBkSttlmDt is no date such as 2026-01-01."),
        change(
            "<IntrBkSttlmDt>2026-03-02", "<IntrBkSttlmDt>2026-03-02+15:00", .invalidDate,
            transaction + "/IntrBkSttlmDt",
            "IntrBkSttlmDt has a zone offset out of range: -14:00 to +14:00 are taken."),
        change(
            "<ChrgBr>SHAR", "<ChrgBr>OURS", .elementContentFormallyIncorrect,
            transaction + "/ChrgBr", "ChrgBr must be one of DEBT, CRED, SHAR, SLEV."),
    ]

    private static let amounts = [
        change(
            "Ccy=\"THB\"", "Ccy=\"GBP\"", .notAllowedCurrency,
            transaction + "/IntrBkSttlmAmt/@Ccy", "GBP is no currency that the gateway settles."),
        change(
            "Ccy=\"THB\"", "Ccy=\"CNY\"", .notAllowedCurrency,
            transaction + "/IntrBkSttlmAmt/@Ccy",
            "Both currencies are CNY: nothing is exchanged. Send CNY and one other."),
        change(
            "Ccy=\"CNY\"", "Ccy=\"EUR\"", .notAllowedCurrency, transaction + "/InstdAmt/@Ccy",
            "There is no corridor from EUR to THB; one of the two must be CNY."),
        change(
            "<InstdAmt Ccy=\"CNY\">1000.00</InstdAmt>", "", .notAllowedCurrency,
            transaction + "/InstdAmt",
            "InstdAmt is missing; it says what the debtor pays, and in which currency."),
        change(
            "<IntrBkSttlmAmt Ccy=\"THB\">", "<IntrBkSttlmAmt>", .invalidTransactionCurrency,
            transaction + "/IntrBkSttlmAmt/@Ccy",
            "IntrBkSttlmAmt has no currency; add attribute Ccy."),
        change(
            ">4931.20<", ">4931.205<", .decimalPointsNotCompatibleWithCurrency,
            transaction + "/IntrBkSttlmAmt", "IntrBkSttlmAmt has 3 decimals; THB has 2."),
        change(
            ">4931.20<", ">-4931.20<", .invalidAmount, transaction + "/IntrBkSttlmAmt",
            "IntrBkSttlmAmt must be a number such as 1250.00 of at most 18 digits, 5 of them after "
                + "the point, and not negative."),
        change(
            ">4931.20<", ">0.00<", .zeroAmount, transaction + "/IntrBkSttlmAmt",
            "IntrBkSttlmAmt is zero; send a positive amount."),
        change(
            ">4931.20<", ">1000000000000000.00<", .notAllowedAmount,
            transaction + "/IntrBkSttlmAmt",
            "IntrBkSttlmAmt is more than THB 100000000000000.00."),
        change(
            ">4931.20<", ">4941.20<", .wrongAmount, transaction + "/IntrBkSttlmAmt",
            "InstdAmt CNY 1000.00 times XchgRate 4.9312 is THB 4931.20, but IntrBkSttlmAmt is THB "
                + "4941.20; correct one of the three."),
        change(
            "<XchgRate>4.9312", "<XchgRate>-4.9312", .elementContentFormallyIncorrect,
            transaction + "/XchgRate",
            "XchgRate must be a positive number of at most 11 digits, 10 of them after the point."),
    ]
}
