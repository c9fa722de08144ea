internal import BankMessages
internal import Domain
internal import Foundation
internal import Gateway
internal import HTTP2
internal import Testing

extension SystemTests {
    /// R14, R15 through the wire, by two banks that use ISO 20022 messages alone.
    @Suite("A bank that only uses messages is told everything and can do everything")
    struct MessageFlowTests {
        private static let payer = Market.chinese[0]
        private static let creditor = Market.thai[0]

        @Test("It pays, is told, confirms, asks for its money back, refuses and returns")
        func paysAndIsTold() async throws {
            let gateway = try await Market.open()
            do {
                let operators = try await BankClient.connect(gateway.endpoint, as: "operator")
                let wishes = [
                    Self.payer: #"["STATUS_REPORTS","NOTIFICATIONS"]"#,
                    Self.creditor: #"["CREDIT_TRANSFERS","NOTIFICATIONS"]"#,
                ]
                for (bank, wishes) in wishes {
                    let _: ProtoCommandAnswer = try await operators.get(
                        "PUT", "/v1/participants/\(bank)/messaging", #"{"wishes":\#(wishes)}"#)
                }
                // A version that is not written is refused, and not replaced in silence.
                for wrong in [#"{"creditTransfer":7}"#, #"{"paymentReturn":12}"#, #"{"header":5}"#]
                {
                    let reply = try await operators.send(
                        "PUT", "/v1/participants/\(Self.payer)/messaging",
                        #"{"versions":\#(wrong)}"#)
                    #expect(reply.problem?.code == "MALFORMED_REQUEST", "\(reply.text)")
                }
                await operators.close()
                let payer = try await BankClient.connect(gateway.endpoint, as: Self.payer)
                let creditor = try await BankClient.connect(gateway.endpoint, as: Self.creditor)
                let uetr = try await pay(payer, creditor)
                try await told(payer, creditor, uetr)
                try await followUp(payer, creditor, uetr)
                try await parts(gateway.endpoint, payer, creditor)
                try await entries(payer)
                try await pullsAgain(payer)
                for client in [payer, creditor] { await client.close() }
            } catch {
                Issue.record("\(error)")
            }
            await gateway.remove()
        }

        // MARK: Messages

        private func send(_ bank: BankClient, _ xml: String) async throws -> String {
            let reply = try await bank.send(
                "POST", "/v1/messages", xml, headers: ["content-type": "application/xml"])
            #expect(reply.status == 200, "\(reply.text)")
            return reply.text
        }

        /// The next messages of the bank behind a number, each acknowledged.
        private func pull(_ bank: BankClient, _ count: Int) async throws -> [String] {
            var found: [String] = []
            while found.count < count {
                let reply = try await bank.send(
                    "GET", "/v1/messages", headers: ["accept": "application/xml"])
                guard reply.status == 200, let number = reply.headers["langqiao-message-number"]
                else {
                    throw Missing(description: "\(reply.status) \(reply.text) after \(found)")
                }
                found.append(reply.text)
                // What comes back is what can be read.
                if !reply.text.contains("<BkToCstmrDbtCdtNtfctn>") {
                    #expect(throws: Never.self) { try BankMessage(xml: reply.body) }
                }
                let _: ProtoAcknowledgeMessagesAnswer = try await bank.get(
                    "POST", "/v1/messages:acknowledge", #"{"number":"\#(number)"}"#)
            }
            return found
        }

        private struct Missing: Error, CustomStringConvertible { let description: String }

        private func document(_ name: String, _ root: String, _ content: String) -> String {
            """
            <Document xmlns="urn:iso:std:iso:20022:tech:xsd:\(name)"><\(root)>\(content)\
            </\(root)></Document>
            """
        }

        // MARK: Steps

        private func pay(_ payer: BankClient, _ creditor: BankClient) async throws -> String {
            let uetr = try await order(payer)
            let other = Market.order(from: Self.creditor, to: Self.payer)
            let settled: ProtoPayment = try await creditor.call(
                "PaymentService/SubmitPayment", other)
            #expect(settled.status == "ACSC")
            return uetr
        }

        private func order(_ payer: BankClient) async throws -> String {
            let uetr = UUID().uuidString.lowercased()
            let answer = try await send(
                payer,
                document(
                    "pacs.008.001.10", "FIToFICstmrCdtTrf",
                    """
                    <GrpHdr><MsgId>M-1</MsgId><CreDtTm>2026-03-02T08:00:00Z</CreDtTm>\
                    <NbOfTxs>1</NbOfTxs><SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf></GrpHdr>\
                    <CdtTrfTxInf><PmtId><EndToEndId>INV-7</EndToEndId><UETR>\(uetr)</UETR></PmtId>\
                    <IntrBkSttlmAmt Ccy="THB">490.00</IntrBkSttlmAmt>\
                    <InstdAmt Ccy="CNY">100.00</InstdAmt><XchgRate>4.9</XchgRate>\
                    <ChrgBr>SHAR</ChrgBr><Dbtr><Nm>Li Wei</Nm><PstlAdr><TwnNm>Kunming</TwnNm>\
                    <Ctry>CN</Ctry></PstlAdr></Dbtr>\
                    <DbtrAgt><FinInstnId><BICFI>\(Self.payer)</BICFI></FinInstnId></DbtrAgt>\
                    <CdtrAgt><FinInstnId><BICFI>\(Self.creditor)</BICFI></FinInstnId></CdtrAgt>\
                    <Cdtr><Nm>Somchai Jaidee</Nm></Cdtr><SplmtryData><PlcAndNm>KYC</PlcAndNm>\
                    <Envlp><k:Kyc xmlns:k="urn:kyc" k:level="2"><!-- 1 --><k:Ref>7 &lt; 8</k:Ref>\
                    </k:Kyc></Envlp></SplmtryData></CdtTrfTxInf>
                    """))
            #expect(answer.contains("<TxSts>PDNG</TxSts>"), "\(answer)")
            return uetr
        }

        private func told(
            _ payer: BankClient, _ creditor: BankClient, _ uetr: String
        ) async throws {
            let settled = try await pull(payer, 1)[0]
            #expect(settled.contains("<TxSts>ACSC</TxSts>") && settled.contains(uetr))
            #expect(settled.contains("<OrgnlMsgId>M-1</OrgnlMsgId>"), "\(settled)")
            #expect(settled.contains("<OrgnlMsgNmId>pacs.008.001.10</OrgnlMsgNmId>"))
            // It answers no message, so none is related.
            #expect(!settled.contains("<Rltd>"), "\(settled)")
            let credit = try await pull(creditor, 1)[0]
            for part in [
                "<UETR>\(uetr)</UETR>", "<IntrBkSttlmAmt Ccy=\"THB\">490.00</IntrBkSttlmAmt>",
                "<Nm>Li Wei</Nm>", "<TwnNm>Kunming</TwnNm>", "<Nm>Somchai Jaidee</Nm>",
                "<EndToEndId>INV-7</EndToEndId>", "<PlcAndNm>KYC</PlcAndNm>",
                "<Envlp><Kyc xmlns=\"urn:kyc\" xmlns:n1=\"urn:kyc\" n1:level=\"2\">"
                    + "<Ref>7 &lt; 8</Ref></Kyc></Envlp>",
            ] {
                #expect(credit.contains(part), "\(part)\n\(credit)")
            }
        }

        private func followUp(
            _ payer: BankClient, _ creditor: BankClient, _ uetr: String
        ) async throws {
            let original = "<OrgnlUETR>\(uetr)</OrgnlUETR>"
            let head = "<CreDtTm>2026-03-02T08:00:00Z</CreDtTm>"
            // The creditor's bank has credited its customer; the payer is told.
            let noted = try await send(
                creditor,
                document(
                    "pacs.002.001.12", "FIToFIPmtStsRpt",
                    "<GrpHdr><MsgId>S-1</MsgId>\(head)</GrpHdr><TxInfAndSts>\(original)"
                        + "<TxSts>ACCC</TxSts></TxInfAndSts>"))
            #expect(noted.contains("<RctAck>"), "\(noted)")
            #expect(try await next(payer).contains("<TxSts>ACCC</TxSts>"))
            // The payer wants it back; a case opens, and the creditor's bank refuses it.
            let side = "<Agt><FinInstnId><BICFI>\(Self.payer)</BICFI></FinInstnId></Agt>"
            let wish =
                document(
                    "camt.056.001.10", "FIToFIPmtCxlReq",
                    "<Assgnmt><Id>C-1</Id><Assgnr>\(side)</Assgnr><Assgne>\(side)</Assgne>\(head)"
                        + "</Assgnmt><Undrlyg><TxInf><CxlId>C-1</CxlId>\(original)<CxlRsnInf><Rsn>"
                        + "<Cd>DUPL</Cd></Rsn></CxlRsnInf></TxInf></Undrlyg>")
            let pending = try await send(payer, wish)
            #expect(pending.contains("<Conf>PDCR</Conf>"), "\(pending)")
            let asked = try await next(creditor)
            #expect(asked.contains("<FIToFIPmtCxlReq>") && asked.contains("<Cd>DUPL</Cd>"))
            let refused = try await send(
                creditor,
                document(
                    "camt.029.001.11", "RsltnOfInvstgtn",
                    "<Assgnmt><Id>A-1</Id><Assgnr>\(side)</Assgnr><Assgne>\(side)</Assgne>\(head)"
                        + "</Assgnmt><RslvdCase><Id>1</Id><Cretr>\(side)</Cretr></RslvdCase><Sts>"
                        + "<Conf>RJCR</Conf></Sts><CxlDtls><TxInfAndSts>\(original)<TxCxlSts>RJCR"
                        + "</TxCxlSts><CxlStsRsnInf><Rsn><Cd>CUST</Cd></Rsn></CxlStsRsnInf>"
                        + "</TxInfAndSts></CxlDtls>"))
            #expect(refused.contains("<RctAck>"), "\(refused)")
            #expect(try await next(payer).contains("<Conf>RJCR</Conf>"))
            // The same wish again hears what became of it.
            #expect(try await send(payer, wish).contains("<Conf>RJCR</Conf>"))
            try await returned(payer, creditor, original, head)
        }

        /// Half of it comes back after all; more than came does not.
        private func returned(
            _ payer: BankClient, _ creditor: BankClient, _ original: String, _ head: String
        ) async throws {
            func give(
                _ id: String, _ amount: String, times: Int = 1
            ) async throws -> String {
                try await send(
                    creditor,
                    document(
                        "pacs.004.001.10", "PmtRtr",
                        "<GrpHdr><MsgId>\(id)</MsgId>\(head)<NbOfTxs>\(times)</NbOfTxs>"
                            + "<SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf></GrpHdr>"
                            + String(
                                repeating: "<TxInf><RtrId>\(id)"
                                    + "</RtrId>\(original)<RtrdIntrBkSttlmAmt Ccy=\"THB\">"
                                    + "\(amount)</RtrdIntrBkSttlmAmt><IntrBkSttlmDt>2026-03-02"
                                    + "</IntrBkSttlmDt><RtrRsnInf><Rsn><Cd>FOCR</Cd></Rsn>"
                                    + "</RtrRsnInf></TxInf>", count: times)))
            }
            #expect(try await give("R-1", "245.00").contains("<TxSts>ACSC</TxSts>"))
            #expect(try await give("R-1", "245.00").contains("<TxSts>ACSC</TxSts>"))
            #expect(try await give("R-2", "245.01").contains("<TxSts>RJCT</TxSts>"))
            // One identification is one return, in one message too.
            let twice = try await give("R-1", "245.00", times: 2)
            #expect(
                twice.contains("<TxSts>ACSC</TxSts>") && twice.contains("<Cd>DU03</Cd>"),
                "\(twice)")
            let back = try await next(payer)
            #expect(back.contains("<RtrId>R-1</RtrId>"), "\(back)")
            #expect(
                back.contains(
                    "<RtrdIntrBkSttlmAmt Ccy=\"THB\">245.00</RtrdIntrBkSttlmAmt>"))
            try await byOrder(payer, creditor, original, head)
            let asked = try await send(
                payer,
                document(
                    "pacs.028.001.05", "FIToFIPmtStsReq",
                    "<GrpHdr><MsgId>Q-1</MsgId>\(head)</GrpHdr><TxInf>\(original)</TxInf>"))
            #expect(asked.contains("<TxSts>ACCC</TxSts>"), "\(asked)")
        }

        /// R15.13, R15.17 The payer's currency comes back: what is given in `RtrdInstdAmt` buys
        /// what `RtrdIntrBkSttlmAmt` states at least.
        private func byOrder(
            _ payer: BankClient, _ creditor: BankClient, _ original: String, _ head: String
        ) async throws {
            func give(_ rate: String) async throws -> String {
                try await send(
                    creditor,
                    document(
                        "pacs.004.001.10", "PmtRtr",
                        "<GrpHdr><MsgId>R-3</MsgId>\(head)<NbOfTxs>1</NbOfTxs><SttlmInf><SttlmMtd>"
                            + "CLRG</SttlmMtd></SttlmInf></GrpHdr><TxInf><RtrId>R-3</RtrId>"
                            + "\(original)<RtrdIntrBkSttlmAmt Ccy=\"CNY\">30.00"
                            + "</RtrdIntrBkSttlmAmt><IntrBkSttlmDt>2026-03-02</IntrBkSttlmDt>"
                            + "<RtrdInstdAmt Ccy=\"THB\">147.00</RtrdInstdAmt><XchgRate>\(rate)"
                            + "</XchgRate><RtrRsnInf><Rsn><Cd>FOCR</Cd></Rsn></RtrRsnInf></TxInf>"))
            }
            let contradiction = try await give("4.9")
            #expect(contradiction.contains("<TxSts>RJCT</TxSts>"), "\(contradiction)")
            #expect(contradiction.contains("XchgRate"))
            #expect(try await give("0.204082").contains("<TxSts>PDNG</TxSts>"))
            let other = Market.order(from: Self.payer, to: Self.creditor, amount: "30.00")
            let filled: ProtoPayment = try await payer.call("PaymentService/SubmitPayment", other)
            #expect(filled.status == "ACSC")
            #expect(try await give("0.204082").contains("<TxSts>ACSC</TxSts>"))
            let bought = try await next(creditor)
            #expect(bought.contains("<IntrBkSttlmAmt Ccy=\"THB\">147.00<"), "\(bought)")
            let back = try await next(payer)
            for part in [
                "<RtrdIntrBkSttlmAmt Ccy=\"CNY\">30.00</RtrdIntrBkSttlmAmt>",
                "<RtrdInstdAmt Ccy=\"THB\">147.00</RtrdInstdAmt>", original, "<Cd>FOCR</Cd>",
            ] {
                #expect(back.contains(part), "\(part)\n\(back)")
            }
        }

        /// R14.4, R14.5 A creditor that wants parts is told of each fill, without amounts of the
        /// whole; the payer of where the payment stood then, also when it stands elsewhere now.
        private func parts(
            _ endpoint: Endpoint, _ payer: BankClient, _ creditor: BankClient
        ) async throws {
            let operators = try await BankClient.connect(endpoint, as: "operator")
            let _: ProtoCommandAnswer = try await operators.get(
                "PUT", "/v1/participants/\(Self.creditor)/messaging",
                #"{"wishes":["CREDIT_TRANSFER_PARTS"]}"#)
            await operators.close()
            _ = try await order(payer)
            for amount in ["49.00", "441.00"] {
                let other = Market.order(from: Self.creditor, to: Self.payer, amount: amount)
                let _: ProtoPayment = try await creditor.call(
                    "PaymentService/SubmitPayment", other)
            }
            let stands = [try await next(payer), try await next(payer)]
            #expect(stands[0].contains("<TxSts>ACSP</TxSts>"), "\(stands[0])")
            #expect(stands[0].contains("<AddtlInf>SETTLED THB 49.00</AddtlInf>"), "\(stands[0])")
            #expect(stands[1].contains("<TxSts>ACSC</TxSts>"), "\(stands[1])")
            for amount in ["49.00", "441.00"] {
                let part = try await next(creditor)
                #expect(part.contains("<IntrBkSttlmAmt Ccy=\"THB\">\(amount)<"), "\(part)")
                #expect(part.contains("<Nm>Li Wei</Nm>") && !part.contains("InstdAmt>"))
                #expect(!part.contains("XchgRate"), "\(part)")
            }
        }

        /// R14.7 What was booked since the bank wants to be told is told, each entry once.
        private func entries(_ bank: BankClient) async throws {
            let accounts: ProtoListAccountsResponse = try await bank.get("GET", "/v1/accounts")
            var booked = 0
            for account in accounts.accounts {
                let page: ProtoListTransfersResponse = try await bank.get(
                    "GET", "/v1/accounts/\(account.accountID)/transfers?page_size=1000")
                // Both sides of a leg may be on one account, and then each is an entry.
                for transfer in page.transfers where transfer.kind != "funding" {
                    booked += transfer.debitAccount == transfer.creditAccount ? 2 : 1
                }
            }
            var told: [String] = []
            for _ in 0..<40 where told.count < booked {
                try await Task.sleep(for: .milliseconds(500))
                let all: ProtoListMessagesResponse = try await bank.get(
                    "GET", "/v1/messages?after=0&page_size=100")
                told = all.messages.filter { $0.name.hasPrefix("camt.054") }.flatMap {
                    $0.xml.split(separator: "<NtryRef>").dropFirst().map {
                        String($0.prefix { $0 != "<" })
                            + ($0.contains("<CdtDbtInd>CRDT") ? "+" : "-")
                    }
                }
            }
            #expect(told.count == booked && Set(told).count == booked && booked > 4, "\(told)")
        }

        /// The next message that is no notification of bookings, which come when they are due.
        private func next(_ bank: BankClient) async throws -> String {
            while true {
                let message = try await pull(bank, 1)[0]
                if !message.contains("<BkToCstmrDbtCdtNtfctn>") { return message }
            }
        }

        /// Any message can be had again, and is the same.
        private func pullsAgain(_ payer: BankClient) async throws {
            let first: ProtoListMessagesResponse = try await payer.get(
                "GET", "/v1/messages?after=0&page_size=100")
            let again: ProtoListMessagesResponse = try await payer.get(
                "GET", "/v1/messages?after=0&page_size=100")
            #expect(first.messages == again.messages && first.messages.count >= 4)
            let numbers = first.messages.map(\.number)
            #expect(numbers == Array(1...UInt64(numbers.count)))
        }
    }
}
