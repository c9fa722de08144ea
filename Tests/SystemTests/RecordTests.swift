internal import Domain
internal import Foundation
internal import Gateway
internal import HTTP2
internal import NIOCore
internal import SwiftProtobuf
internal import Testing

extension SystemTests {
    @Suite("The packed lane does what the friendly messages do")
    struct RecordTests {
        private static let paid = 12_000

        @Test("Records settle, repeat and conflict across all lanes")
        func records() async throws {
            let gateway = try await Market.open()
            do {
                let chinese = try await BankClient.connect(
                    gateway.endpoint, as: Market.chinese[0])
                let thai = try await BankClient.connect(gateway.endpoint, as: Market.thai[0])
                try await settle(chinese, thai)
                try await mixLanes(chinese)
                try await refuse(chinese)
                try await fillUpload(chinese)
                await chinese.close()
                await thai.close()
                try await compare(gateway)
            } catch {
                Issue.record("\(error)")
            }
            await gateway.remove()
        }

        /// One bank streams, the other one uploads; then every message again.
        private func settle(_ chinese: BankClient, _ thai: BankClient) async throws {
            let there = messages(from: Market.chinese[0], to: Market.thai[0], [9_000, 1, 2_999])
            let back = messages(from: Market.thai[0], to: Market.chinese[0], [Self.paid])
            let first = try await stream(there, chinese)
            #expect(first.map(\.count) == [9_000, 1, 2_999])
            #expect(first.joined().allSatisfy { $0.code == .accepted && $0.status == .pending })
            let (summary, uploaded) = try await upload(back, thai)
            #expect(summary.received == UInt64(Self.paid) && summary.refused == 0)
            #expect(uploaded.map(\.position) == (0..<UInt32(Self.paid)).map { $0 })
            #expect(uploaded.allSatisfy { $0.code == .accepted && $0.status == .settled })
            let again = try await stream(there, chinese)
            #expect(again.joined().allSatisfy { $0.code == .accepted && $0.isRepetition })
            #expect(again.joined().allSatisfy { $0.status == .settled && $0.received == 49_000 })
            #expect(again.joined().map(\.payment) == first.joined().map(\.payment))
        }

        /// The same order over another lane is a repetition, another one with its UETR a conflict.
        private func mixLanes(_ client: BankClient) async throws {
            var friendly = Market.order(from: Market.chinese[0], to: Market.thai[0])
            friendly.details.endToEndID = "Rechnung \"7\" für 廊桥"
            var order = try order(
                from: Market.chinese[0], to: Market.thai[0],
                uetr: #require(UETR(friendly.uetr)))
            let endToEndID = friendly.details.endToEndID
            let packed = try await submit(order, endToEndID, client)
            #expect(packed.code == .accepted && !packed.isRepetition)
            let payment: ProtoPayment = try await client.call(
                "PaymentService/SubmitPayment", friendly)
            #expect(payment.repetition && payment.paymentID == packed.payment)
            #expect(payment.details == friendly.details)
            let read: ProtoPayment = try await client.get("GET", "/v1/payments/\(friendly.uetr)")
            #expect(read.details.endToEndID == endToEndID)

            let put = Market.order(from: Market.chinese[0], to: Market.thai[0])
            let _: ProtoPayment = try await client.get(
                "PUT", "/v1/payments/\(put.uetr)", try put.jsonString())
            order.uetr = try #require(UETR(put.uetr))
            #expect(try await submit(order, "", client).isRepetition)
            order.amount += 1
            #expect(try await submit(order, "", client).code == .uetrConflict)
            let _: ProtoPayment = try await client.call(
                "PaymentService/CancelPayment",
                ProtoCancelPaymentRequest.with {
                    $0.uetr = put.uetr
                })
        }

        /// What is wrong as a whole is refused as a whole, over every form of the call.
        private func refuse(_ client: BankClient) async throws {
            let path = "/v1/payments:records"
            let octets: Headers = ["content-type": "application/octet-stream"]
            var message = messages(from: Market.chinese[0], to: Market.thai[0], [3])[0]
            #expect(try await client.send("POST", path, message).status == 415)
            message[4] = 2
            let reply = try await client.send("POST", path, message, headers: octets)
            #expect(reply.status == 400 && reply.problem?.detail == "version must be 1")
            await #expect(throws: GRPCStatus.self) {
                try await self.stream([message], client)
            }
            message[4] = 1
            try await endUploads(message, client)
            message[16 + 128] ^= 1
            message[16 + 128 + 6] = 0
            let taken = try await client.send("POST", path, message, headers: octets)
            #expect(taken.headers["content-type"] == "application/octet-stream")
            let outcomes = try OutcomeRecord.read(taken.body)
            #expect(outcomes.map(\.code) == [.accepted, .malformedRequest, .accepted])
            #expect(outcomes[1].field == .uetr)
            let large = [UInt8](repeating: 0, count: OrderRecord.largestMessage + 1)
            #expect(try await client.send("POST", path, large, headers: octets).status == 413)
        }

