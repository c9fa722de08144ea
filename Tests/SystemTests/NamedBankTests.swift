internal import Foundation
internal import Gateway
internal import HTTP2
internal import Testing

extension SystemTests {
    /// R3.13 to R3.16 through the wire.
    @Suite("Banks are named by branches, correspondents and codes")
    struct NamedBankTests {
        private static let bank = Market.chinese[0]
        private static let branch = bank + "300"
        private static let foreigner = "LDBBLALA"

        @Test("Who is meant is found, and stays known")
        func whoIsMeant() async throws {
            let gateway = try await Market.open(certifying: [Self.branch])
            do {
                let operators = try await BankClient.connect(gateway.endpoint, as: "operator")
                let bank = try await BankClient.connect(gateway.endpoint, as: Self.bank)
                let branch = try await BankClient.connect(gateway.endpoint, as: Self.branch)
                try await correspondent(operators, bank)
                try await movedCode(operators, bank)
                try await branchBefore(operators, branch)
                try await participants(operators)
                for client in [operators, bank, branch] { await client.close() }
            } catch {
                Issue.record("\(error)")
            }
            await gateway.remove()
        }

        /// R3.13 Reads and cancellations name the payer alike, also when it is served no more.
        private func correspondent(_ operators: BankClient, _ bank: BankClient) async throws {
            let path = "/v1/participants/\(Self.bank)/banks/\(Self.foreigner)"
            let _: ProtoCommandAnswer = try await operators.get("PUT", path, "{}")
            var order = Market.order(from: Self.bank, to: Market.thai[0])
            order.payer = Self.foreigner
            let taken: ProtoPayment = try await bank.call("PaymentService/SubmitPayment", order)
            #expect(taken.payer == Self.bank && taken.status == "PDNG")
            #expect(taken.details.originatingBank == Self.foreigner)
            let again: ProtoPayment = try await bank.call("PaymentService/SubmitPayment", order)
            #expect(again.repetition && again.payer == Self.foreigner)
            let _: ProtoCommandAnswer = try await operators.get("PUT", path, #"{"ended": true}"#)
            let named = "/v1/payments/\(order.uetr)?payer=\(Self.foreigner)"
            let read: ProtoPayment = try await bank.get("GET", named)
            #expect(read.payer == Self.bank && read.details.originatingBank == Self.foreigner)
            var cancellation = ProtoCancelPaymentRequest()
            cancellation.uetr = order.uetr
            cancellation.payer = Self.foreigner
            let cancelled: ProtoPayment = try await bank.call(
                "PaymentService/CancelPayment", cancellation)
            #expect(cancelled.status == "CANC")
        }

        /// R3.15 The same bytes are the same order, whoever has the code by now.
        private func movedCode(_ operators: BankClient, _ bank: BankClient) async throws {
            let code = "THCBC:002"
            let path = "/v1/identifiers/THCBC/002"
            func set(_ body: String) async throws {
                let _: ProtoCommandAnswer = try await operators.get("PUT", path, body)
            }
            try await set(#"{"participant": "\#(Market.thai[0])"}"#)
            var order = Market.order(from: Self.bank, to: code)
            order.details.payerCode = "CNAPS:104100000004"
            let taken: ProtoPayment = try await bank.call("PaymentService/SubmitPayment", order)
            #expect(taken.creditorParticipant == Market.thai[0])
            #expect(taken.details.creditorCode == code && taken.details.payerCode.isEmpty)
            try await set(#"{"participant": "\#(Market.thai[0])", "removed": true}"#)
            try await set(#"{"participant": "\#(Market.thai[1])"}"#)
            let again: ProtoPayment = try await bank.call("PaymentService/SubmitPayment", order)
            #expect(again.repetition && again.paymentID == taken.paymentID)
            #expect(again.creditorParticipant == code)
        }

        /// R3.14 A branch acts as its primary office until it is registered. Operators do not mean
        /// the one by the other, and what the branch watched ends.
        private func branchBefore(_ operators: BankClient, _ branch: BankClient) async throws {
            let order = Market.order(from: Self.bank, to: Market.thai[0])
            let taken: ProtoPayment = try await branch.call("PaymentService/SubmitPayment", order)
            #expect(taken.payer == Self.bank)
            let refused = try await operators.send(
                "POST", "/v1/participants/\(Self.branch):setState", #"{"state": "SUSPENDED"}"#)
            #expect(refused.problem?.code == "PARTICIPANT_UNKNOWN")
            let began = ContinuousClock.now
            let watch = Task { try? await branch.send("GET", "/v1/payments:watch") }
            try await Task.sleep(for: .milliseconds(300))
            let _: ProtoParticipant = try await operators.get(
                "PUT", "/v1/participants/\(Self.branch)", #"{"roles": ["PAYER"]}"#)
            _ = await watch.value
            #expect(began.duration(to: .now) < .seconds(20))
        }

        /// Page by page, and one by what it is called.
        private func participants(_ operators: BankClient) async throws {
            var found: [String] = []
            var token = ""
            repeat {
                let page: ProtoListParticipantsResponse = try await operators.get(
                    "GET", "/v1/participants?page_size=2&page_token=\(token)")
                #expect(page.participants.count <= 2)
                found += page.participants.map(\.bic)
                token = page.nextPageToken
            } while !token.isEmpty
            #expect(found == Market.banks + [Market.bystander, Self.branch])
            let one: ProtoListParticipantsResponse = try await operators.get(
                "GET", "/v1/participants?identifier=THCBC:002")
            #expect(one.participants.map(\.bic) == [Market.thai[1]])
            #expect(one.participants.first?.identifiers == ["THCBC:002"])
        }
    }
}
