internal import Foundation
internal import Gateway
internal import HTTP2
internal import Testing

extension SystemTests {
    /// R16 and the usage rules of R14.1, through the wire.
    @Suite("What is only announced is on record, and usage rules are looked at as a bank wishes")
    struct AnnouncedMessageTests {
        private static let payer = Market.chinese[0]
        private static let creditor = Market.thai[0]

        /// A message in XML, and its answer.
        private func send(_ bank: BankClient, _ xml: String) async throws -> String {
            let reply = try await bank.send(
                "POST", "/v1/messages", xml, headers: ["content-type": "application/xml"])
            #expect(reply.status == 200, "\(reply.text)")
            return reply.text
        }

        private static func header(_ name: String, _ more: String = "") -> String {
            func agent(_ bic: String) -> String {
                "<FIId><FinInstnId><BICFI>\(bic)</BICFI></FinInstnId></FIId>"
            }
            return """
                <AppHdr xmlns="urn:iso:std:iso:20022:tech:xsd:head.001.001.02">\
                <Fr>\(agent(payer))</Fr><To>\(agent("LANGCNB0"))</To><BizMsgIdr>M-1</BizMsgIdr>\
                <MsgDefIdr>\(name)</MsgDefIdr><CreDt>2026-03-02T08:00:00Z</CreDt>\(more)</AppHdr>
                """
        }

        private static func document(_ name: String, _ root: String, _ content: String) -> String {
            """
            <Document xmlns="urn:iso:std:iso:20022:tech:xsd:\(name)"><\(root)>\(content)\
            </\(root)></Document>
            """
        }

        private static func agent(_ name: String, _ bic: String) -> String {
            "<\(name)><FinInstnId><BICFI>\(bic)</BICFI></FinInstnId></\(name)>"
        }

        private struct Transfer {
            var uetr = UUID().uuidString.lowercased()
            var amount = "490.00"
            /// Of the creditor; one that there is not is well-formed.
            var country = "TH"

            var xml: String {
                let debtorAgent = AnnouncedMessageTests.agent(
                    "DbtrAgt", AnnouncedMessageTests.payer)
                let creditorAgent = AnnouncedMessageTests.agent(
                    "CdtrAgt", AnnouncedMessageTests.creditor)
                return """
                    <CdtTrfTxInf><PmtId><EndToEndId>INV-7</EndToEndId><UETR>\(uetr)</UETR></PmtId>\
                    <IntrBkSttlmAmt Ccy="THB">\(amount)</IntrBkSttlmAmt>\
                    <InstdAmt Ccy="CNY">100.00</InstdAmt><XchgRate>4.9</XchgRate>\
                    <ChrgBr>SHAR</ChrgBr><Dbtr><Nm>Li Wei</Nm></Dbtr>\(debtorAgent)\
                    \(creditorAgent)<Cdtr><Nm>Somchai Jaidee</Nm><PstlAdr><TwnNm>Bangkok</TwnNm>\
                    <Ctry>\(country)</Ctry></PstlAdr></Cdtr></CdtTrfTxInf>
                    """
            }
        }

        private static func group(_ id: String, _ count: Int, _ method: String) -> String {
            "<GrpHdr><MsgId>\(id)</MsgId><CreDtTm>2026-03-02T08:00:00Z</CreDtTm><NbOfTxs>\(count)"
                + "</NbOfTxs><SttlmInf><SttlmMtd>\(method)</SttlmMtd></SttlmInf></GrpHdr>"
        }

        private static func customers(
            _ id: String, _ transfers: [Transfer], _ method: String = "CLRG"
        ) -> String {
            document(
                "pacs.008.001.10", "FIToFICstmrCdtTrf",
                group(id, transfers.count, method) + transfers.map(\.xml).joined())
        }

        private static func cover(_ uetr: String) -> String {
            let customer =
                "<UndrlygCstmrCdtTrf><Dbtr><Nm>Li Wei</Nm></Dbtr>\(agent("DbtrAgt", payer))"
                + "\(agent("CdtrAgt", creditor))<Cdtr><Nm>Somchai Jaidee</Nm></Cdtr>"
                + "</UndrlygCstmrCdtTrf>"
            return document(
                "pacs.009.001.10", "FICdtTrf",
                group("COV-1", 1, "COVE")
                    + "<CdtTrfTxInf><PmtId><EndToEndId>INV-7</EndToEndId><UETR>\(uetr)</UETR>"
                    + "</PmtId><IntrBkSttlmAmt Ccy=\"THB\">490.00</IntrBkSttlmAmt>"
                    + "\(agent("Dbtr", payer))<DbtrAcct><Id><Othr><Id>1</Id></Othr></Id>"
                    + "<Ccy>CNY</Ccy></DbtrAcct>\(agent("Cdtr", creditor))\(customer)"
                    + "</CdtTrfTxInf>")
        }

