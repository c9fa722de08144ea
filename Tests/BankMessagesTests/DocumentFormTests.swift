import BankMessages
import Domain
import Testing

/// One message in all the forms that standards and programs give it.
@Suite("However a message is written, it is the same message")
struct DocumentFormTests {
    private static let header = """
        <AppHdr xmlns="urn:iso:std:iso:20022:tech:xsd:head.001.001.02">
          <Fr><FIId><FinInstnId><BICFI>BKCHCNBJXXX</BICFI></FinInstnId></FIId></Fr>
          <To><FIId><FinInstnId><BICFI>LQIAHKHHXXX</BICFI></FinInstnId></FIId></To>
          <BizMsgIdr>MSG-1</BizMsgIdr>
          <MsgDefIdr>pacs.008.001.08</MsgDefIdr>
          <CreDt>2026-03-02T09:30:00+08:00</CreDt>
          <PssblDplct>true</PssblDplct>
        </AppHdr>
        """

    private static let document = """
        <Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08">
          <FIToFICstmrCdtTrf>
            <GrpHdr><MsgId>MSG-1</MsgId><CreDtTm>2026-03-02T09:30:00+08:00</CreDtTm>
              <NbOfTxs>1</NbOfTxs><SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf></GrpHdr>
            <CdtTrfTxInf>
              <PmtId><EndToEndId>E2E &amp; 1</EndToEndId>
                <UETR>0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d</UETR></PmtId>
              <IntrBkSttlmAmt Ccy="THB">4931.20</IntrBkSttlmAmt>
              <IntrBkSttlmDt>2026-03-02</IntrBkSttlmDt>
              <SttlmTmIndctn><DbtDtTm>2026-03-03T00:00:00Z</DbtDtTm></SttlmTmIndctn>
              <SttlmTmReq><TillTm>15:00:00</TillTm></SttlmTmReq>
              <InstdAmt Ccy="CNY">1000.00</InstdAmt>
              <XchgRate>4.9312</XchgRate>
              <ChrgBr>SHAR</ChrgBr>
              <Dbtr><Nm>Société Générale d'Été</Nm></Dbtr>
              <DbtrAgt><FinInstnId><BICFI>BKCHCNBJXXX</BICFI></FinInstnId></DbtrAgt>
              <CdtrAgt><FinInstnId><BICFI>BKKBTHBKXXX</BICFI></FinInstnId></CdtrAgt>
              <Cdtr><Nm>Chanthaburi Fruit Ltd</Nm></Cdtr>
              <Purp><Cd>GDDS</Cd></Purp>
              <RmtInf><Ustrd>Facture payée</Ustrd></RmtInf>
            </CdtTrfTxInf>
          </FIToFICstmrCdtTrf>
        </Document>
        """

    private static let plain = "<Envelope>\(header)\(document)</Envelope>"

    /// What counts of a message: all but what it was wrapped in.
    private func content(_ bytes: [UInt8]) throws -> CreditTransferMessage {
        var message = try creditTransfers(bytes)
        message.envelope = .standard
        message.header?.version = BusinessApplicationHeader.standardVersion
        message.header?.messageDefinitionIdentifier = ""
        message.definition = MessageDefinition(message.definition.message)
        return message
    }

    @Test("In every encoding and every envelope", arguments: DocumentForms.encodings)
    func encodings(encoding: DocumentForms.Encoding) throws {
        let expected = try content(Array(Self.plain.utf8))
        #expect(try expected.transactions[0].get().debtor.name == "Société Générale d'Été")
        for envelope in DocumentForms.envelopes {
            let text = envelope.wrap(Self.header, Self.document)
            let read = Result { try content(encoding.encode(text)) }
            #expect(throws: Never.self, "\(envelope.name)") { try read.get() }
            #expect(try read.get() == expected, "\(envelope.name)")
        }
    }

    @Test("With and without a header")
    func withoutHeader() throws {
        var expected = try content(Array(Self.plain.utf8))
        expected.header = nil
        #expect(try content(Array(Self.document.utf8)) == expected)
        for envelope in DocumentForms.envelopes {
            let read = try content(Array(envelope.wrap("", Self.document).utf8))
            #expect(read == expected, "\(envelope.name)")
        }
    }

    @Test("In every form that the types of the schema allow", arguments: DocumentForms.lexicals)
    func lexicals(form: DocumentForms.Lexical) throws {
        // The amounts once with cents alone, so that digits before the point may be missing.
        let plain =
            form.old == ">0.50<"
            ? Self.plain.replacing(">1000.00<", with: ">0.50<")
                .replacing(">4931.20<", with: ">2.47<") : Self.plain
        try #require(plain.contains(form.old))
        let changed = plain.replacing(form.old, with: form.new)
        #expect(try content(Array(changed.utf8)) == content(Array(plain.utf8)))
    }

    @Test("In every version of document and header")
    func versions() throws {
        let expected = try content(Array(Self.plain.utf8))
        for definition in MessageDefinition.all
        where definition.message == .customerCreditTransfer {
            for header in BusinessApplicationHeader.versions {
                let text = Self.plain.replacing("pacs.008.001.08", with: definition.name)
                    .replacing("head.001.001.02", with: "head.001.001.0\(header)")
                #expect(try content(Array(text.utf8)) == expected)
                let read = try creditTransfers(Array(text.utf8))
                #expect(read.definition == definition && read.header?.version == header)
                #expect(read.original.messageNameIdentification == definition.name)
            }
        }
    }

    @Test("All together: versions, envelopes, encodings and forms, a thousand times")
    func mixtures() throws {
        var random = RandomMessages(seed: 13)
        let expected = try content(Array(Self.plain.utf8))
        let lexicals = DocumentForms.lexicals.filter { $0.old != ">0.50<" }
        for _ in 0..<1_000 {
            var (header, document) = (Self.header, Self.document)
            let version = Int.random(in: 8...13, using: &random.generator)
            let name = MessageDefinition(.customerCreditTransfer, version: version)!.name
            for form in lexicals where Int.random(in: 0..<3, using: &random.generator) == 0 {
                header.replace(form.old, with: form.new)
                document.replace(form.old, with: form.new)
            }
            header.replace("pacs.008.001.08", with: name)
            document.replace("pacs.008.001.08", with: name)
            // A comment or a section may not stand inside of a CDATA section as itself.
            let nests = !(header + document).contains("<![CDATA[")
            let envelopes = DocumentForms.envelopes.filter { nests || !$0.name.contains("CDATA") }
                .filter { nests && !document.contains("<!--") || $0.name != "prefixes" }
            let envelope = envelopes.randomElement(using: &random.generator)!
            let encoding = DocumentForms.encodings.randomElement(using: &random.generator)!
            let bytes = encoding.encode(envelope.wrap(header, document))
            try #require(
                try content(bytes) == expected,
                "\(envelope.name), \(encoding.name): \(header)\(document)")
        }
    }
}
