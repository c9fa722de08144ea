import BankMessages
import Domain

/// A pacs.008 as a bank would send it: CNY 1,000.00 at 4.9312 for THB 4,931.20.
let samplePacs008 = """
    <?xml version="1.0" encoding="UTF-8"?>
    <Envelope>
      <AppHdr xmlns="urn:iso:std:iso:20022:tech:xsd:head.001.001.02">
        <Fr><FIId><FinInstnId><BICFI>BKCHCNBJXXX</BICFI></FinInstnId></FIId></Fr>
        <To><FIId><FinInstnId><BICFI>LQIAHKHHXXX</BICFI></FinInstnId></FIId></To>
        <BizMsgIdr>MSG-1</BizMsgIdr>
        <MsgDefIdr>pacs.008.001.08</MsgDefIdr>
        <CreDt>2026-03-02T09:30:00+08:00</CreDt>
      </AppHdr>
      <Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08">
        <FIToFICstmrCdtTrf>
          <GrpHdr>
            <MsgId>MSG-1</MsgId>
            <CreDtTm>2026-03-02T09:30:00+08:00</CreDtTm>
            <NbOfTxs>1</NbOfTxs>
            <SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf>
          </GrpHdr>
          <CdtTrfTxInf>
            <PmtId>
              <InstrId>INSTR-1</InstrId>
              <EndToEndId>E2E-1</EndToEndId>
              <UETR>0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d</UETR>
            </PmtId>
            <IntrBkSttlmAmt Ccy="THB">4931.20</IntrBkSttlmAmt>
            <IntrBkSttlmDt>2026-03-02</IntrBkSttlmDt>
            <InstdAmt Ccy="CNY">1000.00</InstdAmt>
            <XchgRate>4.9312</XchgRate>
            <ChrgBr>SHAR</ChrgBr>
            <Dbtr><Nm>Guangzhou Longan Import Co</Nm></Dbtr>
            <DbtrAcct><Id><Othr><Id>6222000011112222</Id></Othr></Id></DbtrAcct>
            <DbtrAgt><FinInstnId><BICFI>BKCHCNBJXXX</BICFI></FinInstnId></DbtrAgt>
            <CdtrAgt><FinInstnId><BICFI>BKKBTHBKXXX</BICFI></FinInstnId></CdtrAgt>
            <Cdtr><Nm>Chanthaburi Fruit Ltd</Nm></Cdtr>
            <CdtrAcct><Id><IBAN>DE89370400440532013000</IBAN></Id></CdtrAcct>
            <RmtInf><Ustrd>Invoice 17 &amp; 18</Ustrd></RmtInf>
          </CdtTrfTxInf>
        </FIToFICstmrCdtTrf>
      </Document>
    </Envelope>
    """

/// A pacs.009 as a bank would send it: CNY from its account for THB 4,931.20.
let samplePacs009 = """
    <Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.009.001.08">
      <FICdtTrf>
        <GrpHdr>
          <MsgId>MSG-9</MsgId>
          <CreDtTm>2026-03-02T01:30:00Z</CreDtTm>
          <NbOfTxs>1</NbOfTxs>
          <SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf>
        </GrpHdr>
        <CdtTrfTxInf>
          <PmtId>
            <EndToEndId>E2E-9</EndToEndId>
            <UETR>0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4e</UETR>
          </PmtId>
          <IntrBkSttlmAmt Ccy="THB">4931.20</IntrBkSttlmAmt>
          <Dbtr><FinInstnId><BICFI>BKCHCNBJ</BICFI></FinInstnId></Dbtr>
          <DbtrAcct><Id><Othr><Id>VOSTRO-7</Id></Othr></Id><Ccy>CNY</Ccy></DbtrAcct>
          <Cdtr><FinInstnId><BICFI>BKKBTHBK</BICFI></FinInstnId></Cdtr>
        </CdtTrfTxInf>
      </FICdtTrf>
    </Document>
    """

/// Reads a pacs.008 or pacs.009.
func creditTransfers(_ bytes: [UInt8]) throws(MessageRejection) -> CreditTransferMessage {
    guard case .creditTransfers(let message) = try BankMessage(xml: bytes) else {
        throw MessageRejection(
            cause: .unsupportedMessage, code: .invalidFileFormat, path: "/Document",
            sentence: "The message is no credit transfer.")
    }
    return message
}

/// Reads the message and all its instructions; the first rejection of either ends it.
func instructions(_ text: String) throws(MessageRejection) -> [PaymentInstruction] {
    let message = try creditTransfers(Array(text.utf8))
    var found: [PaymentInstruction] = []
    for index in message.transactions.indices {
        found.append(try message.paymentInstruction(at: index))
    }
    return found
}

/// The rejection of the message or of its first instruction; nil when there is none.
func rejection(_ text: String) -> MessageRejection? {
    do {
        _ = try instructions(text)
        return nil
    } catch {
        return error
    }
}