        // MARK: Notices

        @Test("A notice is on record before it is acknowledged, and the cover pays")
        func notices() async throws {
            let gateway = try await Market.open()
            do {
                let payer = try await BankClient.connect(gateway.endpoint, as: Self.payer)
                let creditor = try await BankClient.connect(gateway.endpoint, as: Self.creditor)
                let operators = try await BankClient.connect(gateway.endpoint, as: "operator")
                let transfer = Transfer()
                try await announce(transfer, payer, creditor, operators)
                try await pay(transfer.uetr, payer, creditor)
                try await copies(transfer, payer)
                try await addressed(payer)
                try await erase(operators, payer)
                for client in [payer, creditor, operators] { await client.close() }
            } catch {
                Issue.record("\(error)")
            }
            await gateway.remove()
        }

        private func noted(
            _ uetr: String, _ bank: BankClient, _ more: String = ""
        ) async throws -> ProtoListNoticesResponse {
            try await bank.get("GET", "/v1/notices?uetr=\(uetr)\(more)")
        }

        private func announce(
            _ transfer: Transfer, _ payer: BankClient, _ creditor: BankClient,
            _ operators: BankClient
        ) async throws {
            for _ in 0..<2 {
                let answer = try await send(payer, Self.customers("N-1", [transfer], "COVE"))
                #expect(answer.contains("<RctAck>") && answer.contains("SttlmMtd being COVE"))
            }
            let own = try await noted(transfer.uetr, payer).notices
            #expect(own.count == 1)
            let notice = try #require(own.first)
            #expect(notice.kind == "announced-cover" && notice.messageName == "pacs.008.001.10")
            #expect(notice.amount.amount == "490.00" && notice.amount.currency == "THB")
            #expect(notice.messageID == "N-1" && notice.endToEndID == "INV-7")
            #expect(notice.sender.hasPrefix(Self.payer) && notice.bank.hasPrefix(Self.creditor))
            #expect(try await noted(transfer.uetr, creditor).notices.isEmpty)
            #expect(try await noted(transfer.uetr, operators).notices == own)
            var request = ProtoListNoticesRequest()
            request.uetr = transfer.uetr
            let listed: ProtoListNoticesResponse = try await payer.call(
                "MessageService/ListNotices", request)
            #expect(listed.notices == own)
            #expect(try await payer.send("GET", "/v1/payments/\(transfer.uetr)").status == 404)
            #expect(try await payer.send("GET", "/v1/notices").status == 400)
        }

        private func pay(
            _ uetr: String, _ payer: BankClient, _ creditor: BankClient
        ) async throws {
            let answer = try await send(payer, Self.cover(uetr))
            #expect(answer.contains("<TxSts>PDNG</TxSts>"), "\(answer)")
            let other = Market.order(from: Self.creditor, to: Self.payer)
            let _: ProtoPayment = try await creditor.call("PaymentService/SubmitPayment", other)
            let payment: ProtoPayment = try await payer.get("GET", "/v1/payments/\(uetr)")
            #expect(payment.status == "ACSC" && payment.received.amount == "490.00")
            #expect(try await noted(uetr, payer).notices.count == 1)
        }

        /// What cannot be read of a notice is refused by itself, the rest is on record; the list
        /// has pages.
        private func copies(_ transfer: Transfer, _ payer: BankClient) async throws {
            var other = Transfer()
            other.amount = "490.005"
            let copy = Self.header("pacs.008.001.10", "<CpyDplct>CODU</CpyDplct>")
            for number in 1...2 {
                let answer = try await send(
                    payer,
                    "<M>\(copy)\(Self.customers("C-\(number)", [other, transfer]))</M>")
                let statuses = answer.components(separatedBy: "<TxSts>").dropFirst()
                    .map { $0.prefix(4) }
                #expect(statuses == ["RJCT", "ACTC"], "\(answer)")
            }
            #expect(try await noted(other.uetr, payer).notices.isEmpty)
            let all = try await noted(transfer.uetr, payer).notices
            #expect(all.map(\.messageID) == ["N-1", "C-1", "C-2"])
            var paged: [ProtoNotice] = []
            var token = ""
            repeat {
                let page = try await noted(
                    transfer.uetr, payer, "&page_size=2&page_token=\(token)")
                paged += page.notices
                token = page.nextPageToken
            } while !token.isEmpty && paged.count < 9
            #expect(paged == all)
        }

