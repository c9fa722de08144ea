internal import Foundation
internal import Gateway

/// Four banks, two on each side of the corridor between renminbi and baht, all well funded.
struct Market: Sendable {
    static let chinese = ["BKCHCNBJ", "ICBKCNBJ"]
    static let thai = ["BKKBTHBK", "KASITHBK"]
    static let banks = chinese + thai
    /// On record and in possession of a certificate, but without a part in the traffic.
    static let bystander = "DBSSSGSG"

    /// Starts a gateway and opens the market on it.
    ///
    /// - Parameter more: have certificates too.
    static func open(certifying more: [String] = []) async throws -> GatewayUnderTest {
        let gateway = try await GatewayUnderTest(banks: banks + [bystander] + more)
        do {
            try await gateway.start()
            try await fill(gateway.endpoint)
        } catch {
            await gateway.remove()
            throw error
        }
        return gateway
    }

    private static func fill(_ endpoint: Endpoint) async throws {
        let operators = try await BankClient.connect(endpoint, as: "operator")
        for bank in banks + [bystander] {
            var participant = ProtoParticipant()
            participant.bic = bank
            participant.name = "Bank \(bank)"
            participant.roles = [.payer]
            let _: ProtoParticipant = try await operators.call(
                "OperatorService/RegisterParticipant", participant)
        }
        let _: ProtoCorridor = try await operators.call(
            "OperatorService/ConfigureCorridor", corridor)
        for bank in banks {
            var funding = ProtoFundRequest()
            funding.reference = UUID().uuidString.lowercased()
            funding.participant = bank
            funding.currency = chinese.contains(bank) ? "CNY" : "THB"
            funding.amount = chinese.contains(bank) ? "100000000.00" : "500000000.00"
            let _: ProtoCommandAnswer = try await operators.call(
                "OperatorService/Fund", funding)
        }
        await operators.close()
    }

    private static var corridor: ProtoCorridor {
        var corridor = ProtoCorridor()
        corridor.foreignCurrency = "THB"
        corridor.tick = "0.0001"
        corridor.referenceRate = "4.90"
        corridor.collarBasisPoints = 1_000
        corridor.minimumSize = "1.00"
        corridor.maximumSize = "1000000.00"
        corridor.feePartsPerMillion = 100
        return corridor
    }

    /// A plain order of CNY 100.00, or the THB 490.00 that settle it.
    static func order(
        from bank: String, to creditor: String, uetr: String = UUID().uuidString.lowercased(),
        amount: String? = nil
    ) -> ProtoPaymentOrder {
        let paysRenminbi = chinese.contains(bank)
        var order = ProtoPaymentOrder()
        order.uetr = uetr
        order.creditorParticipant = creditor
        order.payCurrency = paysRenminbi ? "CNY" : "THB"
        order.receiveCurrency = paysRenminbi ? "THB" : "CNY"
        order.payAmount = amount ?? (paysRenminbi ? "100.00" : "490.00")
        order.limitRate = "4.90"
        return order
    }
}
