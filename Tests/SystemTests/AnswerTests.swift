internal import Foundation
internal import Gateway
internal import Testing

extension SystemTests {
    @Suite("An answer is whole")
    struct AnswerTests {
        /// Two orders of one request settle each other, so the first one's fill comes after it.
        @Test("The fills of an answer add up to what it says was paid")
        func fillsOfTheSameBatch() async throws {
            let gateway = try await Market.open()
            do {
                let bank = Market.chinese[0]
                let operators = try await BankClient.connect(gateway.endpoint, as: "operator")
                try await allowSelfMatch(operators)
                let client = try await BankClient.connect(gateway.endpoint, as: bank)
                let answers = try await submit(client)
                #expect(answers.map(\.payment.status) == ["ACSC", "ACSC"])
                for answer in answers {
                    let payment: ProtoPayment = try await client.get(
                        "GET", "/v1/payments/\(answer.uetr)")
                    #expect(payment.fills.count == 1)
                    #expect(answer.payment.fills == payment.fills)
                }
                await client.close()
                await operators.close()
            } catch {
                Issue.record("\(error)")
            }
            await gateway.remove()
        }

        private func submit(_ client: BankClient) async throws -> [ProtoSubmitPaymentAnswer] {
            let there = Market.order(from: Market.chinese[0], to: Market.thai[0])
            var back = Market.order(from: Market.thai[0], to: Market.chinese[1])
            back.payer = ""
            var batch = ProtoSubmitPaymentsRequest()
            batch.orders = [there, back]
            let response: ProtoSubmitPaymentsResponse = try await client.call(
                "PaymentService/SubmitPayments", batch)
            return response.answers
        }

        /// One bank may meet itself, and has baht to pay with.
        private func allowSelfMatch(_ operators: BankClient) async throws {
            let list: ProtoListCorridorsResponse = try await operators.get("GET", "/v1/corridors")
            var corridor = try #require(list.corridors.first)
            corridor.selfMatch = .allow
            let _: ProtoCorridor = try await operators.call(
                "OperatorService/ConfigureCorridor", corridor)
            var funding = ProtoFundRequest()
            funding.reference = UUID().uuidString.lowercased()
            funding.participant = Market.chinese[0]
            funding.currency = "THB"
            funding.amount = "10000.00"
            let _: ProtoCommandAnswer = try await operators.call("OperatorService/Fund", funding)
        }
    }
}
