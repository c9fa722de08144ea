import BankMessages
internal import Chance
import Domain
import Testing

/// One change of a valid message and what its sender is told: the refusal of the whole message, or
/// of the transaction that is at fault.
struct FlowRefusal: CustomTestStringConvertible, Sendable {
    var sample: String
    var old: String
    var new: String
    var code: StatusReasonCode
    /// Below `/Document/`.
    var path: String
    var sentence: String
    var testDescription: String { "\(old) → \(new)" }
}

@Suite("What the sender of a wrong return or cancellation is told")
struct FlowRefusalTests {
    @Test("Code, place and sentence", arguments: FlowRefusalTests.changes)
    func transcript(change: FlowRefusal) throws {
        try #require(change.sample.contains(change.old))
        let refused = refusal(change.sample.replacing(change.old, with: change.new))
        #expect(refused?.code == change.code)
        #expect(refused?.path == "/Document/" + change.path)
        #expect(refused?.sentence == change.sentence)
    }

    @Test("The samples themselves are taken")
    func samples() throws {
        for sample in [sampleReturn, sampleCancellation, sampleResolution] {
            #expect(refusal(sample) == nil)
        }
    }

    @Test("A faulty return refuses itself only, and is named by its references")
    func oneOfTwo() throws {
        let end = "</TxInf>"
        let second = "<TxInf><RtrId>R-2</RtrId><OrgnlEndToEndId>E2E-2</OrgnlEndToEndId></TxInf>"
        let text = sampleReturn.replacing(end, with: end + second)
            .replacing("<NbOfTxs>1", with: "<NbOfTxs>2")
        guard case .paymentReturns(let read) = try BankMessage(xml: Array(text.utf8)) else {
            return
        }
        #expect(read.returns.map(\.returnIdentification) == ["R-1"])
        #expect(read.refused.map(\.path) == ["/Document/PmtRtr/TxInf[2]/RtrdIntrBkSttlmAmt"])
        #expect(read.refused.first?.transaction?.endToEndIdentification == "E2E-2")
    }

    private func refusal(_ text: String) -> MessageRejection? {
        do {
            switch try BankMessage(xml: Array(text.utf8)) {
            case .paymentReturns(let read): return read.refused.first
            case .cancellationRequests(let read): return read.refused.first
            case .investigationResolution(let read): return read.refused.first
            case .creditTransfers, .statusReport, .statusRequest, .reportRequest: return nil
            }
        } catch {
            return error
        }
    }

    static let changes = returns + cancellations + resolutions

    private static let returns = [
        FlowRefusal(
            sample: sampleReturn, old: "<Cd>AC04</Cd>", new: "<Cd>XX99</Cd>",
            code: .elementContentFormallyIncorrect, path: "PmtRtr/TxInf[1]/RtrRsnInf[1]/Rsn/Cd",
            sentence:
                "Cd is no code of ExternalReturnReason1Code as of 2026-11-28; send one of its "
                + "codes, or your own words in Prtry."),
        FlowRefusal(
            sample: sampleReturn, old: "<RtrId>R-1</RtrId>", new: "",
            code: .requiredCompulsoryElementMissing, path: "PmtRtr/TxInf[1]/RtrId",
            sentence: "Mandatory element RtrId is missing; add it."),
        FlowRefusal(
            sample: sampleReturn,
            old: "<OrgnlUETR>0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d</OrgnlUETR>", new: "",
            code: .requiredCompulsoryElementMissing, path: "PmtRtr/TxInf[1]/OrgnlUETR",
            sentence: "Mandatory element OrgnlUETR is missing; add it."),
        FlowRefusal(
            sample: sampleReturn, old: "</NbOfTxs>", new: "</NbOfTxs><GrpRtr>true</GrpRtr>",
            code: .elementContentFormallyIncorrect, path: "PmtRtr/GrpHdr/GrpRtr",
            sentence: "A message is not returned as a whole; name each transaction in TxInf and "
                + "send GrpRtr false or not at all."),
        FlowRefusal(
            sample: sampleReturn, old: "</NbOfTxs>", new: "</NbOfTxs><CtrlSum>99</CtrlSum>",
            code: .invalidControlSum, path: "PmtRtr/GrpHdr/CtrlSum",
            sentence: "CtrlSum is not the sum of all RtrdIntrBkSttlmAmt."),
        FlowRefusal(
            sample: sampleReturn, old: "<NbOfTxs>1", new: "<NbOfTxs>2",
            code: .invalidNumberOfTransactions, path: "PmtRtr/GrpHdr/NbOfTxs",
            sentence: "NbOfTxs says 2, but there are 1 TxInf."),
    ]

