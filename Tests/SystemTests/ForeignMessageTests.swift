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

        /// As whom the gateway is started.
        private static let gatewayBIC = "LANGCNB0"

        /// Each example twice, with a UETR of its own: renminbi goes out, and baht goes out.
        /// Advices move nothing, nor do the examples that call themselves copies.
        @Test("With their banks registered, the examples become orders and settle")
        func examplesSettle() async throws {
            let examples = try ForeignMessage.all()
            let texts = examples.filter { !$0.isAdvice }
                .flatMap { [$0.payingRenminbi, $0.payingForeign] }
                .map { Self.renamed(ForeignMessage.payable($0, at: Self.gatewayBIC)) }
            let messages = try texts.map { (text: $0, read: try Self.creditTransfers($0)) }
            let instructions = try messages.map { try $0.read.paymentInstruction(at: 0) }
            let notices = examples.filter { $0.isAdvice || $0.text.contains("<CpyDplct>") }
                .map { ForeignMessage.addressed($0.text, to: Self.gatewayBIC) }
            let banks = Set(instructions.flatMap { [$0.debtorAgent, $0.creditorAgent] })
            let gateway = try await GatewayUnderTest(
                banks: banks.map(\.description) + [Self.dealer])
            do {
                try await gateway.start()
                try await open(gateway.endpoint, banks)
                for (message, instruction) in zip(messages, instructions) {
                    try await settle(message.text, instruction, gateway.endpoint)
                }
                let bank = try await BankClient.connect(gateway.endpoint, as: Self.dealer)
                for notice in notices {
                    var message = ProtoBankMessage()
                    message.xml = notice
                    let answer: ProtoBankMessage = try await bank.call(
                        "PaymentService/SubmitMessage", message)
                    #expect(answer.xml.contains("<RctAck>"), "\(answer.xml)")
                }
                await bank.close()
                print(
                    "foreign messages: \(messages.count) of \(texts.count) settled, "
                        + "\(notices.count) noted")
            } catch {
                Issue.record("\(error)")
            }
            await gateway.remove()
        }

        private static func creditTransfers(_ text: String) throws -> CreditTransferMessage {
            let read = try BankMessage(xml: Array(text.utf8))
            guard case .creditTransfers(let message) = read else { throw read.namesNothing }
            return message
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
