internal import BankMessages
internal import Domain
internal import Foundation
internal import Gateway
internal import HTTP2
internal import Scenarios
internal import SwiftProtobuf
internal import Testing

extension SystemTests {
    /// The tables of `docs/messages.md` at a running gateway: payments come into the states that
    /// commands can bring about at once, and the answers to their messages, what their payer is
    /// told, and the answers to pacs.028 say what the tables say.
    @Suite("A payment's messages say what the docs say, whatever becomes of it")
    struct StatusMessageTests {
        private static let payer = Market.chinese[0]
        private static let thai = Market.thai[0]
        private static let suspended = Market.thai[1]

        @Test("Answers, what is told, and answers to requests", .timeLimit(.minutes(3)))
        func statuses() async throws {
            let gateway = try await Market.open()
            do {
                let scene = try await Scene(gateway.endpoint)
                try await scene.play()
                try await scene.compare()
                try await scene.end()
                try await scene.compare()
                #expect(scene.seen.count == 28, "\(scene.seen.sorted())")
                await scene.close()
            } catch {
                Issue.record("\(error)")
            }
            await gateway.remove()
        }

        /// The cells of the docs, by the state that they are for.
        private struct Tables {
            private var cells: [String: [String]] = [:]

            init() throws {
                let page = try DocumentedPage("messages.md")
                for row in page.table(
                    "on record", "because", "settled", "answer to the order", "told",
                    "answer to pacs.028")
                {
                    cells[row[0...2].joined(separator: "/")] = Array(row[3...])
                }
                for row in page.table(
                    "on record", "credit", "answer to the order", "told", "answer to pacs.028")
                {
                    cells[row[0...1].joined(separator: "/")] = Array(row[2...])
                }
                for row in page.table(
                    "refusal", "on record", "answer to the order", "told", "answer to pacs.028")
                {
                    cells[row[0]] = Array(row[2...])
                }
            }

            /// - Returns: what stands in the row, and which row it is.
            func row(_ payment: ProtoPayment) throws -> (key: String, cells: [String]) {
                var key = payment.result.code
                if payment.status != "RJCT" {
                    let hasSettled = payment.received.amount.contains { "1"..."9" ~= $0 }
                    let isPart = payment.status != "ACSC" && hasSettled
                    let settled = payment.status == "ACSC" ? "all" : isPart ? "a part" : "nothing"
                    let reason = payment.endReason == "none" ? "" : payment.endReason
                    key = "`\(payment.status)`/\(reason)/\(settled)"
                    if payment.hasFollowUp, !payment.followUp.creditStatus.isEmpty {
                        let words = ["ACCC": "credited", "PDNG": "pending", "RJCT": "rejected"]
                        let why = payment.followUp.creditReason
                        key = isPart ? "`CANC`, expired, a part/" : "`ACSC`, filled/"
                        key += words[payment.followUp.creditStatus] ?? "?"
                        if !why.isEmpty { key += ", `\(why)`" }
                    }
                }
                return (key, try #require(cells[key], "no row for \(key)"))
            }
        }

        /// Two banks and an operator, and what the payer has sent.
        private final class Scene {
            private let payer: BankClient
            private let thai: BankClient
            private let operators: BankClient
            private let tables: Tables
            private var orders: [String] = []
            /// Those that came by a message, by their UETRs.
            private var messages: [String: String] = [:]
            /// Rows that a payment was found to be in.
            private(set) var seen: Set<String> = []

