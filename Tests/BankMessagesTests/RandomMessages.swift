import BankMessages
internal import Chance
import Domain

/// Draws messages that use every field a pacs.008 or pacs.009 carries, with awkward texts.
struct RandomMessages {
    var generator: SplitMix64

    /// pacs.008 and pacs.009 in all their versions.
    static let creditTransferDefinitions = MessageDefinition.all.filter {
        MessageDefinition.Message.creditTransfers.contains($0.message)
    }

    init(seed: UInt64) {
        generator = SplitMix64(seed: seed)
    }

    mutating func message(
        _ definition: MessageDefinition = MessageDefinition(.customerCreditTransfer),
        transactions: ClosedRange<Int> = 1...4
    ) -> CreditTransferMessage {
        let count = Int.random(in: transactions, using: &generator)
        let time = Timestamp.random(in: 0...4_000_000_000_000_000_000, using: &generator)
        var message = CreditTransferMessage(
            definition: definition,
            groupHeader: GroupHeader(
                messageIdentification: text(35), creationDateTime: time,
                settlementMethod: SettlementMethod.allCases.randomElement(using: &generator)!),
            transactions: (0..<count).map { _ in transfer(definition) })
        if Bool.random(using: &generator) {
            message.envelope = [
                .standard, .element(name: "RequestPayload", namespace: "urn:swift:saa:xsd"),
            ].randomElement(using: &generator)!
            message.header = BusinessApplicationHeader(
                version: .random(in: BusinessApplicationHeader.versions, using: &generator),
                from: maybe { $0.bic() }, to: maybe { $0.bic() },
                businessMessageIdentifier: text(35),
                messageDefinitionIdentifier: definition.name,
                businessService: maybe { $0.text(35) }, creationDate: time / 1_000_000 * 1_000_000,
                copyDuplicate: maybe {
                    CopyDuplicate.allCases.randomElement(using: &$0.generator)!
                },
                possibleDuplicate: maybe { Bool.random(using: &$0.generator) })
        }
        return message
    }

    mutating func transfer(_ definition: MessageDefinition) -> CreditTransfer {
        var transfer =
            definition.message == .customerCreditTransfer
            ? customerTransfer() : institutionTransfer()
        fillReferences(of: &transfer)
        fillTimes(of: &transfer)
        let hasExpiry = definition.version == definition.message.versions.upperBound
        transfer.expiryDateTime = hasExpiry ? maybe { $0.time() } : nil
        return transfer
    }

    /// A COV every other time, both with all that the schema lets it carry here.
    private mutating func institutionTransfer() -> CreditTransfer {
        let customer = customerTransfer()
        var transfer = CreditTransfer(
            endToEndIdentification: text(35), uetr: uetr(),
            interbankSettlementAmount: customer.interbankSettlementAmount,
            debtor: Party(name: maybe { $0.text(140) }, bic: bic()),
            debtorAgent: maybe { Party(bic: $0.bic()) } ?? Party(),
            creditorAgent: maybe { Party(bic: $0.bic()) } ?? Party(),
            creditor: Party(bic: bic()))
        guard Bool.random(using: &generator) else { return transfer }
        var underlying = UnderlyingCustomerTransfer(
            debtor: customer.debtor, debtorAgent: customer.debtorAgent,
            creditorAgent: customer.creditorAgent, creditor: customer.creditor)
        underlying.debtorAccount = maybe { $0.account() }
        underlying.creditorAccount = maybe { $0.account() }
        underlying.remittanceInformation.unstructured = several(2) { $0.text(140) }
        underlying.remittanceInformation.creditorReferences = several(2) { $0.text(35) }
        underlying.instructedAmount = customer.instructedAmount
        transfer.underlying = underlying
        return transfer
    }

    /// Amounts agree with the rate, so that each transfer is also an instruction.
    private mutating func customerTransfer() -> CreditTransfer {
        let foreign = Currency.allCases.filter { $0 != .cny }.randomElement(using: &generator)!
        let paysRenminbi = Bool.random(using: &generator)
        let (pay, receive) = paysRenminbi ? (Currency.cny, foreign) : (foreign, .cny)
        let (paid, rate, received) = amounts(pay: pay, receive: receive)
        var transfer = CreditTransfer(
            endToEndIdentification: text(35), uetr: uetr(), interbankSettlementAmount: received,
            debtor: Party(name: maybe { $0.text(140) }), debtorAgent: Party(bic: bic()),
            creditorAgent: Party(name: maybe { $0.text(140) }, bic: bic()),
            creditor: Party(name: maybe { $0.text(140) }))
        transfer.instructedAmount = paid
        transfer.exchangeRate = rate
        transfer.chargeBearer = ChargeBearer.allCases.randomElement(using: &generator)!
        transfer.remittanceInformation.creditorReferences = several(2) { $0.text(35) }
        return transfer
    }