    private static let cancellations = [
        FlowRefusal(
            sample: sampleCancellation, old: "<Cd>DUPL</Cd>", new: "<Cd>AC04</Cd>",
            code: .elementContentFormallyIncorrect,
            path: "FIToFIPmtCxlReq/Undrlyg[1]/TxInf[1]/CxlRsnInf[1]/Rsn/Cd",
            sentence: "Cd is no code of ExternalCancellationReason1Code as of 2026-11-28; send one "
                + "of its codes, or your own words in Prtry."),
        FlowRefusal(
            sample: sampleCancellation, old: "<Agt><FinInstnId/></Agt>", new: "",
            code: .requiredCompulsoryElementMissing, path: "FIToFIPmtCxlReq/Assgnmt/Assgne/Agt",
            sentence: "Mandatory element Agt is missing; add it."),
    ]

    private static let resolutions = [
        FlowRefusal(
            sample: sampleResolution, old: "<Conf>RJCR</Conf>", new: "<Conf>MODI</Conf>",
            code: .elementContentFormallyIncorrect, path: "RsltnOfInvstgtn/Sts/Conf",
            sentence: "Conf must be one of CNCL, PECR, PDCR, FTNA, RJCR, UWFW, CWFW, IPAY.")
    ]
}

private let sampleReturn = """
    <Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.004.001.09"><PmtRtr>
      <GrpHdr><MsgId>RET-1</MsgId><CreDtTm>2026-03-03T09:00:00+07:00</CreDtTm><NbOfTxs>1</NbOfTxs>\
    <SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf></GrpHdr>
      <TxInf>
        <RtrId>R-1</RtrId>
        <OrgnlUETR>0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d</OrgnlUETR>
        <RtrdIntrBkSttlmAmt Ccy="THB">4931.20</RtrdIntrBkSttlmAmt>
        <ChrgsInf><Amt Ccy="THB">0</Amt><Agt><FinInstnId/></Agt></ChrgsInf>
        <RtrRsnInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>Account closed</AddtlInf></RtrRsnInf>
      </TxInf>
    </PmtRtr></Document>
    """

private let sampleCancellation = """
    <Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.056.001.08"><FIToFIPmtCxlReq>
      <Assgnmt><Id>CXL-1</Id>
        <Assgnr><Agt><FinInstnId><BICFI>BKCHCNBJXXX</BICFI></FinInstnId></Agt></Assgnr>
        <Assgne><Agt><FinInstnId/></Agt></Assgne>
        <CreDtTm>2026-03-02T10:00:00+08:00</CreDtTm></Assgnmt>
      <Undrlyg>
        <TxInf>
          <OrgnlUETR>0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d</OrgnlUETR>
          <CxlRsnInf><Rsn><Cd>DUPL</Cd></Rsn></CxlRsnInf>
        </TxInf>
      </Undrlyg>
    </FIToFIPmtCxlReq></Document>
    """

private let sampleResolution = """
    <Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.029.001.09"><RsltnOfInvstgtn>
      <Assgnmt><Id>RES-1</Id>
        <Assgnr><Agt><FinInstnId><BICFI>BKKBTHBKXXX</BICFI></FinInstnId></Agt></Assgnr>
        <Assgne><Agt><FinInstnId><BICFI>LQIAHKHHXXX</BICFI></FinInstnId></Agt></Assgne>
        <CreDtTm>2026-03-03T10:00:00+07:00</CreDtTm></Assgnmt>
      <Sts><Conf>RJCR</Conf></Sts>
      <CxlDtls><TxInfAndSts>
        <OrgnlUETR>0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d</OrgnlUETR>
        <TxCxlSts>RJCR</TxCxlSts>
        <CxlStsRsnInf><Rsn><Cd>CUST</Cd></Rsn></CxlStsRsnInf>
      </TxInfAndSts></CxlDtls>
    </RsltnOfInvstgtn></Document>
    """
