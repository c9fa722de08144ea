package import Chance
package import Domain

extension SplitMix64 {
    /// Any command of this kind, sensible or not: every field takes any value that it can hold.
    package mutating func command(_ kind: CommandKind) -> Command {
        switch kind {
        case .submitPayment: .submitPayment(paymentOrder())
        case .cancelPayment:
            .cancelPayment(Cancellation(uetr: UETR(bits: wide()), submitter: bic()))
        case .registerParticipant:
            .registerParticipant(
                ParticipantRegistration(
                    bic: bic(), lei: LEI(packed: wide()),
                    country: CountryCode(packed: UInt16(truncatingIfNeeded: next())),
                    roles: ParticipantRoles(rawValue: UInt8(truncatingIfNeeded: next())),
                    settlesThrough: bic()))
        case .setParticipantState:
            .setParticipantState(bic: bic(), state: pick(ParticipantState.allCases))
        case .configureCorridor: .configureCorridor(corridor())
        case .setCorridorState:
            .setCorridorState(
                foreign: pick(Currency.allCases), state: pick(CorridorState.allCases))
        case .setReferenceRate:
            .setReferenceRate(foreign: pick(Currency.allCases), rate: Rate(scaled: integer()))
        case .fund:
            .fund(
                Funding(
                    reference: UETR(bits: wide()), contentHash: wide(), participant: bic(),
                    currency: pick(Currency.allCases), amount: integer()))
        case .setCreditLimit:
            .setCreditLimit(
                bic: bic(),
                limit: Money(minorUnits: integer(), currency: pick(Currency.allCases)))
        }
    }

    private mutating func bic() -> BIC { BIC(packed: next()) }

    private mutating func integer() -> Int64 { Int64(bitPattern: next()) }

    private mutating func paymentOrder() -> PaymentOrder {
        PaymentOrder(
            uetr: UETR(bits: wide()), contentHash: wide(), submitter: bic(), payer: bic(),
            creditor: bic(), foreign: pick(Currency.allCases), side: pick(Side.allCases),
            fixed: pick(FixedAmount.allCases), amount: integer(), limit: Rate(scaled: integer()),
            timeInForce: pick(TimeInForce.allCases), fillPolicy: pick(FillPolicy.allCases),
            minimumFill: integer(), expiresAt: integer())
    }

    private mutating func corridor() -> Corridor {
        Corridor(
            foreign: pick(Currency.allCases), tick: Rate(scaled: integer()),
            referenceRate: Rate(scaled: integer()),
            collarBasisPoints: UInt16(truncatingIfNeeded: next()), minimumSize: integer(),
            maximumSize: integer(), feePartsPerMillion: UInt32(truncatingIfNeeded: next()),
            selfMatch: pick(SelfMatch.allCases), weekdays: UInt8(truncatingIfNeeded: next()),
            utcOffsetMinutes: Int16(truncatingIfNeeded: next()),
            opensAtMinute: UInt16(truncatingIfNeeded: next()),
            cutOffMinute: UInt16(truncatingIfNeeded: next()))
    }
}