            init(_ endpoint: Endpoint) async throws {
                payer = try await BankClient.connect(endpoint, as: StatusMessageTests.payer)
                thai = try await BankClient.connect(endpoint, as: StatusMessageTests.thai)
                operators = try await BankClient.connect(endpoint, as: "operator")
                tables = try Tables()
                try await operate(
                    "PUT", "/v1/participants/\(StatusMessageTests.payer)/messaging",
                    #"{"wishes":["STATUS_REPORTS"]}"#)
                // It pays baht for yuan, too.
                try await operate(
                    "PUT", "/v1/fundings/\(UUID().uuidString.lowercased())",
                    #"{"participant":"\#(StatusMessageTests.payer)","currency":"THB","#
                        + #""amount":"1000000.00"}"#)
            }

            private func operate(_ verb: String, _ path: String, _ body: String) async throws {
                let reply = try await operators.send(verb, path, body)
                #expect(reply.status == 200, "\(reply.text)")
            }

            func close() async {
                for client in [payer, thai, operators] { await client.close() }
            }

            // MARK: What happens

            func play() async throws {
                try await endings()
                try await standing()
                try await credits()
                try await refusals()
            }

            /// What stands ends by suspension and by the corridor.
            func end() async throws {
                try await operate(
                    "POST", "/v1/participants/\(StatusMessageTests.suspended):setState",
                    #"{"state":"SUSPENDED"}"#)
                try await operate(
                    "POST", "/v1/corridors/THB:setState", #"{"state":"CLOSED"}"#)
            }

            private func endings() async throws {
                for part in [false, true] {
                    let cancelled = try await order()
                    if part { try await meet() }
                    let _: ProtoPayment = try await payer.get(
                        "POST", "/v1/payments/\(cancelled):cancel")
                    if part { try await meet() }
                    try await send { $0.timeInForce = .immediateOrCancel }
                    let expired = try await send {
                        $0.timeInForce = .goodTillDate
                        $0.expiresAt = Google_Protobuf_Timestamp(
                            date: Date(timeIntervalSinceNow: 1.5))
                    }
                    if part { try await meet() }
                    try await wait(for: "CANC", expired)
                }
                try await send { $0.timeInForce = .fillOrKill }
                // It meets itself, and the newer one goes.
                let own = try await order()
                let other = Market.order(from: StatusMessageTests.thai, to: StatusMessageTests.thai)
                let met: ProtoPayment = try await payer.call(
                    "PaymentService/SubmitPayment", other)
                #expect(met.endReason == "self-match")
                orders.append(other.uetr)
                let _: ProtoPayment = try await payer.get("POST", "/v1/payments/\(own):cancel")
            }

            /// Payments that rest, or rest in part, until they are ended. Later ones are met first.
            private func standing() async throws {
                for (creditor, baht) in [
                    (StatusMessageTests.suspended, "490.00"), (StatusMessageTests.thai, "485.00"),
                ] {
                    try await order(to: creditor, baht)
                    try await meet()
                    // At a rate that nobody pays.
                    try await order(to: creditor, "520.00")
                }
            }

            private func credits() async throws {
                let words = [
                    #"{"status":"ACCC"}"#, #"{"status":"PDNG"}"#,
                    #"{"status":"PDNG","reason":"AB05"}"#, #"{"status":"RJCT","reason":"AC04"}"#,
                    #"{"status":"RJCT","reason":"ZZ99"}"#,
                ]
                var (settled, parts): ([String], [String]) = ([], [])
                // Of the last nothing is said.
                for _ in 0...words.count {
                    settled.append(try await order("480.00"))
                    try await meet("480.00")
                }
                for _ in words {
                    let uetr = try await send {
                        $0.limitRate = "4.8"
                        $0.timeInForce = .goodTillDate
                        $0.expiresAt = Google_Protobuf_Timestamp(
                            date: Date(timeIntervalSinceNow: 1.5))
                    }
                    try await meet()
                    try await wait(for: "CANC", uetr)
                    parts.append(uetr)
                }
                for uetrs in [settled, parts] {
                    for (uetr, word) in zip(uetrs, words) {
                        let _: ProtoFollowUpAnswer = try await thai.get(
                            "POST", "/v1/payments/\(uetr):confirm", word)
                    }
                }
            }

            private func refusals() async throws {
                try await order("2.00", yuan: "0.41")
                try await order("700.00")
                try await order(to: "NOBKTHB0")
            }

            // MARK: Steps

            /// A pacs.008 of the payer, its UETR; its limit is the rate of the two amounts.
            @discardableResult
            private func order(
                to creditor: String = StatusMessageTests.thai, _ baht: String = "490.00",
                yuan: String = "100.00"
            ) async throws -> String {
                let uetr = UUID().uuidString.lowercased()
                let xml = """
                    <Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.10">\
                    <FIToFICstmrCdtTrf><GrpHdr><MsgId>M-\(orders.count)</MsgId>\
                    <CreDtTm>2026-03-02T08:00:00Z</CreDtTm><NbOfTxs>1</NbOfTxs><SttlmInf>\
                    <SttlmMtd>CLRG</SttlmMtd></SttlmInf></GrpHdr><CdtTrfTxInf><PmtId><EndToEndId>\
                    E-\(orders.count)</EndToEndId><UETR>\(uetr)</UETR></PmtId>\
                    <IntrBkSttlmAmt Ccy="THB">\(baht)</IntrBkSttlmAmt>\
                    <InstdAmt Ccy="CNY">\(yuan)</InstdAmt><ChrgBr>SHAR</ChrgBr><Dbtr><Nm>Li Wei\
                    </Nm></Dbtr><DbtrAgt><FinInstnId><BICFI>\(StatusMessageTests.payer)</BICFI>\
                    </FinInstnId></DbtrAgt><CdtrAgt><FinInstnId><BICFI>\(creditor)</BICFI>\
                    </FinInstnId></CdtrAgt><Cdtr><Nm>Somchai Jaidee</Nm></Cdtr></CdtTrfTxInf>\
                    </FIToFICstmrCdtTrf></Document>
                    """
                messages[uetr] = xml
                orders.append(uetr)
                #expect(try await say(xml).count == 1)
                return uetr
            }

            /// An order of the payer by gRPC, its UETR.
            @discardableResult
            private func send(_ change: (inout ProtoPaymentOrder) -> Void) async throws -> String {
                var order = Market.order(
                    from: StatusMessageTests.payer, to: StatusMessageTests.thai)
                change(&order)
                let _: ProtoPayment = try await payer.call("PaymentService/SubmitPayment", order)
                orders.append(order.uetr)
                return order.uetr
            }

            /// An order of the Thai bank meets what it can pay for, half of the usual amount.
            private func meet(_ baht: String = "245.00") async throws {
                let order = Market.order(
                    from: StatusMessageTests.thai, to: StatusMessageTests.payer, amount: baht)
                let _: ProtoPayment = try await thai.call("PaymentService/SubmitPayment", order)
            }

            private func wait(for status: String, _ uetr: String) async throws {
                while try await payment(uetr).status != status {
                    try await Task.sleep(for: .milliseconds(100))
                }
            }

            private func payment(_ uetr: String) async throws -> ProtoPayment {
                try await payer.get("GET", "/v1/payments/\(uetr)")
            }

            // MARK: What is said

            /// What a pacs.002 says of each transaction, as cells of the docs, by UETR.
            private func cells(_ xml: [UInt8]) throws -> [String: String] {
                guard case .statusReport(let report) = try BankMessage(xml: xml) else {
                    Issue.record("\(String(decoding: xml, as: UTF8.self))")
                    return [:]
                }
                var found: [String: String] = [:]
                for transaction in report.transactions {
                    var codes = "`\(transaction.status.rawValue)`"
                    var words: [String] = []
                    for reason in transaction.reasons {
                        if case .code(let code)? = reason.reason { codes += " `\(code)`" }
                        words += reason.additionalInformation
                    }
                    if words.first?.contains(": ") == true { words = [] }
                    let shown = words.map { $0.hasPrefix("SETTLED THB ") ? "SETTLED" : $0 }
                    found[transaction.original.uetr?.description ?? ""] =
                        ([codes] + (shown.isEmpty ? [] : [shown.joined(separator: ", ")]))
                        .joined(separator: " ")
                }
                return found
            }

            private func say(_ xml: String) async throws -> [String: String] {
                let reply = try await payer.send(
                    "POST", "/v1/messages", xml, headers: ["content-type": "application/xml"])
                #expect(reply.status == 200, "\(reply.text)")
                return try cells(reply.body)
            }

            /// The last that the payer was told of each payment.
            private func told() async throws -> [String: String] {
                var found: [String: String] = [:]
                var after: UInt64 = 0
                while true {
                    let page: ProtoListMessagesResponse = try await payer.get(
                        "GET", "/v1/messages?after=\(after)&page_size=100")
                    guard let last = page.messages.last else { return found }
                    for message in page.messages {
                        found.merge(try cells(Array(message.xml.utf8))) { $1 }
                    }
                    after = last.number
                }
            }

            private func asked() async throws -> [String: String] {
                let wanted = orders.map { "<TxInf><OrgnlUETR>\($0)</OrgnlUETR></TxInf>" }
                return try await say(
                    """
                    <Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.028.001.05">\
                    <FIToFIPmtStsReq><GrpHdr><MsgId>Q-1</MsgId><CreDtTm>2026-03-02T08:00:00Z\
                    </CreDtTm></GrpHdr>\(wanted.joined())</FIToFIPmtStsReq></Document>
                    """)
            }

            /// Every payment so far, by all that is said of it.
            func compare() async throws {
                let (told, asked) = (try await told(), try await asked())
                for uetr in orders {
                    let (key, cells) = try tables.row(try await payment(uetr))
                    seen.insert(key)
                    if let message = messages[uetr] {
                        #expect(try await say(message)[uetr] == cells[0], "\(key)")
                    }
                    // The batch that put it on record told nothing, and no other came perhaps.
                    if let last = told[uetr] { #expect(last == cells[1], "\(key)") }
                    #expect(asked[uetr] == cells[2], "\(key)")
                }
                #expect(told.count > 15)
            }
        }
    }
}
