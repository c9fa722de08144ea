internal import Domain
internal import Store

extension EraseContent: OperatorCommand {
    typealias Request = ProtoEraseContentRequest

    static let verb = "POST"
    static let template = "/v1/payments/{uetr}:erase"

    /// With its payer, where one payment has the UETR; else with who sent the notices of it.
    ///
    /// - Throws: `NOT_FOUND`, `PAYMENT_AMBIGUOUS`; `CONTENT_IN_CHAIN` for a payment of before
    ///   version 3.
    static func completed(
        _ request: ProtoEraseContentRequest, _ services: Services
    ) async throws -> ProtoEraseContentRequest {
        let uetr = try Field.uetr(request.uetr, "uetr")
        let payer = request.payer.isEmpty ? nil : try Field.bic(request.payer, "payer")
        let directory = services.directory
        let (payments, attempts, senders, key) = try await services.read(.lookup) { reader in
            (
                try reader.payments(uetr).map(\.row), try reader.attempts(uetrs: [uetr]),
                try reader.senders(ofNoticesOf: uetr), try reader.rows(ContentKeyRow.self).first
            )
        }
        let named = payer.flatMap { directory.participant($0)?.id }
        let ofPayments = Set(payments.map(\.payer) + attempts.map(\.payer))
        let payers = (ofPayments.isEmpty || payer != nil ? ofPayments.union(senders) : ofPayments)
            .filter { payer == nil || $0 == named }
        guard let meant = payers.first else { throw GatewayError(.notFound, "payment \(uetr)") }
        guard payers.count == 1 else { throw GatewayError(.paymentAmbiguous) }
        let isInChain = payments.contains {
            $0.payer == meant && $0.id <= key?.paymentCount ?? .max
        }
        guard !isInChain else { throw GatewayError(.contentInChain) }
        var completed = request
        completed.payer = directory.bic(of: meant).description
        return completed
    }
}