        /// An upload that ends early says why, and how much of it is answered.
        private func endUploads(_ message: [UInt8], _ client: BankClient) async throws {
            var wrong = message
            wrong[4] = 2
            let large = [UInt8](repeating: 0, count: OrderRecord.largestMessage + OrderRecord.size)
            for (last, code, detail) in [
                (wrong, "MALFORMED_REQUEST", "version must be 1"),
                (large, "REQUEST_TOO_LARGE", "exceeds"),
            ] {
                let error = await #expect(throws: GRPCStatus.self) {
                    try await self.upload([message, message, last], client)
                }
                #expect(error?.result?.code == code)
                let told = error?.result?.detail ?? ""
                #expect(
                    told.contains(detail) && told.contains("the first 6 orders are answered"),
                    "\(told)")
            }
        }

        /// The largest upload has all its outcomes, in order; one order more ends it.
        private func fillUpload(_ client: BankClient) async throws {
            var known = messages(from: Market.chinese[0], to: Market.thai[0], [16_383])[0]
            let none = Array(known[..<8]) + [UInt8](repeating: 0, count: 8)
            // Broken records: they cost next to nothing and leave nothing that is counted later.
            for record in 0..<16_383 { known[16 + 128 * record + 6] = 0 }
            let one = messages(from: Market.chinese[0], to: Market.thai[0], [1])[0]
            var broken = one
            broken[16 + 6] = 0
            let full =
                Array(repeating: known, count: 32) + [none]
                + Array(repeating: broken, count: 32)
            let (summary, outcomes) = try await upload(full, client)
            #expect(summary.received == UInt64(OutcomeRecord.largestCount))
            #expect(summary.refused == summary.received && summary.accepted == 0)
            #expect(outcomes.count == OutcomeRecord.largestCount)
            #expect(outcomes.indices.allSatisfy { outcomes[$0].position == UInt32($0) })
            #expect(outcomes.allSatisfy { $0.code == .malformedRequest && $0.field == .uetr })
            #expect(Set(outcomes.map(\.uetr)).count == 16_384)
            let error = await #expect(throws: GRPCStatus.self) {
                try await self.upload(full + [one], client)
            }
            #expect(error?.result?.code == "REQUEST_TOO_LARGE")
            #expect(error?.result?.detail.contains("the first 524288 orders are answered") == true)
        }

        private func compare(_ gateway: GatewayUnderTest) async throws {
            let bank = try await BankClient.connect(gateway.endpoint, as: Market.chinese[0])
            let upload = try await bank.open("PaymentService/UploadRecords")
            let message = messages(from: Market.chinese[0], to: Market.thai[0], [2])[0]
            try await send([message], upload, isLast: false)
            let audit = Audit(endpoint: gateway.endpoint, traffic: Traffic(seed: 1))
            let expected = ["PDNG 6", "ACSC \(2 * Self.paid)", "CANC 1"]
            var counts: [String] = []
            for _ in 0..<500 where counts != expected {
                counts = try await audit.summary().statuses.map { "\($0.status) \($0.payments)" }
            }
            #expect(counts == expected)
            gateway.askToStop()
            for try await _ in upload.messages { Issue.record("it is not whole") }
            let end = try await upload.status().result
            #expect(end?.code == "UNAVAILABLE")
            #expect(end?.detail.contains("the first 2 orders are answered") == true)
            await bank.close()
            #expect(try await gateway.waitForEnd() == 0)
            let report = try await Verification.run(gateway, ["--data", gateway.data])
            #expect(report.differences == 0)
            print("records: \(counts.joined(separator: ", ")), 0 differences")
        }

        // MARK: Calls

        private func submit(
            _ order: PaymentOrder, _ endToEndID: String, _ client: BankClient
        ) async throws -> OutcomeRecord {
            var writer = OrderRecordsWriter()
            writer.append(order, endToEndID: endToEndID)
            let answer: ProtoOutcomeRecords = try await client.call(
                "PaymentService/SubmitRecords",
                ProtoPaymentRecords.with { $0.records = Data(writer.message) })
            return try #require(try OutcomeRecord.read(Array(answer.outcomes)).first)
        }

        private func stream(
            _ messages: [[UInt8]], _ client: BankClient
        ) async throws -> [[OutcomeRecord]] {
            let call = try await client.open("PaymentService/StreamRecords")
            let sending = Task { try await send(messages, call) }
            var answers: [[OutcomeRecord]] = []
            for try await message in call.messages {
                let answer = try ProtoOutcomeRecords(
                    serializedBytes: Array(message.bytes.readableBytesView))
                answers.append(try OutcomeRecord.read(Array(answer.outcomes)))
            }
            try await sending.value
            let status = try await call.status()
            guard status.code == .ok else { throw status }
            return answers
        }

        private func upload(
            _ messages: [[UInt8]], _ client: BankClient
        ) async throws -> (summary: ProtoRecordsSummary, outcomes: [OutcomeRecord]) {
            let call = try await client.open("PaymentService/UploadRecords")
            // A call that has ended meanwhile tells why by its status.
            try? await send(messages, call)
            for try await message in call.messages {
                let summary = try ProtoRecordsSummary(
                    serializedBytes: Array(message.bytes.readableBytesView))
                return (summary, try OutcomeRecord.read(Array(summary.outcomes)))
            }
            throw try await call.status()
        }

        private func send(
            _ messages: [[UInt8]], _ call: GRPCClientCall, isLast: Bool = true
        ) async throws {
            for message in messages {
                let proto = ProtoPaymentRecords.with { $0.records = Data(message) }
                let bytes: [UInt8] = try proto.serializedBytes()
                try await call.send(ByteBuffer(bytes: bytes))
            }
            if isLast { call.finishSending() }
        }

        // MARK: Orders

        private func messages(
            from bank: String, to creditor: String, _ counts: [Int]
        ) -> [[UInt8]] {
            counts.map { count in
                var writer = OrderRecordsWriter()
                for number in 0..<count {
                    let bits = UInt128.random(in: 0...UInt128.max)
                    let uetr = UETR(bits: bits & ~(0xF << 76 | 3 << 62) | 4 << 76 | 2 << 62)
                    writer.append(
                        order(from: bank, to: creditor, uetr: uetr), endToEndID: "F-\(number)")
                }
                return writer.message
            }
        }

        /// What ``Market/order(from:to:uetr:amount:)`` makes, as the ledger sees it.
        private func order(from bank: String, to creditor: String, uetr: UETR) -> PaymentOrder {
            let paysRenminbi = Market.chinese.contains(bank)
            return PaymentOrder(
                uetr: uetr, submitter: .none, payer: .none, creditor: BIC(creditor) ?? .none,
                foreign: .thb, side: paysRenminbi ? .payRenminbi : .payForeign, fixed: .pay,
                amount: paysRenminbi ? 10_000 : 49_000, limit: Rate(scaled: 490_000_000))
        }
    }
}
