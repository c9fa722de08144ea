package import BankMessages
package import Domain
internal import SwiftProtobuf

/// Makes orders of the instructions of an ISO 20022 message.
package struct InstructionMapping {
    let corridors: [CorridorRow]
    /// By the gateway's clock.
    let now: Timestamp
    /// Those of the ledger.
    private let rules: RuleVersion
    let messageIdentification: String
    /// A message that is sent again is the same attempt.
    private let attempt: UInt128
    /// For example `pacs.008.001.10`.
    let messageName: String

    package init(
        corridors: [CorridorRow], now: Timestamp, rules: RuleVersion = .first,
        messageIdentification: String, messageName: String
    ) {
        self.corridors = corridors
        self.now = now
        self.rules = rules
        self.messageIdentification = messageIdentification
        attempt = Attempt.key(messageIdentification)
        self.messageName = messageName
    }

    /// - Throws: ``MessageRejection`` when the instruction cannot settle as it states.
    package func checkSettlement(
        of instruction: PaymentInstruction
    ) throws(MessageRejection) {
        try rule(for: instruction)?.check(instruction.details, path: instruction.path)
    }

    /// Without a corridor there is no place to say which day it is, and no order will stand.
    private func rule(for instruction: PaymentInstruction) -> SettlementDateRule? {
        corridor(of: instruction.draft).map {
            SettlementDateRule(
                now: now, utcOffsetMinutes: Int($0.utcOffsetMinutes),
                takesLaterDates: rules >= .v4)
        }
    }

    /// The order, which ends when the times and the expiry of the instruction say so, and waits for
    /// a later date.
    ///
    /// - Throws: `MALFORMED_REQUEST` for a limit that no rate can have.
    package func order(_ instruction: PaymentInstruction) throws(GatewayError) -> ReadOrder {
        var draft = instruction.draft
        if instruction.limit != nil {
            draft.limit = try Field.rate(
                limit(of: draft, onTickOf: corridor(of: draft)), "limit_rate")
        }
        if let end = rule(for: instruction)?.statedEnd(of: instruction.details) {
            draft.timeInForce = .goodTillDate
            draft.expiresAt = end
        }
        draft.settlementDate =
            rule(for: instruction)?.laterDate(of: instruction.details) ?? .none
        draft.attempt = attempt
        return ReadOrder(
            draft, .transfer(StatedTransfer(instruction, messageIdentification, messageName)))
    }

    private func corridor(of draft: OrderDraft) -> Corridor? {
        draft.corridor.flatMap { pair in
            corridors.first { $0.corridor.foreign == pair.foreign }?.corridor
        }
    }

    /// The limit on the corridor's tick: the next one that is better for the payer, for an exchange
    /// rate in a message knows nothing of ticks.
    private func limit(of draft: OrderDraft, onTickOf corridor: Corridor?) -> Rate {
        corridor?.limit(draft.limit, paying: draft.payCurrency) ?? draft.limit
    }
}

extension Corridor {
    /// A limit on the corridor's tick: the next one that is better for whoever pays.
    func limit(_ limit: Rate, paying currency: Currency) -> Rate {
        let below = limit.scaled / tick.scaled * tick.scaled
        let above = below == limit.scaled ? below : below + tick.scaled
        return Rate(scaled: currency == .cny ? above : below)
    }
}

/// What a credit transfer says beside its order: all that its message says.
struct StatedTransfer: Sendable {
    private let details: [UInt8]
    private let messageID: String
    private let messageName: String
    let payerCode: String
    let creditorCode: String
    /// See ``ReadOrder/onRecord(for:in:)``.
    var originatingBank = ""

    init(
        _ instruction: PaymentInstruction, _ messageIdentification: String, _ messageName: String
    ) {
        details = instruction.details.details
        messageID = messageIdentification
        self.messageName = messageName
        payerCode = instruction.debtorAgentCode?.description ?? ""
        creditorCode = instruction.creditorAgentCode?.description ?? ""
    }

    /// - Throws: `INTERNAL_ERROR` for details that are no message, which no reader makes.
    func text() throws(GatewayError) -> DetailsText {
        let text = TransferDetails.text(
            of: details,
            [
                DetailsAddition(.messageID, messageID, isContent: false),
                DetailsAddition(.interbankSettlementDate, nil, isContent: false),
                DetailsAddition(.originatingBank, originatingBank, isContent: false),
                DetailsAddition(.payerCode, payerCode, isContent: true),
                DetailsAddition(.creditorCode, creditorCode, isContent: true),
                DetailsAddition(.messageName, messageName, isContent: false),
            ])
        guard let text else { throw GatewayError(.internalError) }
        return text
    }
}

extension ProtoPaymentDetails {
    /// The same rules as in messages: what the details say must fit into one.
    ///
    /// - Throws: `MALFORMED_REQUEST` naming the field.
    /// - Complexity: O(bytes).
    package func checkForm() throws(GatewayError) {
        let bytes: [UInt8]? = try? serializedBytes()
        guard let bytes else { throw GatewayError(.internalError) }
        if let fault = TransferDetails.fault(in: bytes) {
            throw Field.malformed(fault.path, fault.rule)
        }
    }
}
