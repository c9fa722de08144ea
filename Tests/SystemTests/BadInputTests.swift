internal import Chance
internal import Foundation
internal import Gateway
internal import HTTP2
internal import NIOCore
internal import Scenarios
internal import SwiftProtobuf
internal import Testing

extension SystemTests {
    @Suite("Bad input gets a clear error each, and the server lives")
    struct BadInputTests {
        @Test(.timeLimit(.minutes(2)))
        func everythingBad() async throws {
            let gateway = try await Market.open()
            do {
                let bank = try await BankClient.connect(
                    gateway.endpoint, as: Market.chinese[0])
                try await orderFields(bank)
                try await requests(bank)
                try await verbs(gateway, bank)
                try await operatorFields(gateway)
                try await repetitions(bank, gateway)
                try await callers(gateway, bank)
                try await protobuf(bank)
                let calls = BadCalls(bank)
                try await calls.framing()
                try await calls.media()
                try await calls.deadlines()
                try await messages(bank)
                try await sizes(gateway, bank)
                try await bytes(gateway)
                let operators = try await BankClient.connect(gateway.endpoint, as: "operator")
                try await BadCalls.expectBlameless(operators)
                await operators.close()
                await bank.close()
                try await expectLife(gateway)
            } catch {
                Issue.record("\(error)\n\(gateway.log.suffix(1_500))")
            }
            await gateway.remove()
        }

        // MARK: Orders

