import BankMessages

/// A message that is only read, in a version of it.
func sampleRequest(_ definition: MessageDefinition) -> String {
    let body = definition.message == .statusRequest ? sampleStatusRequest : sampleReportRequest
    return "<Document xmlns=\"\(definition.namespace)\">\(body)</Document>"
}

private let sampleStatusRequest = """
    <FIToFIPmtStsReq>
      <GrpHdr><MsgId>ASK-1</MsgId><CreDtTm>2026-03-02T11:00:00+08:00</CreDtTm></GrpHdr>
      <OrgnlGrpInf>
        <OrgnlMsgId>MSG-1</OrgnlMsgId><OrgnlMsgNmId>pacs.008.001.08</OrgnlMsgNmId>
      </OrgnlGrpInf>
      <TxInf>
        <StsReqId>ASK-1-1</StsReqId>
        <OrgnlEndToEndId>E2E-1</OrgnlEndToEndId>
        <OrgnlUETR>0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d</OrgnlUETR>
        <AccptncDtTm>2026-03-02T01:30:00Z</AccptncDtTm>
      </TxInf>
      <TxInf><OrgnlInstrId>INSTR-2</OrgnlInstrId></TxInf>
    </FIToFIPmtStsReq>
    """

private let sampleReportRequest = """
    <AcctRptgReq>
      <GrpHdr><MsgId>ASK-2</MsgId><CreDtTm>2026-03-02T11:00:00+08:00</CreDtTm></GrpHdr>
      <RptgReq>
        <Id>ASK-2-1</Id>
        <ReqdMsgNmId>camt.052.001.08</ReqdMsgNmId>
        <Acct><Id><Othr><Id>CNY-1</Id></Othr></Id><Ccy>CNY</Ccy></Acct>
        <AcctOwnr><Agt><FinInstnId><BICFI>BKCHCNBJXXX</BICFI></FinInstnId></Agt></AcctOwnr>
        <RptgPrd>
          <FrToDt><FrDt>2026-03-01</FrDt><ToDt>2026-03-02</ToDt></FrToDt>
          <FrToTm><FrTm>08:00:00+08:00</FrTm></FrToTm>
          <Tp>ALLL</Tp>
        </RptgPrd>
        <RptgSeq><FrToSeq><FrSeq>3</FrSeq><ToSeq>7</ToSeq></FrToSeq></RptgSeq>
        <ReqdTxTp><Sts><Cd>BOOK</Cd></Sts><CdtDbtInd>CRDT</CdtDbtInd></ReqdTxTp>
        <ReqdBalTp><CdOrPrtry><Cd>ITBD</Cd></CdOrPrtry></ReqdBalTp>
      </RptgReq>
      <RptgReq>
        <ReqdMsgNmId>camt.054.001.08</ReqdMsgNmId>
        <AcctOwnr><Pty><Nm>Bank</Nm></Pty></AcctOwnr>
      </RptgReq>
    </AcctRptgReq>
    """