    private mutating func fillTimes(of transfer: inout CreditTransfer) {
        transfer.settlementTimeIndication = SettlementTimeIndication(
            debit: maybe { $0.time() }, credit: maybe { $0.time() })
        transfer.settlementTimeRequest = SettlementTimeRequest(
            continuousLinkedSettlement: maybe { $0.timeOfDay() }, till: maybe { $0.timeOfDay() },
            from: maybe { $0.timeOfDay() }, reject: maybe { $0.timeOfDay() })
    }

    mutating func time() -> Timestamp {
        .random(in: 0...4_000_000_000_000_000_000, using: &generator)
    }

    private mutating func timeOfDay() -> TimeOfDay {
        let seconds = Int64.random(in: 0...86_400, using: &generator)
        return TimeOfDay(
            nanoseconds: seconds * 1_000_000_000,
            offsetMinutes: maybe { .random(in: -840...840, using: &$0.generator) })!
    }

    private mutating func fillReferences(of transfer: inout CreditTransfer) {
        transfer.instructionIdentification = maybe { $0.text(35) }
        transfer.transactionIdentification = maybe { $0.text(35) }
        transfer.paymentType = PaymentType(
            instructionPriority: maybe {
                InstructionPriority.allCases.randomElement(using: &$0.generator)!
            },
            serviceLevels: several(3) { $0.choice(4) }, localInstrument: maybe { $0.choice(35) })
        transfer.interbankSettlementDate = maybe {
            let year = Int.random(in: 2000...2100, using: &$0.generator)
            let month = Int.random(in: 1...12, using: &$0.generator)
            return CalendarDate(
                year: year, month: month, day: .random(in: 1...28, using: &$0.generator))!
        }
        transfer.settlementPriority = maybe {
            SettlementPriority.allCases.randomElement(using: &$0.generator)!
        }
        transfer.instructingAgent = maybe { $0.bic() }
        transfer.instructedAgent = maybe { $0.bic() }
        transfer.debtorAccount = maybe { $0.account() }
        transfer.creditorAccount = maybe { $0.account() }
        transfer.purpose = maybe { $0.choice(4) }
        transfer.remittanceInformation.unstructured = several(3) { $0.text(140) }
    }

    private mutating func amounts(
        pay: Currency, receive: Currency
    ) -> (Money, ExchangeRate, Money) {
        while true {
            let rate = ExchangeRate(
                digits: .random(in: 1_000...99_999, using: &generator),
                fractionDigits: .random(in: 3...5, using: &generator))!
            let paid = Int64.random(in: 100_000...1_000_000_000, using: &generator)
            let shift = receive.minorDigits - pay.minorDigits
            var value = Double(paid) * Double(rate.digits)
            for _ in 0..<rate.fractionDigits { value /= 10 }
            for _ in 0..<abs(shift) { value = shift > 0 ? value * 10 : value / 10 }
            guard value >= 1, value < 1e15, rate.rate(paying: pay) != nil else { continue }
            return (
                Money(minorUnits: paid, currency: pay), rate,
                Money(minorUnits: Int64(value.rounded()), currency: receive)
            )
        }
    }

    mutating func uetr() -> UETR {
        var bits = UInt128(generator.next()) << 64 | UInt128(generator.next())
        bits = bits & ~(UInt128(0xF) << 76) | UInt128(4) << 76
        bits = bits & ~(UInt128(3) << 62) | UInt128(2) << 62
        return UETR(bits: bits)
    }

    mutating func bic() -> BIC {
        let letters = (0..<6).map { _ in
            "ABCDEFGHIJKLMNOPQRSTUVWXYZ".randomElement(using: &generator)!
        }
        let branch = ["", "XXX", "B12"].randomElement(using: &generator)!
        return BIC(String(letters) + "2A" + branch)!
    }

    mutating func account() -> CashAccount {
        let iban = Bool.random(using: &generator)
        return CashAccount(
            identification: iban ? .iban("DE89370400440532013000") : .other(text(34)),
            currency: maybe { Currency.allCases.randomElement(using: &$0.generator)! })
    }

    mutating func choice(_ length: Int) -> CodeOrProprietary {
        Bool.random(using: &generator) ? .code(text(length)) : .proprietary(text(35))
    }

    /// 1 to `length` characters, those that XML must escape and those beyond ASCII included.
    mutating func text(_ length: Int) -> String {
        let alphabet: [Unicode.Scalar] = [
            "a", "Z", "0", " ", "&", "<", ">", "\"", "'", "]", "-", "/", "支", "付", "é", "🏦", "ก",
        ]
        var text = ""
        for _ in 0..<Int.random(in: 1...length, using: &generator) {
            text.unicodeScalars.append(alphabet.randomElement(using: &generator)!)
        }
        return text
    }

    mutating func maybe<Value>(_ draw: (inout RandomMessages) -> Value) -> Value? {
        Bool.random(using: &generator) ? draw(&self) : nil
    }

    mutating func several<Value>(
        _ most: Int, _ draw: (inout RandomMessages) -> Value
    ) -> [Value] {
        (0..<Int.random(in: 0...most, using: &generator)).map { _ in draw(&self) }
    }
}