        private func orderFields(_ bank: BankClient) async throws {
            for row in BadField.orders {
                var order = try #require(
                    try JSONSerialization.jsonObject(
                        with: Market.order(from: Market.chinese[0], to: Market.thai[0])
                            .jsonUTF8Data()) as? [String: Any])
                let uetr = UUID().uuidString.lowercased()
                order["uetr"] = nil
                if row.field == "receiveAmount" || row.field == "minimumFill" {
                    order["payAmount"] = row.field == "minimumFill" ? order["payAmount"] : nil
                }
                order[row.field] = row.value
                for (field, value) in row.others { order[field] = value }
                let body = try JSONSerialization.data(withJSONObject: order)
                let reply = try await bank.send(
                    "PUT", "/v1/payments/\(uetr)", String(decoding: body, as: UTF8.self))
                let problem = reply.problem
                #expect(problem?.code == row.code, "\(row.field) \(row.value): \(reply.text)")
                #expect(problem?.status == reply.status && reply.status >= 400)
                #expect(
                    reply.headers["content-type"] == "application/problem+json"
                        && problem?.type == "urn:langqiao:result:\(row.code)")
                if let named = row.named {
                    #expect(
                        problem?.detail?.contains(named) == true,
                        "\(row.field) \(row.value): \(problem?.detail ?? "no detail")")
                }
            }
            print("bad input: \(BadField.orders.count) orders with one wrong field each")
        }

        // MARK: Requests

        private func requests(_ bank: BankClient) async throws {
            let some = UUID().uuidString.lowercased()
            let rows: [(String, String, String, Int, String)] = [
                ("GET", "/v1/nothing", "", 404, "METHOD_UNKNOWN"),
                ("GET", "/", "", 404, "METHOD_UNKNOWN"),
                (
                    "POST", "/langqiao.v1.LedgerService/ListCorridors", "{}", 415,
                    "MEDIA_TYPE_UNSUPPORTED"
                ),
                ("GET", "/v1/payments/../accounts", "", 404, "METHOD_UNKNOWN"),
                ("DELETE", "/v1/payments/\(some)", "", 405, "METHOD_NOT_ALLOWED"),
                ("PATCH", "/v1/accounts", "", 405, "METHOD_NOT_ALLOWED"),
                ("GET", "/v1/payments/\(some)", "", 404, "NOT_FOUND"),
                ("GET", "/v1/payments/no-uuid", "", 400, "MALFORMED_REQUEST"),
                ("POST", "/v1/payments/\(some):cancel", "", 404, "PAYMENT_UNKNOWN"),
                ("PUT", "/v1/payments/no-uuid", "{}", 400, "MALFORMED_REQUEST"),
                ("PUT", "/v1/payments/\(some)", "", 400, "MALFORMED_REQUEST"),
                ("PUT", "/v1/payments/\(some)", "{", 400, "MALFORMED_REQUEST"),
                ("PUT", "/v1/payments/\(some)", "[]", 400, "MALFORMED_REQUEST"),
                ("PUT", "/v1/payments/\(some)", "{\"payAmount\":1}", 400, "MALFORMED_REQUEST"),
                ("PUT", "/v1/payments/\(some)", "{\"nothing\":1}", 400, "MALFORMED_REQUEST"),
                ("PUT", "/v1/payments/\(some)", nested(10_000), 400, "MALFORMED_REQUEST"),
                (
                    "PUT", "/v1/payments/\(some)", "{\"payer\":\"A\",\"payer\":\"A\"}", 400,
                    "MALFORMED_REQUEST"
                ),
                ("PUT", "/v1/payments/\(some)?payer=A", "{}", 400, "MALFORMED_REQUEST"),
                ("GET", "/v1/payments/\(some)?uetr=\(some)", "", 400, "MALFORMED_REQUEST"),
                ("GET", "/v1/payments?pageSize=1", "", 400, "MALFORMED_REQUEST"),
                ("GET", "/v1/payments?=1", "", 400, "MALFORMED_REQUEST"),
                ("GET", "/v1/payments", "{\"pageSize\":1}", 400, "MALFORMED_REQUEST"),
                ("GET", "/v1/payments:watch?all=1", "", 400, "MALFORMED_REQUEST"),
                ("POST", "/v1/messages?dry=1", "<a/>", 400, "MALFORMED_REQUEST"),
                ("GET", "/v1/payments/%zz", "", 400, "MALFORMED_REQUEST"),
                ("GET", "/v1%2Faccounts", "", 404, "METHOD_UNKNOWN"),
                ("POST", "/v1/payments/\(some)%3Acancel", "", 404, "PAYMENT_UNKNOWN"),
                ("GET", "/%76%31/p%61yments/\(some)", "", 404, "NOT_FOUND"),
                ("POST", "/v1/payments:batch", "{\"orders\":{}}", 400, "MALFORMED_REQUEST"),
                ("GET", "/v1/payments?page_token=abc", "", 400, "MALFORMED_REQUEST"),
                ("GET", "/v1/payments?page_token=-1", "", 400, "MALFORMED_REQUEST"),
                (
                    "GET", "/v1/payments?page_token=99999999999999999999", "", 400,
                    "MALFORMED_REQUEST"
                ),
                ("GET", "/v1/payments?page_size=-1", "", 400, "MALFORMED_REQUEST"),
                ("GET", "/v1/payments?page_size=x", "", 400, "MALFORMED_REQUEST"),
                ("GET", "/v1/payments?status=DONE", "", 400, "MALFORMED_REQUEST"),
                ("GET", "/v1/payments?foreign_currency=CNY", "", 400, "MALFORMED_REQUEST"),
                ("GET", "/v1/payments?as_creditor=perhaps", "", 400, "MALFORMED_REQUEST"),
                ("GET", "/v1/payments?status=%zz", "", 400, "MALFORMED_REQUEST"),
                ("GET", "/v1/payments?status=%ff", "", 400, "MALFORMED_REQUEST"),
                ("GET", "/v1/payments?status=&status=", "", 400, "MALFORMED_REQUEST"),
                ("GET", "/v1/payments?participant=DBSSSGSG", "", 403, "PERMISSION_DENIED"),
                ("GET", "/v1/accounts?participant=DBSSSGSG", "", 403, "PERMISSION_DENIED"),
                ("GET", "/v1/accounts/1/transfers", "", 404, "NOT_FOUND"),
                ("GET", "/v1/accounts/99/transfers?page_token=1.1", "", 400, "MALFORMED_REQUEST"),
                ("GET", "/v1/accounts/x/transfers", "", 400, "MALFORMED_REQUEST"),
                ("GET", "/v1/corridors/XXX/book", "", 400, "MALFORMED_REQUEST"),
                ("GET", "/v1/payments:watch?uetr=x", "", 400, "MALFORMED_REQUEST"),
            ]
            for (verb, target, body, status, code) in rows {
                let reply = try await bank.send(verb, target, body, timeout: .seconds(10))
                #expect(
                    reply.status == status && reply.problem?.code == code,
                    "\(verb) \(target) \(body.prefix(20)): \(reply.status) \(reply.text)")
            }
            let media = try await bank.send(
                "PUT", "/v1/payments/\(some)", "a=b",
                headers: ["content-type": "application/x-www-form-urlencoded"])
            #expect(media.status == 415 && media.problem?.code == "MEDIA_TYPE_UNSUPPORTED")
            print("bad input: \(rows.count + 1) wrong requests")
        }

        /// What a path can do is told by `Allow`, and HEAD is GET without its body.
        private func verbs(_ gateway: GatewayUnderTest, _ bank: BankClient) async throws {
            let some = "/v1/payments/\(UUID().uuidString.lowercased())"
            for (path, allow) in [
                (some, "GET, HEAD, OPTIONS, PUT"), ("\(some):cancel", "OPTIONS, POST"),
                ("/v1/payments:watch", "GET, HEAD, OPTIONS"), ("/healthz", "GET, HEAD, OPTIONS"),
                ("/metrics", "GET, HEAD, OPTIONS"),
            ] {
                let refused = try await bank.send("DELETE", path)
                #expect(refused.status == 405 && refused.headers["allow"] == allow, "\(path)")
                #expect(refused.problem?.code == "METHOD_NOT_ALLOWED")
                for verb in allow.split(separator: ", ") {
                    let detail = refused.problem?.detail ?? ""
                    #expect(detail.contains(verb), "\(path): \(detail)")
                }
                let options = try await bank.send("OPTIONS", path)
                #expect(options.status == 204 && options.headers["allow"] == allow, "\(path)")
                #expect(options.body.isEmpty)
            }
            #expect(try await bank.send("OPTIONS", "/v1/nothing").status == 404)
            for path in [
                "/v1/payments", "/v1/accounts", "/v1/corridors", "/v1/corridors/THB/book",
                "/v1/participants", "/healthz", "/readyz", some, "/v1/summary",
            ] {
                let (get, head) = (
                    try await bank.send("GET", path), try await bank.send("HEAD", path)
                )
                #expect(head.status == get.status && head.body.isEmpty, "\(path)")
                #expect(head.headers["content-type"] == get.headers["content-type"], "\(path)")
                #expect(head.headers["content-length"] == get.headers["content-length"], "\(path)")
            }
            let watch = try await bank.send(
                "HEAD", "/v1/payments:watch", timeout: .seconds(10))
            #expect(watch.status == 200 && watch.body.isEmpty)
            #expect(watch.headers["content-type"] == "application/jsonl")
            let nobody = try await BankClient.connect(gateway.endpoint, as: nil)
            #expect(try await nobody.send("OPTIONS", some).status == 401)
            #expect(try await nobody.send("HEAD", some).status == 401)
            #expect(try await nobody.send("HEAD", "/healthz").status == 200)
            await nobody.close()
        }

        /// Refusals of the operator's commands name the parameter.
        private func operatorFields(_ gateway: GatewayUnderTest) async throws {
            let operators = try await BankClient.connect(gateway.endpoint, as: "operator")
            let funding = "/v1/fundings/\(UUID().uuidString.lowercased())"
            let corridor = """
                "tick":"0.0001","referenceRate":"4.90","minimumSize":"1.00",\
                "maximumSize":"1000000.00","collarBasisPoints"
                """
            let bank = Market.chinese[0]
            let rows: [(String, String, String, String, String)] = [
                (
                    "PUT", "/v1/corridors/THB", "{\(corridor):0}", "CORRIDOR_INVALID",
                    "collar_basis_points must lie between 1 and 9999, not 0"
                ),
                (
                    "PUT", "/v1/corridors/THB", "{\(corridor):500,\"feePartsPerMillion\":100001}",
                    "CORRIDOR_INVALID", "fee_parts_per_million must be at most 100000, not 100001"
                ),
                (
                    "PUT", "/v1/corridors/THB", "{\(corridor):\"x\"}", "MALFORMED_REQUEST",
                    "collarBasisPoints must be a whole number from 0 to 4294967295, not \"x\""
                ),
                (
                    "POST", "/v1/corridors/THB:setReferenceRate", "{\"rate\":\"99000\"}",
                    "CORRIDOR_INVALID", "rate 99000.00: tick must be so large"
                ),
                (
                    "POST", "/v1/corridors/THB:setReferenceRate", "{\"rate\":4.9}",
                    "MALFORMED_REQUEST", "rate must be a string holding a decimal number"
                ),
                (
                    "PUT", "/v1/participants/NOBACNBJ", "{}", "REGISTRATION_INVALID",
                    "roles must hold at least one of"
                ),
                (
                    "PUT", "/v1/participants/NOBACNBJ",
                    "{\"roles\":[\"PAYER\"],\"settlesThrough\":\"NOBBCNBJ\"}",
                    "DIRECT_PARTICIPANT_INVALID", "NOBBCNBJ is not registered"
                ),
                (
                    "PUT", "/v1/participants/NOBACNBJ", "{\"bic\":\"NOBBCNBJ\"}",
                    "MALFORMED_REQUEST", "bic must be that of the path, not \"NOBBCNBJ\""
                ),
                (
                    "PUT", funding,
                    "{\"participant\":\"\(bank)\",\"currency\":\"CNY\",\"amount\":\"0\"}",
                    "AMOUNT_INVALID", "amount must not be zero"
                ),
                (
                    "PUT", "/v1/participants/\(bank)/limits/CNY", "{\"limit\":\"-1\"}",
                    "AMOUNT_INVALID", "limit must lie between 0 and 100000000000000.00, not -1.00"
                ),
                (
                    "POST", "/v1/participants/NOBACNBJ:setState", "{\"state\":\"ACTIVE\"}",
                    "PARTICIPANT_UNKNOWN", "NOBACNBJ"
                ),
            ]
            for (verb, path, body, code, named) in rows {
                let problem = try await operators.send(verb, path, body).problem
                #expect(problem?.code == code, "\(path) \(body): \(problem?.detail ?? "-")")
                #expect(
                    problem?.detail?.contains(named) == true,
                    "\(path) \(body): \(problem?.detail ?? "-")")
            }
            await operators.close()
        }

        private func nested(_ depth: Int) -> String {
            "{\"details\":" + String(repeating: "[", count: depth) + "}"
        }

        // MARK: Repetition

        private func repetitions(_ bank: BankClient, _ gateway: GatewayUnderTest) async throws {
            let order = Market.order(from: Market.chinese[0], to: Market.thai[0])
            let path = "/v1/payments/\(order.uetr)"
            var first: ProtoPayment = try await bank.get("PUT", path, try order.jsonString())
            var again: ProtoPayment = try await bank.get("PUT", path, try order.jsonString())
            #expect(again.repetition)
            again.repetition = false
            // What a repetition leaves out.
            first.clearFee()
            first.clearHeld()
            first.remaining = ""
            first.clearAcceptedAt()
            first.clearUpdatedAt()
            #expect(again == first)
            var other = order
            other.payAmount = "100.01"
            let conflict = try await bank.send("PUT", path, try other.jsonString())
            #expect(conflict.status == 409 && conflict.problem?.code == "UETR_CONFLICT")
            // A stranger learns nothing, not even that it is there.
            let stranger = try await BankClient.connect(gateway.endpoint, as: Market.bystander)
            #expect(try await stranger.send("GET", path).problem?.code == "NOT_FOUND")
            let cancelled = try await stranger.send("POST", "\(path):cancel")
            #expect(["PAYMENT_UNKNOWN", "SUBMITTER_NOT_PAYER"].contains(cancelled.problem?.code))
            await stranger.close()
            let _: ProtoPayment = try await bank.get("POST", "\(path):cancel")
            let final = try await bank.send("POST", "\(path):cancel")
            #expect(final.status == 200 || final.problem?.code == "PAYMENT_FINAL", "\(final.text)")
            // An order in the same batch twice is one payment, and its second answer says so.
            var batch = ProtoSubmitPaymentsRequest()
            let twin = Market.order(from: Market.chinese[0], to: Market.thai[0])
            batch.orders = [twin, twin]
            let answers: ProtoSubmitPaymentsResponse = try await bank.get(
                "POST", "/v1/payments:batch", try batch.jsonString())
            #expect(answers.answers.map(\.payment.repetition) == [false, true])
            let _: ProtoPayment = try await bank.get("POST", "/v1/payments/\(twin.uetr):cancel")
        }

        // MARK: Callers

        private func callers(_ gateway: GatewayUnderTest, _ bank: BankClient) async throws {
            let order = Market.order(from: Market.chinese[0], to: Market.thai[0])
            let put = ("PUT", "/v1/payments/\(order.uetr)", try order.jsonString())
            let operators = try await BankClient.connect(gateway.endpoint, as: "operator")
            let nobody = try await BankClient.connect(gateway.endpoint, as: nil)
            #expect(try await operators.send(put.0, put.1, put.2).status == 403)
            let funding = "/v1/fundings/\(UUID().uuidString.lowercased())"
            for (verb, path) in [
                ("PUT", funding), ("GET", "/v1/summary"), ("PUT", "/v1/corridors/THB"),
                ("PUT", "/v1/participants/DBSSSGSG"), ("POST", "/v1/corridors/THB:setState"),
                ("PUT", "/v1/participants/DBSSSGSG/limits/CNY"),
            ] {
                let reply = try await bank.send(verb, path, verb == "GET" ? "" : "{}")
                #expect(reply.problem?.code == "PERMISSION_DENIED", "\(path): \(reply.text)")
            }
            for (verb, path) in [
                (put.0, put.1), ("GET", "/v1/accounts"), ("GET", "/v1/corridors"),
                ("GET", "/v1/summary"), ("GET", "/v1/payments:watch"), ("POST", "/v1/messages"),
            ] {
                let reply = try await nobody.send(verb, path)
                #expect(
                    reply.status == 401 && reply.problem?.code == "UNAUTHENTICATED", "\(path)")
            }
            for path in ["/healthz", "/readyz"] {
                #expect(try await nobody.send("GET", path).status == 200)
            }
            #expect(try await operators.send("GET", "/metrics").status == 200)
            #expect(try await nobody.send("GET", "/metrics").status == 401)
            #expect(try await bank.send("GET", "/metrics").status == 403)
            let health: HealthHealthCheckResponse = try await nobody.call(
                "/grpc.health.v1.Health/Check", HealthHealthCheckRequest())
            #expect(health.status == .serving)
            let reflected = await status {
                _ = try await nobody.raw("/langqiao.v1.LedgerService/ListCorridors", [])
            }
            #expect(reflected?.code == .unauthenticated)
            let bad = try await operators.send(
                "PUT", funding, "{\"participant\":\"BKCHCNBJ\",\"currency\":\"CNY\"}")
            #expect(bad.problem?.detail?.contains("amount") == true, "\(bad.text)")
            await operators.close()
            await nobody.close()
        }

        // MARK: gRPC

        private func protobuf(_ bank: BankClient) async throws {
            let submit = "PaymentService/SubmitPayment"
            for bytes: [UInt8] in [
                [0xFF], [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0x0A, 0x02, 0xC3, 0x28],
                Array(repeating: 0x0B, count: 5_000), Array("{\"uetr\":1}".utf8),
            ] {
                let refused = await status { _ = try await bank.raw(submit, bytes) }
                #expect(refused?.code == .invalidArgument)
                #expect(refused?.result?.code == "MALFORMED_REQUEST")
            }
            let empty = await status { _ = try await bank.raw(submit, []) }
            #expect(empty?.result?.detail.contains("uetr") == true)
            let unknown = await status { _ = try await bank.raw("PaymentService/Nothing", []) }
            #expect(unknown?.code == .unimplemented)
            #expect(unknown?.result?.code == "METHOD_UNKNOWN")
            let large = await status {
                _ = try await bank.raw(submit, Array(repeating: 0x0A, count: 5 << 20))
            }
            #expect(large?.code == .resourceExhausted, "\(String(describing: large))")
            #expect(large?.result?.code == "REQUEST_TOO_LARGE")
            // Two bytes each on the wire, an order each in memory.
            let orders = Array(repeatElement([UInt8(0x0A), 0x00], count: 2_000_000).joined())
            let many = await status {
                _ = try await bank.raw("PaymentService/SubmitPayments", orders)
            }
            #expect(many?.result?.code == "REQUEST_TOO_LARGE", "\(String(describing: many))")
            let late = await status {
                let _: ProtoPayment = try await bank.call(
                    submit, Market.order(from: Market.chinese[0], to: Market.thai[0]),
                    timeout: .nanoseconds(1_000))
            }
            #expect(late?.code == .deadlineExceeded)
        }

        private func status(_ body: () async throws -> Void) async -> GRPCStatus? {
            do {
                try await body()
                return nil
            } catch {
                return error as? GRPCStatus
            }
        }

        // MARK: Messages

        private func messages(_ bank: BankClient) async throws {
            let xml: Headers = ["content-type": "application/xml"]
            let sample = CreditTransferSample(
                debtorAgent: Market.chinese[0], creditorAgent: Market.thai[0],
                instructed: ("CNY", "100.00"), settlement: ("THB", "490.00"), rate: "4.9"
            ).xml
            let documents = [
                "", "<", "<a/>", "no XML", "<Document/>",
                String(sample.prefix(sample.utf8.count / 2)),
                sample.replacing("pacs.008.001.08", with: "pacs.008.001.99"),
                sample.replacing(">490.00<", with: ">99999999999999999999.00<"),
                sample.replacing(">490.00<", with: ">490.001<"),
                sample.replacing(">490.00<", with: ">-490.00<"),
                sample.replacing("<UETR>", with: "<UETR>x"),
                sample.replacing("Ccy=\"THB\"", with: "Ccy=\"XXX\""),
                sample.replacing("Ccy=\"CNY\"", with: "Ccy=\"USD\""),
                sample.replacing("<NbOfTxs>1<", with: "<NbOfTxs>2<"),
                "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><Document>&b;</Document>",
                String(repeating: "<a>", count: 100_000),
            ]
            for document in documents {
                let reply = try await bank.send("POST", "/v1/messages", document, headers: xml)
                let isRejected = reply.status == 200 && reply.text.contains(">RJCT<")
                #expect(
                    isRejected || reply.status == 400,
                    "\(document.prefix(80)): \(reply.status) \(reply.text)")
                #expect(!reply.text.contains("root:"))
            }
            let media = try await bank.send("POST", "/v1/messages", "{}")
            #expect(media.status == 415)
            print("bad input: \(documents.count) documents")
        }

        // MARK: Sizes and bytes

        private func sizes(_ gateway: GatewayUnderTest, _ bank: BankClient) async throws {
            let uetr = UUID().uuidString.lowercased()
            let body = String(repeating: " ", count: 5 << 20)
            let large = try await bank.send("PUT", "/v1/payments/\(uetr)", body)
            #expect(large.status == 413 && large.problem?.code == "REQUEST_TOO_LARGE")
            let document = try await bank.send(
                "POST", "/v1/messages", String(repeating: " ", count: 3 << 20),
                headers: ["content-type": "application/xml"])
            #expect(document.status == 413)
            var batch = ProtoSubmitPaymentsRequest()
            batch.orders = Array(repeating: ProtoPaymentOrder(), count: 1_001)
            let many = try await bank.send("POST", "/v1/payments:batch", try batch.jsonString())
            #expect(many.status == 413 && many.problem?.detail?.contains("1000") == true)
            let empty = try await bank.send("POST", "/v1/payments:batch", "{}")
            #expect(empty.status == 200)
            // Too many header bytes, on a connection of its own: that may end with it.
            let client = try await BankClient.connect(gateway.endpoint, as: Market.chinese[0])
            let reply = try? await client.send(
                "GET", "/v1/accounts", headers: ["x-large": String(repeating: "a", count: 20_000)])
            #expect(reply == nil || reply?.status == 431, "\(reply?.status ?? 0)")
            await client.close()
            #expect(try await bank.send("GET", "/v1/accounts").status == 200)
        }

        /// Raw bytes behind a good handshake: the connection ends, the server goes on.
        private func bytes(_ gateway: GatewayUnderTest) async throws {
            let seed = FreshSeed.draw()
            var random = SplitMix64(seed: seed)
            let garbage = GarbageBytes.all(&random)
            for bytes in garbage {
                let ended = try await GarbageBytes.send(bytes, to: gateway.endpoint)
                #expect(ended, "seed \(seed): it stays open after \(bytes.prefix(40))")
            }
            print("bad input: \(garbage.count) connections of garbage")
        }

        private func expectLife(_ gateway: GatewayUnderTest) async throws {
            let (chinese, thai) = (Market.chinese[0], Market.thai[0])
            for (from, to, status) in [(chinese, thai, "PDNG"), (thai, chinese, "ACSC")] {
                let client = try await BankClient.connect(gateway.endpoint, as: from)
                let payment: ProtoPayment = try await client.call(
                    "PaymentService/SubmitPayment", Market.order(from: from, to: to))
                #expect(payment.status == status)
                await client.close()
            }
            #expect(gateway.isRunning)
            // Refused input is no error of the gateway.
            #expect(!gateway.log.contains("call failed"), "\(gateway.log)")
            let operators = try await BankClient.connect(gateway.endpoint, as: "operator")
            let metrics = try await operators.send("GET", "/metrics").text
            #expect(!metrics.contains("code=\"INTERNAL_ERROR\""), "\(metrics)")
            await operators.close()
        }
    }
}
