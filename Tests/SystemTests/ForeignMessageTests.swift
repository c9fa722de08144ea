internal import BankMessages
internal import Domain
internal import ForeignMessages
internal import Foundation
internal import Gateway
internal import HTTP2
internal import Testing

extension SystemTests {
    @Suite("Messages that somebody else wrote settle", .needsForeignMessages)
    struct ForeignMessageTests {
        /// A bank that takes the other side of everything.
        private static let dealer = "DBSSSGSG"

        /// Each example twice, with a UETR of its own: renminbi goes out, and baht goes out.
        @Test("With their banks registered, the examples become orders and settle")
        func examplesSettle() async throws {
            let texts = try ForeignMessage.all().flatMap { [$0.payingRenminbi, $0.payingForeign] }
                .map(Self.renamed)
            let messages = try texts.map { (text: $0, read: try BankMessage(xml: Array($0.utf8))) }
            let instructions = try messages.map { try $0.read.paymentInstruction(at: 0) }
            let banks = Set(instructions.flatMap { [$0.debtorAgent, $0.creditorAgent] })
            let gateway = try await GatewayUnderTest(
                banks: banks.map(\.description) + [Self.dealer])
            do {
                try await gateway.start()
                try await open(gateway.endpoint, banks)
                for (message, instruction) in zip(messages, instructions) {
                    try await settle(message.text, instruction, gateway.endpoint)
                }
                print("foreign messages: \(messages.count) of \(texts.count) settled")
            } catch {
                Issue.record("\(error)")
            }
            await gateway.remove()
        }

        /// The examples share a UETR; every payment needs one of its own.
        private static func renamed(_ text: String) -> String {
            guard let start = text.range(of: "<UETR>"),
                let end = text.range(of: "</UETR>", range: start.upperBound..<text.endIndex)
            else { return text }
            return text.replacingCharacters(
                in: start.upperBound..<end.lowerBound, with: UUID().uuidString.lowercased())
        }

        private func settle(
            _ text: String, _ instruction: PaymentInstruction, _ endpoint: Endpoint
        ) async throws {
            let bank = try await BankClient.connect(
                endpoint, as: instruction.debtorAgent.description)
            let dealer = try await BankClient.connect(endpoint, as: Self.dealer)
            let counter = counterOrder(instruction)
            let resting: ProtoPayment = try await dealer.call(
                "PaymentService/SubmitPayment", counter)
            #expect(resting.status == "PDNG")
            var message = ProtoBankMessage()
            message.xml = text
            let answer: ProtoBankMessage = try await bank.call(
                "PaymentService/SubmitMessage", message)
            #expect(answer.xml.contains("<TxSts>ACSC</TxSts>"), "\(answer.xml)")
            let payment: ProtoPayment = try await bank.get(
                "GET", "/v1/payments/\(instruction.uetr)")
            #expect(payment.status == "ACSC")
            #expect(payment.received.amount == instruction.receiveAmount.decimal)
            var rest = ProtoCancelPaymentRequest()
            rest.uetr = counter.uetr
            let _: ProtoPayment = try await dealer.call("PaymentService/CancelPayment", rest)
            await dealer.close()
            await bank.close()
        }

        /// What meets the payment: it waits in the book when the message comes.
        private func counterOrder(_ instruction: PaymentInstruction) -> ProtoPaymentOrder {
            let paysRenminbi = instruction.payCurrency == .cny
            var order = ProtoPaymentOrder()
            order.uetr = UUID().uuidString.lowercased()
            order.creditorParticipant = Self.dealer
            order.payCurrency = paysRenminbi ? "THB" : "CNY"
            order.receiveCurrency = paysRenminbi ? "CNY" : "THB"
            order.payAmount = paysRenminbi ? "50000.00" : "10000.00"
            order.limitRate = paysRenminbi ? "4.94" : "4.92"
            return order
        }

        /// Registers the banks and funds them.
        private func open(_ endpoint: Endpoint, _ banks: Set<BIC>) async throws {
            let operators = try await BankClient.connect(endpoint, as: "operator")
            for bank in banks.map(\.description) + [Self.dealer] {
                var participant = ProtoParticipant()
                participant.bic = bank
                participant.roles = [.payer, .liquidityProvider]
                let _: ProtoParticipant = try await operators.call(
                    "OperatorService/RegisterParticipant", participant)
                for currency in ["CNY", "THB"] {
                    var funding = ProtoFundRequest()
                    funding.reference = UUID().uuidString.lowercased()
                    funding.participant = bank
                    funding.currency = currency
                    funding.amount = "10000000.00"
                    let _: ProtoCommandAnswer = try await operators.call(
                        "OperatorService/Fund", funding)
                }
            }
            var corridor = ProtoCorridor()
            corridor.foreignCurrency = "THB"
            corridor.tick = "0.0001"
            corridor.referenceRate = "4.93"
            corridor.collarBasisPoints = 500
            corridor.minimumSize = "1.00"
            corridor.maximumSize = "1000000.00"
            let _: ProtoCorridor = try await operators.call(
                "OperatorService/ConfigureCorridor", corridor)
            await operators.close()
        }
    }
}
