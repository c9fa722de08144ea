package import Chance
package import Domain

extension SplitMix64 {
    /// Any command of this kind, sensible or not: every field takes any value that it can hold.
    package mutating func command(_ kind: CommandKind) -> Command {
        switch kind {
        case .submitPayment: return .submitPayment(paymentOrder())
        case .submitDatedPayment:
            var order = paymentOrder()
            order.settlementDate = CivilDate(rawValue: UInt16(1 + below(65_535)))
            return .submitPayment(order)
        case .cancelPayment:
            let payer = percent(50) ? bic() : .none
            return .cancelPayment(
                Cancellation(uetr: UETR(bits: wide()), submitter: bic(), payer: payer))
        default:
            for type in DeclaredCommands.all where type.kind == kind {
                let command = Command.declared(declared(type))
                return percent(50) ? command : command.given(by: People.zhao, as: wide())
            }
            preconditionFailure("there is no \(kind)")
        }
    }

    /// Any value of a declared command or row: every field takes any value that it can hold.
    package mutating func declared<Value: Declared>(_ type: Value.Type) -> Value {
        var value = Value()
        var fields = RandomFields(random: self)
        value.visit(&fields)
        self = fields.random
        return value
    }

    private mutating func bic() -> BIC { BIC(packed: next()) }

    private mutating func integer() -> Int64 { Int64(bitPattern: next()) }

    private mutating func paymentOrder() -> PaymentOrder {
        var order = PaymentOrder(
            uetr: UETR(bits: wide()), contentHash: wide(), submitter: bic(), payer: bic(),
            creditor: bic(), foreign: pick(Currency.allCases), side: pick(Side.allCases),
            fixed: pick(FixedAmount.allCases), amount: integer(), limit: Rate(scaled: integer()),
            timeInForce: pick(TimeInForce.allCases), fillPolicy: pick(FillPolicy.allCases),
            minimumFill: integer(), expiresAt: integer(), attempt: percent(50) ? wide() | 1 : 0)
        if percent(50) { order.forgottenAttempts = UInt8(below(Limits.attempts + 1)) }
        return order
    }
}

private struct RandomFields: FieldVisitor {
    var random: SplitMix64

    mutating func field<Value: FieldValue>(
        _ name: String, _ value: inout Value, _ form: FieldForm
    ) {
        while true {
            let bits = Value.Bits(truncatingIfNeeded: random.wide())
            guard let random = Value(bits: bits) else { continue }
            value = random
            return
        }
    }
}
