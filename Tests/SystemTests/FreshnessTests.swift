internal import Foundation
internal import Gateway
internal import HTTP2
internal import NIOCore
internal import SwiftProtobuf
internal import Testing

extension SystemTests {
    @Suite("A read is as fresh as was asked, and every answer says how fresh it is")
    struct FreshnessTests {
        @Test(.timeLimit(.minutes(2)))
        func everyAnswerSaysWhatIsApplied() async throws {
            let gateway = try await Market.open()
            do {
                let bank = try await BankClient.connect(gateway.endpoint, as: Market.chinese[0])
                try await indices(bank)
                try await badHeaders(bank)
                try await goodHeaders(bank)
                try await standing(gateway, bank)
                await bank.close()
            } catch {
                Issue.record("\(error)\n\(gateway.log.suffix(1_500))")
            }
            await gateway.remove()
        }

        private let grpc: Headers = ["content-type": "application/grpc"]

        private func index(_ reply: Reply) throws -> UInt64 {
            #expect(reply.headers.count { $0.name == "langqiao-applied-index" } == 1)
            return try #require(reply.headers["langqiao-applied-index"].flatMap { UInt64($0) })
        }

        /// JSON, problems, gRPC, its refusals and streams, in turn with writes: never back.
        private func indices(_ bank: BankClient) async throws {
            var last: UInt64 = 0
            func note(_ reply: Reply, _ status: Int) async throws {
                let index = try index(reply)
                #expect(reply.status == status, "\(reply.text)")
                #expect(index >= last)
                last = index
            }
            for _ in 0..<3 {
                let before = last
                let order = Market.order(from: Market.chinese[0], to: Market.thai[0])
                let body = try order.jsonString()
                let uetr = order.uetr
                try await note(bank.send("PUT", "/v1/payments/\(uetr)", body), 200)
                #expect(last > before, "what is answered is applied")
                try await note(bank.send("GET", "/v1/payments/\(uetr)"), 200)
                let none = UUID().uuidString.lowercased()
                try await note(bank.send("GET", "/v1/payments/\(none)"), 404)
                try await note(bank.send("GET", "/v1/nothing"), 404)
                try await note(bank.send("PUT", "/v1/payments/\(uetr)", "{"), 400)
                let bytes: [UInt8] = try order.serializedBytes()
                for (path, message) in [
                    ("LedgerService/ListAccounts", []), ("PaymentService/SubmitPayment", bytes),
                    ("PaymentService/StreamPayments", bytes), ("PaymentService/GetPayment", [255]),
                    ("PaymentService/Nothing", []),
                ] as [(String, [UInt8])] {
                    let framed = GRPC.frame(ByteBuffer(bytes: message)).readableBytesView
                    try await note(
                        bank.send(
                            "POST", "/langqiao.v1.\(path)", Array(framed), headers: grpc), 200)
                }
            }
        }

        private func badHeaders(_ bank: BankClient) async throws {
            for text in ["now", "min-index=", "min-index=-1", "min-index=1x", "Local"] {
                let headers: Headers = ["langqiao-read": text]
                let reply = try await bank.send("GET", "/v1/accounts", headers: headers)
                #expect(reply.status == 400 && reply.problem?.code == "MALFORMED_REQUEST")
                #expect(reply.problem?.detail?.contains("langqiao-read") == true)
                _ = try index(reply)
                var calls = grpc
                calls.add("langqiao-read", text)
                let call = try await bank.send(
                    "POST", "/langqiao.v1.LedgerService/ListAccounts", [0, 0, 0, 0, 0],
                    headers: calls)
                let status =
                    GRPCStatus(trailers: call.trailers) ?? GRPCStatus(trailers: call.headers)
                #expect(status?.code == .invalidArgument, "\(text)")
            }
        }

        private func goodHeaders(_ bank: BankClient) async throws {
            let applied = try await index(bank.send("GET", "/v1/accounts"))
            for text in ["linearizable", "local", "min-index=0", "min-index=\(applied)"] {
                let reply = try await bank.send(
                    "GET", "/v1/accounts", headers: ["langqiao-read": text])
                #expect(reply.status == 200, "\(text): \(reply.text)")
            }
            // What is far ahead is waited for as long as the caller waits.
            var headers = grpc
            headers.add("langqiao-read", "min-index=\(applied + 1_000_000)")
            headers.add("grpc-timeout", "200m")
            let call = try await bank.send(
                "POST", "/langqiao.v1.LedgerService/ListAccounts", [0, 0, 0, 0, 0],
                headers: headers)
            let status = GRPCStatus(trailers: call.trailers) ?? GRPCStatus(trailers: call.headers)
            #expect(status?.code == .deadlineExceeded)
        }

        /// A node alone has no standing among others, and says so to whoever may ask.
        private func standing(_ gateway: GatewayUnderTest, _ bank: BankClient) async throws {
            let operators = try await BankClient.connect(gateway.endpoint, as: "operator")
            let reply = try await operators.send("GET", "/v1/node")
            #expect(reply.status == 503 && reply.problem?.code == "UNAVAILABLE")
            #expect(try await bank.send("GET", "/v1/node").status == 403)
            let transfer = try await operators.send("POST", "/v1/node/transfer", #"{"to": 2}"#)
            #expect(transfer.status >= 400 && transfer.problem != nil)
            await operators.close()
        }
    }
}
