internal import BankMessages
internal import Domain
internal import Foundation

extension DemoStep {
    /// The orders as one customer credit transfer (pacs.008.001.08).
    ///
    /// - Throws: `MessageWritingError` when an order does not fit the message.
    func messageXML() throws -> String {
        let now = Timestamp(Date().timeIntervalSince1970 * 1_000) * 1_000_000
        let identification = "DEMO-MSG-\(orders[0].number)"
        let definition = MessageDefinition.customerCreditTransfer
        let message = CreditTransferMessage(
            envelope: .standard,
            header: BusinessApplicationHeader(
                from: bank, to: DemoStage.ownBIC, businessMessageIdentifier: identification,
                messageDefinitionIdentifier: definition.rawValue, creationDate: now),
            groupHeader: GroupHeader(
                messageIdentification: identification, creationDateTime: now,
                settlementMethod: .clearingSystem),
            transactions: try orders.map { try $0.creditTransfer() })
        return try message.customerCreditTransferXML()
    }
}

extension DemoOrder {
    /// The order as a transaction of a pacs.008: the interbank settlement amount is received.
    fileprivate func creditTransfer() throws -> CreditTransfer {
        guard let uetr = UETR(uetr) else { throw DemoError("\(uetr) is no UETR") }
        var transfer = CreditTransfer(
            endToEndIdentification: endToEnd, uetr: uetr, interbankSettlementAmount: amount,
            debtor: Party(name: debtorName), debtorAgent: Party(bic: payer),
            creditorAgent: Party(bic: creditor), creditor: Party(name: creditorName))
        transfer.instructionIdentification = "DEMO-\(number)"
        transfer.chargeBearer = .shared
        transfer.purpose = .code("GDDS")
        transfer.remittanceInformation = RemittanceInformation(unstructured: [remittance])
        transfer.instructedAmount = instructedAmount
        transfer.exchangeRate = limit.flatMap(exchangeRate)
        return transfer
    }

    /// What the payer gives at its limit, or at the reference rate when it has none.
    private var instructedAmount: Money {
        let rate = limit ?? corridor.reference
        // Amounts of the plan are far from the bounds of 64 bits.
        let units =
            side == .payRenminbi
            ? rate.fen(forForeign: amount.minorUnits, in: corridor.foreign, .up)!
            : rate.foreign(forFen: amount.minorUnits, in: corridor.foreign, .up)!
        return Money(minorUnits: units, currency: payCurrency)
    }

    /// A message's rate is the factor from the instructed to the settlement amount: for a payer of
    /// foreign currency the inverse, with as many digits as ISO 20022 allows, cut off.
    private func exchangeRate(_ rate: Rate) -> ExchangeRate? {
        guard side == .payForeign else { return ExchangeRate(rate.decimal) }
        let tenToThe18: Int128 = 1_000_000_000_000_000_000
        let digits = tenToThe18 / Int128(rate.scaled)
        return Int64(exactly: digits).flatMap { ExchangeRate(digits: $0, fractionDigits: 10) }
    }
}

/// What a pacs.002 says of each transaction, in their order.
struct DemoStatusReport {
    let answers: [DemoAnswer]

    /// Reads as much as the demonstration needs: `TxSts`, and the result code that opens `AddtlInf`.
    init(xml: String) {
        answers = xml.components(separatedBy: "<TxInfAndSts>").dropFirst().map { block in
            let status = DemoStatusReport.text("TxSts", in: block) ?? ""
            let reason = DemoStatusReport.text("AddtlInf", in: block) ?? "ACCEPTED"
            return DemoAnswer(code: String(reason.prefix { $0 != ":" }), status: status)
        }
    }

    private static func text(_ element: String, in block: String) -> String? {
        guard let start = block.range(of: "<\(element)>"),
            let end = block.range(of: "</\(element)>", range: start.upperBound..<block.endIndex)
        else { return nil }
        return String(block[start.upperBound..<end.lowerBound])
    }
}
