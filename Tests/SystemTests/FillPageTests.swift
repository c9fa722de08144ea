internal import Foundation
internal import Gateway
internal import SwiftProtobuf
internal import Testing

extension SystemTests {
    /// A payment of more fills than one command can cause: none is cut off, none is shown twice.
    @Suite("A payment of many fills")
    struct FillPageTests {
        private static let fills = 4_500

        @Test("It is read page by page while it is filled", .timeLimit(.minutes(4)))
        func pages() async throws {
            let gateway = try await Market.open()
            do {
                let payer = try await BankClient.connect(gateway.endpoint, as: Market.chinese[0])
                let other = try await BankClient.connect(gateway.endpoint, as: Market.thai[0])
                let uetr = try await readWhileFilled(payer, other)
                try await readWhole(uetr, payer, other, gateway)
                try await answerInPages(payer, other)
                await payer.close()
                await other.close()
            } catch {
                Issue.record("\(error)")
            }
            await gateway.remove()
        }

        /// One large order rests and is filled by many small ones. Whenever it is read, with pages
        /// of whatever size, its fills are exactly what it says was paid.
        private func readWhileFilled(
            _ payer: BankClient, _ other: BankClient
        ) async throws -> String {
            let amount = "\(Self.fills * 100).00"
            let order = Market.order(from: Market.chinese[0], to: Market.thai[0], amount: amount)
            let _: ProtoPayment = try await payer.call("PaymentService/SubmitPayment", order)
            let sizes: [UInt32] = [1_000, 40, 250]
            for step in 0..<Self.fills / 100 {
                async let filling: Void = sell(100, other)
                _ = try await whole(order.uetr, payer, pages: sizes[step % sizes.count])
                try await filling
            }
            return order.uetr
        }

        private func sell(_ count: Int, _ client: BankClient) async throws {
            for start in stride(from: 0, to: count, by: 20) {
                var batch = ProtoSubmitPaymentsRequest()
                batch.orders = (start..<min(start + 20, count)).map { _ in
                    Market.order(from: Market.thai[0], to: Market.chinese[0])
                }
                let answer: ProtoSubmitPaymentsResponse = try await client.call(
                    "PaymentService/SubmitPayments", batch)
                #expect(answer.answers.allSatisfy { $0.result.code == "ACCEPTED" })
            }
        }

        /// The pages of one reading together, as gRPC gives them; the payment is the last page's.
        private func whole(
            _ uetr: String, _ client: BankClient, pages size: UInt32, after token: String = ""
        ) async throws -> ProtoPayment {
            var request = ProtoGetPaymentRequest()
            request.uetr = uetr
            request.fillsPageSize = size
            request.fillsPageToken = token
            var fills: [ProtoFill] = []
            let full = size == 0 ? 1_000 : min(Int(size), 1_000)
            while true {
                var page: ProtoPayment = try await client.call(
                    "PaymentService/GetPayment", request)
                #expect(page.fills.count == full || page.nextFillsPageToken.isEmpty)
                fills += page.fills
                request.fillsPageToken = page.nextFillsPageToken
                guard request.fillsPageToken.isEmpty else { continue }
                page.fills = fills
                if token.isEmpty { expectSums(page) }
                return page
            }
        }

        private func expectSums(_ payment: ProtoPayment) {
            let ids = payment.fills.map(\.fillID)
            #expect(zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 }, "each once, in order")
            func sum(_ amount: (ProtoFill) -> ProtoMoney) -> Decimal {
                payment.fills.reduce(Decimal()) { $0 + decimal(amount($1)) }
            }
            #expect(sum(\.paid) == decimal(payment.paid))
            #expect(sum(\.received) == decimal(payment.received))
            #expect(sum(\.fee) == decimal(payment.fee))
        }

        private func decimal(_ money: ProtoMoney) -> Decimal {
            Decimal(string: money.amount) ?? .nan
        }

        /// Afterwards: over JSON, by the program, and by the creditor, who sees no fills.
        private func readWhole(
            _ uetr: String, _ payer: BankClient, _ other: BankClient, _ gateway: GatewayUnderTest
        ) async throws {
            let expected = try await whole(uetr, payer, pages: 0)
            #expect(expected.fills.count == Self.fills && expected.status == "ACSC")
            var fills: [ProtoFill] = []
            var token = ""
            repeat {
                let page: ProtoPayment = try await payer.get(
                    "GET", "/v1/payments/\(uetr)?fills_page_size=997&fills_page_token=\(token)")
                #expect(page.fills.count <= 997 && page.paid == expected.paid)
                fills += page.fills
                token = page.nextFillsPageToken
            } while !token.isEmpty
            #expect(fills == expected.fills)
            let printed = try await gateway.run([
                "status", uetr, "--as", Market.chinese[0], "--port", "\(gateway.port)",
                "--certificates", gateway.certificates, "--json",
            ])
            #expect(try ProtoPayment(jsonString: printed) == expected)
            let received: ProtoPayment = try await other.get("GET", "/v1/payments/\(uetr)")
            #expect(received.fills.isEmpty && received.nextFillsPageToken.isEmpty)
            let wrong = try await payer.send("GET", "/v1/payments/\(uetr)?fills_page_token=x")
            #expect(wrong.problem?.code == "MALFORMED_REQUEST")
            #expect(wrong.problem?.detail?.contains("fills_page_token") == true)
        }

        /// An answer shows the fills that a page holds and leads to the others.
        private func answerInPages(_ payer: BankClient, _ other: BankClient) async throws {
            try await sell(1_500, other)
            let order = Market.order(
                from: Market.chinese[0], to: Market.thai[0], amount: "150000.00")
            var answer: ProtoPayment = try await payer.get(
                "PUT", "/v1/payments/\(order.uetr)", try order.jsonString())
            #expect(answer.status == "ACSC" && answer.fills.count == 1_000)
            let others = try await whole(
                order.uetr, payer, pages: 0, after: answer.nextFillsPageToken)
            #expect(others.fills.count == 500)
            answer.fills += others.fills
            expectSums(answer)
        }
    }
}
