import BankMessages
import Domain
import Gateway
import Scenarios
import SwiftProtobuf
import Testing

/// A credit transfer means what the friendly message of the same payment means.
@Suite struct InstructionTests {
    private struct Unexpected: Error {}

    private static let second: Timestamp = 1_000_000_000
    private static let bank = BIC("BKCHCNB0") ?? .none

    private static func corridor(_ foreign: Currency, tick: Int64) -> CorridorRow {
        CorridorRow(
            corridor: Corridor(
                foreign: foreign, tick: Rate(scaled: tick),
                referenceRate: Rate(scaled: 493_000_000), collarBasisPoints: 500, minimumSize: 1,
                maximumSize: 1_000_000_000, feePartsPerMillion: 0, utcOffsetMinutes: 420),
            state: .open)
    }

    private static func mapping(_ corridors: [CorridorRow], now: Timestamp = 1)
        -> InstructionMapping
    {
        InstructionMapping(
            corridors: corridors, now: now, messageIdentification: "MSG-1",
            messageName: "pacs.008.001.10")
    }

    private static func instruction(
        paying paid: Money, receiving received: Money, at rate: ExchangeRate? = nil,
        _ change: (inout CreditTransfer) -> Void = { _ in }
    ) throws -> PaymentInstruction {
        var transfer = CreditTransfer(
            endToEndIdentification: "INV-7", uetr: UETR(bits: 4 << 76 | 2 << 62 | 7),
            interbankSettlementAmount: received, debtor: Party(name: "Ann"),
            debtorAgent: Party(bic: BIC("YTZGCNB0")), creditorAgent: Party(bic: BIC("CPLBTHB0")),
            creditor: Party(name: "廊桥"))
        transfer.instructedAmount = paid
        transfer.exchangeRate = rate
        transfer.chargeBearer = .shared
        transfer.debtorAccount = CashAccount(identification: .other("42"))
        transfer.remittanceInformation.unstructured = ["thanks"]
        change(&transfer)
        let message = CreditTransferMessage(
            groupHeader: GroupHeader(
                messageIdentification: "MSG-1", creationDateTime: 0,
                settlementMethod: .clearingSystem),
            transactions: [transfer])
        guard case .creditTransfers(let read) = try BankMessage(xml: Array(try message.xml().utf8))
        else { throw Unexpected() }
        return try read.paymentInstruction(at: 0)
    }

    /// The friendly message, with the rate that the payer can take at least on the tick.
    private static func friendly(
        _ instruction: PaymentInstruction, limit: String
    ) -> ProtoPaymentOrder {
        var order = ProtoPaymentOrder()
        order.uetr = instruction.uetr.description
        order.payer = "YTZGCNB0"
        order.creditorParticipant = "CPLBTHB0"
        order.payCurrency = instruction.payCurrency.code
        order.receiveCurrency = instruction.receiveAmount.currency.code
        order.receiveAmount = instruction.receiveAmount.decimal
        order.limitRate = limit
        order.details.endToEndID = "INV-7"
        order.details.messageID = "MSG-1"
        order.details.messageName = "pacs.008.001.10"
        order.attempt = "MSG-1"
        order.details.debtor.name = "Ann"
        order.details.debtor.account = "42"
        order.details.creditor.name = "廊桥"
        order.details.remittance = ["thanks"]
        order.details.chargeBearer = "SHAR"
        order.details.instructedAmount.currency = instruction.payAmount?.currency.code ?? ""
        order.details.instructedAmount.amount = instruction.payAmount?.decimal ?? ""
        order.details.debtorAgent.bic = "YTZGCNB0"
        order.details.creditorAgent.bic = "CPLBTHB0"
        return order
    }

    @Test func theCommandsAreTheSame() throws {
        let renminbi = Money(minorUnits: 100_000, currency: .cny)
        let baht = Money(minorUnits: 493_125, currency: .thb)
        let tick: Int64 = 10_000
        for (paid, received, corridors, limit) in [
            (renminbi, baht, [Self.corridor(.thb, tick: tick)], "4.9313"),
            (baht, renminbi, [Self.corridor(.thb, tick: tick)], "4.9312"),
            (renminbi, baht, [Self.corridor(.myr, tick: tick)], "4.93125"),
            (renminbi, baht, [], "4.93125"),
        ] {
            let instruction = try Self.instruction(paying: paid, receiving: received)
            let mapped = try Self.mapping(corridors).order(instruction).mapped(
                submitter: Self.bank, ContentHashing())
            let expected = try OrderMapping.order(
                from: Self.friendly(instruction, limit: limit), submitter: Self.bank)
            #expect(mapped.order == expected.order && mapped.order.contentHash != 0)
            #expect(mapped.command.bytes == expected.command.bytes)
        }
    }