        /// The header's `To` must be the gateway, and the settlement method one of four.
        private func addressed(_ payer: BankClient) async throws {
            let header = Self.header("pacs.008.001.10")
            let here = try await send(
                payer, "<M>\(header)\(Self.customers("T-1", [Transfer()]))</M>")
            #expect(here.contains("<TxSts>PDNG</TxSts>"), "\(here)")
            let elsewhere = try await send(
                payer,
                "<M>\(header.replacing("LANGCNB0", with: "BKCHHKHH"))"
                    + "\(Self.customers("T-2", [Transfer()]))</M>")
            #expect(elsewhere.contains("<GrpSts>RJCT</GrpSts>"), "\(elsewhere)")
            #expect(elsewhere.contains("<Cd>AGNT</Cd>") && elsewhere.contains("/AppHdr/To/"))
            let method = try await send(payer, Self.customers("T-3", [Transfer()], "CASH"))
            #expect(method.contains("SttlmMtd must be one of INDA, INGA, COVE, CLRG."))
        }

        /// A notice of no payment on record: its identifications go when an operator wants it.
        private func erase(_ operators: BankClient, _ payer: BankClient) async throws {
            let transfer = Transfer()
            _ = try await send(payer, Self.customers("E-1", [transfer], "COVE"))
            let _: ProtoCommandAnswer = try await operators.get(
                "POST", "/v1/payments/\(transfer.uetr):erase", #"{"note":"a wish"}"#)
            for _ in 0..<200 {
                let notice = try #require(try await noted(transfer.uetr, payer).notices.first)
                #expect(notice.amount.amount == "490.00")
                if notice.messageID.isEmpty, notice.endToEndID.isEmpty { return }
                try await Task.sleep(for: .milliseconds(50))
            }
            Issue.record("the identifications are still there")
        }

        // MARK: Usage rules

        @Test("none costs nothing, warn tells, refuse refuses what breaks a rule")
        func usageRules() async throws {
            let gateway = try await Market.open()
            do {
                let payer = try await BankClient.connect(gateway.endpoint, as: Self.payer)
                let creditor = try await BankClient.connect(gateway.endpoint, as: Self.creditor)
                let operators = try await BankClient.connect(gateway.endpoint, as: "operator")
                for setting in ["NONE", "WARN", "REFUSE"] {
                    for bank in [Self.payer, Self.creditor] {
                        let _: ProtoCommandAnswer = try await operators.get(
                            "PUT", "/v1/participants/\(bank)/messaging",
                            #"{"usageRules":"\#(setting)"}"#)
                    }
                    let told: ProtoMessaging = try await payer.get(
                        "GET", "/v1/participants/\(Self.payer)/messaging")
                    #expect("\(told.usageRules)".uppercased() == setting)
                    try await transfers(setting, payer)
                    try await announced(setting, payer)
                    try await followUps(setting, payer, creditor)
                }
                for client in [payer, creditor, operators] { await client.close() }
            } catch {
                Issue.record("\(error)")
            }
            await gateway.remove()
        }

        /// Statuses of an answer, and whether each tells a finding.
        private func verdicts(_ answer: String) -> [String] {
            answer.components(separatedBy: "<TxInfAndSts>").dropFirst().map { part in
                let status = part.components(separatedBy: "<TxSts>")[1].prefix(4)
                return String(status)
                    + (part.contains("VAL-") || part.contains(":R13") ? " told" : "")
            }
        }

        private func transfers(_ setting: String, _ payer: BankClient) async throws {
            let right = Transfer()
            let wrong = Transfer(country: "QQ")
            let answer = try await send(
                payer, Self.customers("U-\(setting)", [wrong, right]))
            let expected =
                switch setting {
                case "NONE": ["PDNG", "PDNG"]
                case "WARN": ["PDNG told", "PDNG"]
                default: ["RJCT told", "PDNG"]
                }
            #expect(verdicts(answer) == expected, "\(answer)")
            #expect(answer.contains("<Cd>CH16</Cd>") == (setting == "REFUSE"))
            #expect(!["Somchai", "Bangkok", "QQ"].contains { answer.contains($0) })
            let status = try await payer.send("GET", "/v1/payments/\(wrong.uetr)").status
            #expect(status == (setting == "REFUSE" ? 404 : 200))
        }

        /// A finding in the header is in no transaction; a notice with one is told of it too.
        private func announced(_ setting: String, _ payer: BankClient) async throws {
            let transfer = Transfer()
            let copy = Self.header("pacs.008.001.10", "<CpyDplct>CODU</CpyDplct>")
            let answer = try await send(
                payer, "<M>\(copy)\(Self.customers("OTHER-\(setting)", [transfer]))</M>")
            switch setting {
            case "NONE": #expect(answer.contains("<RctAck>"), "\(answer)")
            case "WARN":
                #expect(verdicts(answer) == ["ACTC"], "\(answer)")
                #expect(answer.contains("Noted as a copy") && answer.contains("/AppHdr/BizMsgIdr"))
            default:
                #expect(answer.contains("<GrpSts>RJCT</GrpSts>"), "\(answer)")
                #expect(answer.contains("/AppHdr/BizMsgIdr"))
            }
            let count = try await noted(transfer.uetr, payer).notices.count
            #expect(count == (setting == "REFUSE" ? 0 : 1))
        }

        /// A return and a status of the creditor's bank, each with a wrong LEI in it.
        private func followUps(
            _ setting: String, _ payer: BankClient, _ creditor: BankClient
        ) async throws {
            let order = Market.order(from: Self.payer, to: Self.creditor)
            let _: ProtoPayment = try await payer.call("PaymentService/SubmitPayment", order)
            // It comes behind the transfers that were taken before.
            let other = Market.order(
                from: Self.creditor, to: Self.payer,
                amount: setting == "REFUSE" ? "980.00" : "1470.00")
            let _: ProtoPayment = try await creditor.call("PaymentService/SubmitPayment", other)
            let original = "<OrgnlUETR>\(order.uetr)</OrgnlUETR>"
            let agent = """
                <InstgAgt><FinInstnId><BICFI>\(Self.creditor)</BICFI>\
                <LEI>5493001KJTIIGC8Y1R13</LEI></FinInstnId></InstgAgt>
                """
            let group = """
                <OrgnlGrpInf><OrgnlMsgId>M-1</OrgnlMsgId><OrgnlMsgNmId>camt.056.001.08\
                </OrgnlMsgNmId></OrgnlGrpInf>
                """
            let head = "<CreDtTm>2026-03-02T08:00:00Z</CreDtTm>"
            let status = try await send(
                creditor,
                Self.document(
                    "pacs.002.001.12", "FIToFIPmtStsRpt",
                    "<GrpHdr><MsgId>S-1</MsgId>\(head)</GrpHdr><TxInfAndSts>\(original)"
                        + "<TxSts>PDNG</TxSts>\(agent)</TxInfAndSts>"))
            let back = try await send(
                creditor,
                Self.document(
                    "pacs.004.001.10", "PmtRtr",
                    Self.group("R-\(setting)", 1, "CLRG")
                        + "<TxInf><RtrId>R-\(setting)</RtrId>\(original)<RtrdIntrBkSttlmAmt "
                        + "Ccy=\"THB\">1.00</RtrdIntrBkSttlmAmt><IntrBkSttlmDt>2026-03-02"
                        + "</IntrBkSttlmDt>\(group)<RtrRsnInf><Rsn><Cd>FOCR</Cd></Rsn>"
                        + "</RtrRsnInf></TxInf>"))
            switch setting {
            case "NONE":
                #expect(status.contains("<RctAck>"), "\(status)")
                #expect(verdicts(back) == ["ACSC"], "\(back)")
            case "WARN":
                #expect(verdicts(status) == ["ACTC told"], "\(status)")
                #expect(verdicts(back) == ["ACSC told"], "\(back)")
            default:
                #expect(verdicts(status) == ["RJCT told"], "\(status)")
                #expect(verdicts(back) == ["RJCT told"], "\(back)")
            }
        }
    }
}
