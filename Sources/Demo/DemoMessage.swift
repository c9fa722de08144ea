internal import BankMessages
internal import Domain
internal import Foundation

extension DemoStep {
    /// The orders as one customer credit transfer (pacs.008).
    ///
    /// - Throws: `MessageWritingError` when an order does not fit the message.
    func messageXML() throws -> String {
        let now = Timestamp(Date().timeIntervalSince1970 * 1_000) * 1_000_000
        let identification = "DEMO-MSG-\(orders[0].number)"
        let definition = MessageDefinition(.customerCreditTransfer)
        let message = CreditTransferMessage(
            definition: definition, envelope: .standard,
            header: BusinessApplicationHeader(
                from: bank, to: DemoStage.ownBIC, businessMessageIdentifier: identification,
                messageDefinitionIdentifier: definition.name, creationDate: now),
            groupHeader: GroupHeader(
                messageIdentification: identification, creationDateTime: now,
                settlementMethod: .clearingSystem),
            transactions: try orders.map { try $0.creditTransfer() })
        return try message.xml()
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
}

extension DemoOrder {
    /// The order as a customer instructs it: an amount to pay, and what that gives at the limit, or
    /// at the reference rate when there is none, cut off to a minor unit.
    var instructed: DemoOrder {
        let rate = limit ?? corridor.reference
        var order = self
        // Amounts of the plan are far from the bounds of 64 bits.
        switch side {
        case .payRenminbi:
            let fen = rate.fen(forForeign: amount.minorUnits, in: corridor.foreign, .down)!
            order.instructedAmount = Money(minorUnits: fen, currency: .cny)
            order.amount.minorUnits = rate.foreign(forFen: fen, in: corridor.foreign, .down)!
        case .payForeign:
            let units = rate.foreign(forFen: amount.minorUnits, in: corridor.foreign, .down)!
            order.instructedAmount = Money(minorUnits: units, currency: corridor.foreign)
            // All four currencies have as many minor digits as renminbi.
            order.amount.minorUnits = multiply(
                units, by: inverse(rate), dividedBy: 10_000_000_000, .down)!
        }
        return order
    }

    /// A message's rate is the factor from the instructed to the settlement amount: for a payer of
    /// foreign currency the inverse.
    fileprivate func exchangeRate(_ rate: Rate) -> ExchangeRate? {
        side == .payRenminbi
            ? ExchangeRate(rate.decimal)
            : ExchangeRate(digits: inverse(rate), fractionDigits: 10)
    }

    /// Renminbi for one foreign unit in units of 10⁻¹⁰, the finest that ISO 20022 allows, cut off.
    private func inverse(_ rate: Rate) -> Int64 {
        Int64(Int128(1_000_000_000_000_000_000) / Int128(rate.scaled))
    }
}

/// What a pacs.002 says of each transaction, in their order.
struct DemoStatusReport {
    let answers: [DemoAnswer]

    /// Reads as much as is needed here: `TxSts`, and the result code that opens `AddtlInf`.
    init(xml: String) {
        answers = xml.components(separatedBy: "<TxInfAndSts>").dropFirst().map { block in
            let status = DemoStatusReport.text("TxSts", in: block) ?? ""
            let lines = block.components(separatedBy: "<AddtlInf>").dropFirst().compactMap {
                DemoStatusReport.text("AddtlInf", in: "<AddtlInf>" + $0)
            }
            let reason = lines.joined(separator: " ")
            return DemoAnswer(code: String(reason.prefix { $0 != ":" }), status: status)
        }
    }

    static func text(_ element: String, in block: String) -> String? {
        guard let start = block.range(of: "<\(element)>"),
            let end = block.range(of: "</\(element)>", range: start.upperBound..<block.endIndex)
        else { return nil }
        return String(block[start.upperBound..<end.lowerBound])
    }
}
