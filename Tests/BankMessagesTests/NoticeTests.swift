import BankMessages
import Domain
import Testing

@Suite("Which messages pay, which only tell, and for whom they are")
struct NoticeTests {
    private static let ownBIC = BIC("LQIAHKHH")!

    private func notice(_ text: String) throws -> NoticeKind? {
        try BankMessage(xml: Array(text.utf8)).notice
    }

    private static func method(_ method: String, in text: String) -> String {
        text.replacing("<SttlmMtd>CLRG", with: "<SttlmMtd>\(method)")
    }

    /// A pacs.009 that covers a customer's payment.
    private static let cover = samplePacs009.replacing(
        "</CdtTrfTxInf>",
        with: """
            <UndrlygCstmrCdtTrf><Dbtr><Nm>A</Nm></Dbtr>
            <DbtrAgt><FinInstnId><BICFI>BKCHCNBJ</BICFI></FinInstnId></DbtrAgt>
            <CdtrAgt><FinInstnId><BICFI>BKKBTHBK</BICFI></FinInstnId></CdtrAgt>
            <Cdtr><Nm>B</Nm></Cdtr></UndrlygCstmrCdtTrf></CdtTrfTxInf>
            """)

    /// The same message with another header.
    private static func header(_ element: String, in text: String = samplePacs008) -> String {
        text.replacing("</CreDt>", with: "</CreDt>\(element)")
    }

    @Test("The table of settlement methods")
    func methods() throws {
        for method in ["INDA", "INGA", "CLRG"] {
            for text in [samplePacs008, samplePacs009, Self.cover] {
                #expect(try notice(Self.method(method, in: text)) == nil)
            }
        }
        #expect(try notice(Self.method("COVE", in: samplePacs008)) == .announcedCover)
        #expect(try notice(Self.method("COVE", in: samplePacs009)) == .advice)
        #expect(try notice(Self.method("COVE", in: Self.cover)) == nil)
        let refused = rejection(Self.method("CASH", in: samplePacs008))
        #expect(refused?.sentence == "SttlmMtd must be one of INDA, INGA, COVE, CLRG.")
    }

    @Test("A cover of one customer's payment does not make the advice beside it pay")
    func mixed() throws {
        let start = try #require(samplePacs009.firstRange(of: "<CdtTrfTxInf>")).lowerBound
        let end = try #require(samplePacs009.firstRange(of: "</CdtTrfTxInf>")).upperBound
        let plain = samplePacs009[start..<end].replacing("3c4e<", with: "3c4f<")
        let both = Self.method("COVE", in: Self.cover).replacing(
            ">1</NbOfTxs>", with: ">2</NbOfTxs>"
        )
        .replacing("</FICdtTrf>", with: plain + "</FICdtTrf>")
        #expect(try creditTransfers(Array(both.utf8)).transactions.count == 2)
        #expect(try notice(both) == .advice)
    }

    @Test("Copies and advices by their header; a possible duplicate pays")
    func headers() throws {
        #expect(try notice(Self.header("<CpyDplct>COPY</CpyDplct>")) == .copy)
        #expect(try notice(Self.header("<CpyDplct>CODU</CpyDplct>")) == .copy)
        #expect(try notice(Self.header("<CpyDplct>DUPL</CpyDplct>")) == nil)
        #expect(try notice(Self.header("<PssblDplct>true</PssblDplct>")) == nil)
        for (service, kind) in [
            ("swift.cbprplus.adv.03", NoticeKind.advice), ("swift.cbprplus.adv.04", .advice),
            ("swift.cbprplus.cov.03", nil), ("swift.cbprplus.03", nil), ("advantage.03", nil),
        ] {
            let text = samplePacs008.replacing(
                "<CreDt>", with: "<BizSvc>\(service)</BizSvc><CreDt>")
            #expect(try notice(text) == kind, "\(service)")
        }
        // Wherever in its envelope a header stands, it is the message's.
        let apart = Self.header("<CpyDplct>COPY</CpyDplct>")
            .replacing("<AppHdr", with: "<Hdr><AppHdr").replacing(
                "</AppHdr>", with: "</AppHdr></Hdr>")
        #expect(try notice(apart) == .copy)
    }

    /// Two returns, the first of which states no amount.
    private static let returns = """
        <Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.004.001.10"><PmtRtr><GrpHdr>
        <MsgId>RTR-1</MsgId><CreDtTm>2026-03-02T09:30:00Z</CreDtTm><NbOfTxs>2</NbOfTxs>
        <SttlmInf><SttlmMtd>COVE</SttlmMtd></SttlmInf></GrpHdr>
        <TxInf><RtrId>R-1</RtrId><OrgnlUETR>0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4e</OrgnlUETR>
        </TxInf><TxInf><RtrId>R-2</RtrId>
        <OrgnlUETR>0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d</OrgnlUETR>
        <RtrdIntrBkSttlmAmt Ccy="THB">10.00</RtrdIntrBkSttlmAmt>
        <IntrBkSttlmDt>2026-03-02</IntrBkSttlmDt>
        <InstdAgt><FinInstnId><BICFI>BKCHCNBJ</BICFI></FinInstnId></InstdAgt>
        </TxInf></PmtRtr></Document>
        """