    /// A limit that rounds to nothing is refused, and must never be none.
    @Test func limitsOffTheScaleAreRefused() throws {
        let instruction = try Self.instruction(
            paying: Money(minorUnits: 10, currency: .thb),
            receiving: Money(minorUnits: 1_000, currency: .cny))
        #expect(instruction.limit == Rate(scaled: 1_000_000))
        let mapping = Self.mapping([Self.corridor(.thb, tick: 2_000_000)])
        #expect(code { _ = try mapping.order(instruction) } == .malformedRequest)
        #expect(
            detail { _ = try mapping.order(instruction) }.hasPrefix(
                "limit_rate must be a rate"))
    }

    /// R22.1 A date in a message is that of the friendly order, and no part of the content.
    @Test func laterDatesAreThoseOfTheFriendlyOrder() throws {
        let instruction = try Self.instruction(
            paying: Money(minorUnits: 100_000, currency: .cny),
            receiving: Money(minorUnits: 493_125, currency: .thb)
        ) { $0.interbankSettlementDate = CalendarDate(daysSince1970: 20_001) }
        let mapping = InstructionMapping(
            corridors: [Self.corridor(.thb, tick: 10_000)],
            now: 20_000 * 86_400 * Self.second, rules: .v4, messageIdentification: "MSG-1",
            messageName: "pacs.008.001.10")
        try mapping.checkSettlement(of: instruction)
        let mapped = try mapping.order(instruction).mapped(
            submitter: Self.bank, ContentHashing())
        var friendly = Self.friendly(instruction, limit: "4.9313")
        friendly.settlementDate = "2024-10-05"
        friendly.details.interbankSettlementDate = "2024-10-05"
        let expected = try OrderMapping.order(from: friendly, submitter: Self.bank)
        #expect(mapped.order == expected.order && mapped.command.bytes == expected.command.bytes)
        #expect(mapped.order.kind == .submitDatedPayment)
        friendly.settlementDate = ""
        let undated = try OrderMapping.order(from: friendly, submitter: Self.bank)
        #expect(undated.order.contentHash == mapped.order.contentHash)
        #expect(undated.order.kind == .submitPayment)
        // Older rules have no form for it.
        friendly.settlementDate = "2024-10-05"
        #expect(
            code {
                _ = try OrderMapping.order(
                    from: friendly, submitter: Self.bank, ContentHashing(rules: .v3))
            } == .rulesTooOld)
        friendly.settlementDate = "2024-10-32"
        #expect(
            code { _ = try OrderMapping.order(from: friendly, submitter: Self.bank) }
                == .malformedRequest)
    }

    /// The day is that of the corridor's place, and what the message sets as an end is the order's.
    @Test func settlementDatesAreThoseOfTheCorridor() throws {
        let instruction = try Self.instruction(
            paying: Money(minorUnits: 100_000, currency: .cny),
            receiving: Money(minorUnits: 493_125, currency: .thb)
        ) {
            $0.interbankSettlementDate = CalendarDate(daysSince1970: 20_001)
            $0.settlementTimeRequest.till = TimeOfDay("15:00:00")
        }
        let corridors = [Self.corridor(.thb, tick: 10_000)]
        let (day, hour) = (86_400 * Self.second, 3_600 * Self.second)
        func check(at now: Timestamp) throws(MessageRejection) {
            try Self.mapping(corridors, now: now).checkSettlement(of: instruction)
        }
        // The corridor is seven hours ahead of UTC.
        let midnight = 20_001 * day - 7 * hour
        try check(at: midnight)
        for (now, code) in [
            (midnight - 1, StatusReasonCode.invalidDate),
            (midnight + 15 * hour, .invalidCutOffTime), (midnight + day, .invalidDate),
        ] {
            let refused = #expect(throws: MessageRejection.self) { try check(at: now) }
            #expect(refused?.code == code)
        }
        // Sent again on another day it is the same order still.
        for now in [midnight, midnight + day] {
            let order = try Self.mapping(corridors, now: now).order(instruction)
            #expect(order.draft.timeInForce == .goodTillDate)
            #expect(order.draft.expiresAt == midnight + 15 * hour)
        }
    }
}
