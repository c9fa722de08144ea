internal import Foundation
internal import Gateway
internal import HTTP2
internal import SwiftProtobuf
internal import Testing

extension SystemTests {
    /// A gateway that has just started knows no recent payments: it reads what it is asked for from
    /// the tables. So the same question before and after shows both ways.
    @Suite("A payment is told of alike from memory and from the tables")
    struct RecentReadTests {
        @Test("Byte for byte, to everybody, over JSON and gRPC", .timeLimit(.minutes(4)))
        func bothWays() async throws {
            let gateway = try await Market.open()
            do {
                let uetrs = try await trade(gateway)
                let recent = try await ask(gateway, uetrs)
                #expect(try await counted(gateway, "recent") >= recent.count / 2)
                gateway.askToStop()
                #expect(try await gateway.waitForEnd() == 0)
                try await gateway.start()
                let recorded = try await ask(gateway, uetrs)
                #expect(try await counted(gateway, "recent") == 0)
                for (question, answer) in recorded where recent[question] != answer {
                    Issue.record("\(question)\n\(recent[question] ?? "")\n\(answer)")
                }
            } catch {
                Issue.record("\(error)\n\(gateway.log.suffix(1_500))")
            }
            await gateway.remove()
        }

        /// What is remembered of finished payments is forgotten as soon as something follows them.
        @Test("A finished payment is told of as it is now", .timeLimit(.minutes(4)))
        func finishedPaymentsChange() async throws {
            let gateway = try await Market.open()
            do {
                let uetrs = try await settle(gateway)
                gateway.askToStop()
                #expect(try await gateway.waitForEnd() == 0)
                try await gateway.start()
                let payer = try await BankClient.connect(gateway.endpoint, as: Market.chinese[0])
                let creditor = try await BankClient.connect(gateway.endpoint, as: Market.thai[0])
                let operators = try await BankClient.connect(gateway.endpoint, as: "operator")
                for uetr in uetrs {
                    let first = try await payer.send("GET", "/v1/payments/\(uetr)").text
                    #expect(first.contains("Li Wei"))
                    let second = try await payer.send("GET", "/v1/payments/\(uetr)").text
                    #expect(second == first)
                }
                #expect(try await counted(gateway, "finished") == uetrs.count)
                try await follow(uetrs[0], payer, creditor)
                try await pay(uetrs[1], payer, creditor, operators)
                try await erase(uetrs[2], payer, operators)
                for client in [payer, creditor, operators] { await client.close() }
            } catch {
                Issue.record("\(error)\n\(gateway.log.suffix(1_500))")
            }
            await gateway.remove()
        }

        private func settle(_ gateway: GatewayUnderTest) async throws -> [String] {
            let payer = try await BankClient.connect(gateway.endpoint, as: Market.chinese[0])
            let creditor = try await BankClient.connect(gateway.endpoint, as: Market.thai[0])
            var uetrs: [String] = []
            for _ in 0..<3 {
                var order = Market.order(from: Market.chinese[0], to: Market.thai[0])
                order.details.debtor.name = "Li Wei"
                uetrs.append(order.uetr)
                let _: ProtoPayment = try await payer.call("PaymentService/SubmitPayment", order)
                let other = Market.order(from: Market.thai[0], to: Market.chinese[0])
                let done: ProtoPayment = try await creditor.call(
                    "PaymentService/SubmitPayment", other)
                #expect(done.status == "ACSC")
            }
            await payer.close()
            await creditor.close()
            return uetrs
        }