    @Test("A return by cover is a notice, whose refusals stand in the order of the message")
    func returnsByCover() throws {
        #expect(try notice(Self.returns) == .announcedCover)
        #expect(try notice(Self.method("COVE", in: Self.returns)) == .announcedCover)
        #expect(try notice(Self.returns.replacing("COVE", with: "INDA")) == nil)
        let announced = try BankMessage(xml: Array(Self.returns.utf8)).announced
        guard announced.count == 2, case .failure(let refused) = announced[0],
            case .success(let taken) = announced[1]
        else {
            Issue.record("\(announced)")
            return
        }
        #expect(refused.path.hasSuffix("TxInf[1]/RtrdIntrBkSttlmAmt") && refused.position == 0)
        #expect(taken.amount == Money(minorUnits: 1_000, currency: .thb))
        #expect(taken.bank == BIC("BKCHCNBJ"))
        #expect(taken.settlementDate == CalendarDate(year: 2026, month: 3, day: 2))
    }

    @Test("What is announced of a payment is the creditor's bank, amount, day and references")
    func announcements() throws {
        for (text, bank) in [(samplePacs008, "BKKBTHBK"), (samplePacs009, "BKKBTHBK")] {
            let announced = try BankMessage(xml: Array(text.utf8)).announced
            guard announced.count == 1, case .success(let payment) = announced[0] else {
                Issue.record("\(announced)")
                return
            }
            #expect(payment.bank == BIC(bank))
            #expect(payment.amount == Money(minorUnits: 493_120, currency: .thb))
            #expect(payment.original.uetr != nil)
        }
        // Who asks for a report names no payment; a copy of that is a notice all the same.
        let request = try BankMessage(
            xml: Array(sampleRequest(MessageDefinition(.reportRequest)).utf8))
        #expect(request.announced == [.success(AnnouncedPayment())])
    }

    @Test("To must be the gateway, or a branch of it")
    func addressee() throws {
        func refusal(_ to: String) throws -> MessageRejection? {
            let text = samplePacs008.replacing("LQIAHKHHXXX", with: to)
            let message = try BankMessage(xml: Array(text.utf8))
            do throws(MessageRejection) {
                try message.checkAddressee(gateway: Self.ownBIC)
                return nil
            } catch { return error }
        }
        for bic in ["LQIAHKHHXXX", "LQIAHKHH", "LQIAHKHH123"] { #expect(try refusal(bic) == nil) }
        let refused = try #require(try refusal("BKCHHKHHXXX"))
        #expect(refused.code == .incorrectAgent && refused.path.hasPrefix("/AppHdr/To/"))
        #expect(
            refused.sentence
                == "To names BKCHHKHH, but this is LQIAHKHH; send the message there, or "
                + "correct To.")
        #expect(refused.original?.messageIdentification == "MSG-1")
        try BankMessage(xml: Array(samplePacs009.utf8)).checkAddressee(gateway: Self.ownBIC)
        let unnamed = samplePacs008.replacing(
            "<To><FIId><FinInstnId><BICFI>LQIAHKHHXXX</BICFI></FinInstnId></FIId></To>",
            with: "<To><OrgId><Nm>Langqiao</Nm></OrgId></To>")
        let organisation = unnamed.replacing(
            "<Nm>Langqiao</Nm>", with: "<Id><OrgId><AnyBIC>LQIAHKHH</AnyBIC></OrgId></Id>")
        try BankMessage(xml: Array(organisation.utf8)).checkAddressee(gateway: Self.ownBIC)
        #expect(throws: MessageRejection.self) {
            try BankMessage(xml: Array(unnamed.utf8)).checkAddressee(gateway: Self.ownBIC)
        }
    }

    @Test("A notice is acknowledged in the envelope and header version of its message")
    func acknowledgement() throws {
        let text = Self.header("<CpyDplct>COPY</CpyDplct>")
            .replacing("head.001.001.02", with: "head.001.001.03")
            .replacing("Envelope>", with: "BizMsg>").replacing(
                "pacs.008.001.08", with: "pacs.008.001.10")
        let message = try BankMessage(xml: Array(text.utf8))
        let answer = try ReceiptAcknowledgement(
            messageIdentification: "LQ1", creationDateTime: 0, sender: Self.ownBIC,
            original: message.original, description: try #require(message.notice).reason
        ).xml()
        for part in [
            "<BizMsg>", "head.001.001.03", "<MsgDefIdr>admi.007.001.01<", "<CpyDplct>COPY<",
            "<Ref>MSG-1<", "<MsgNm>pacs.008.001.10<", "<StsCd>RCVD<", "it moves no money.",
        ] { #expect(answer.contains(part), "\(part)") }
    }
}