        /// The creditor's bank says that its customer has the money.
        private func follow(
            _ uetr: String, _ payer: BankClient, _ creditor: BankClient
        ) async throws {
            let _: ProtoFollowUpAnswer = try await creditor.get(
                "POST", "/v1/payments/\(uetr):confirm", #"{"status": "ACCC"}"#)
            let seen: ProtoPayment = try await payer.get("GET", "/v1/payments/\(uetr)")
            #expect(seen.followUp.creditStatus == "ACCC")
        }

        /// Another bank pays under the UETR.
        private func pay(
            _ uetr: String, _ payer: BankClient, _ creditor: BankClient, _ operators: BankClient
        ) async throws {
            let one = try await operators.send("GET", "/v1/payments/\(uetr)")
            #expect(one.status == 200)
            let order = Market.order(from: Market.thai[0], to: Market.chinese[0], uetr: uetr)
            let _: ProtoPayment = try await creditor.call("PaymentService/SubmitPayment", order)
            let two = try await operators.send("GET", "/v1/payments/\(uetr)")
            #expect(two.problem?.code == "PAYMENT_AMBIGUOUS")
            let own: ProtoPayment = try await operators.get(
                "GET", "/v1/payments/\(uetr)?payer=\(Market.chinese[0])")
            #expect(own.details.debtor.name == "Li Wei")
        }

        private func erase(
            _ uetr: String, _ payer: BankClient, _ operators: BankClient
        ) async throws {
            var wish = ProtoEraseContentRequest()
            wish.uetr = uetr
            wish.payer = Market.chinese[0]
            wish.note = "a wish"
            wish.commandID = UUID().uuidString.lowercased()
            let _: ProtoCommandAnswer = try await operators.call(
                "OperatorService/EraseContent", wish)
            var isErased = false
            for _ in 0..<500 {
                let seen: ProtoPayment = try await payer.get("GET", "/v1/payments/\(uetr)")
                #expect(seen.detailsErased != seen.hasDetails)
                #expect(!(isErased && seen.hasDetails), "what is erased does not come back")
                isErased = isErased || seen.detailsErased
                if !isErased { try await Task.sleep(for: .milliseconds(10)) }
            }
            #expect(isErased)
        }

        // MARK: What is on record

        /// Orders that rest, meet, end and are refused, with all kinds of details.
        private func trade(_ gateway: GatewayUnderTest) async throws -> [String] {
            let chinese = try await BankClient.connect(gateway.endpoint, as: Market.chinese[0])
            let thai = try await BankClient.connect(gateway.endpoint, as: Market.thai[0])
            var uetrs: [String] = []
            for number in 0..<60 {
                let paysRenminbi = number % 3 != 0
                let (own, other) =
                    paysRenminbi
                    ? (Market.chinese[0], Market.thai[number % 2])
                    : (Market.thai[0], Market.chinese[number % 2])
                var order = Market.order(from: own, to: other)
                if number % 7 == 0 { order.payAmount = paysRenminbi ? "1000.00" : "4900.00" }
                if number % 11 == 0 { order.limitRate = "4.90001" }
                if number % 13 == 0 { order.limitRate = "" }
                describe(&order, number)
                uetrs.append(order.uetr)
                let client = paysRenminbi ? chinese : thai
                // Some are refused, and on record as such.
                _ = try await client.send(
                    "PUT", "/v1/payments/\(order.uetr)", try order.jsonString())
                if number % 5 == 1 {
                    _ = try await client.send("POST", "/v1/payments/\(order.uetr):cancel")
                }
            }
            // The same UETR again, of the other bank.
            for uetr in uetrs.prefix(4) {
                let order = Market.order(
                    from: Market.thai[0], to: Market.chinese[0], uetr: uetr)
                let _: ProtoPayment? = try? await thai.call("PaymentService/SubmitPayment", order)
            }
            await chinese.close()
            await thai.close()
            return uetrs + [UUID().uuidString.lowercased()]
        }

        private func describe(_ order: inout ProtoPaymentOrder, _ number: Int) {
            switch number % 6 {
            case 0: break
            case 1: order.details = ProtoPaymentDetails()
            case 2: order.details.endToEndID = #"Rechnung "7" \ für <廊桥> & more/less"#
            case 3:
                order.details.debtor.name = "Somchai \"J\" Jaidee \u{1F600}"
                order.details.remittance = ["one", "two / \\ Größe 廊桥"]
            case 4: order.details.endToEndID = "the originatingBank"
            default: order.details.purpose = "GDDS"
            }
        }

        // MARK: What is told

        private static let callers = Market.banks + [Market.bystander, "operator"]

        /// Answers by question, problems included.
        private func ask(
            _ gateway: GatewayUnderTest, _ uetrs: [String]
        ) async throws -> [String: String] {
            var answers: [String: String] = [:]
            for caller in Self.callers {
                let client = try await BankClient.connect(gateway.endpoint, as: caller)
                for uetr in uetrs {
                    for query in ["", "?fills_page_size=1", "?payer=\(Market.thai[0])"] {
                        let target = "/v1/payments/\(uetr)\(query)"
                        answers["\(caller) \(target)"] = try await client.send("GET", target).text
                    }
                    var request = ProtoGetPaymentRequest()
                    request.uetr = uetr
                    let bytes: [UInt8] = try request.serializedBytes()
                    let called = try? await client.raw("PaymentService/GetPayment", bytes)
                    answers["\(caller) gRPC \(uetr)"] = "\(called ?? [])"
                }
                for query in ["", "?page_size=5", "?page_size=5&as_creditor", "?status=ACSC"] {
                    let target = "/v1/payments\(query)"
                    answers["\(caller) \(target)"] = try await client.send("GET", target).text
                }
                var request = ProtoListPaymentsRequest()
                request.pageSize = 6
                let bytes: [UInt8] = try request.serializedBytes()
                let called = try? await client.raw("PaymentService/ListPayments", bytes)
                answers["\(caller) gRPC list"] = "\(called ?? [])"
                await client.close()
            }
            return answers
        }

        private func counted(_ gateway: GatewayUnderTest, _ memory: String) async throws -> Int {
            let client = try await BankClient.connect(gateway.endpoint, as: "operator")
            let text = try await client.send("GET", "/metrics").text
            await client.close()
            let name = "langqiao_known_payments_total{memory=\"\(memory)\"} "
            let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
            return line.flatMap { Int($0.dropFirst(name.count)) } ?? -1
        }
    }
}
