internal import Domain

extension ProtoTimeInForce {
    init(_ value: TimeInForce) {
        self =
            switch value {
            case .immediateOrCancel: .immediateOrCancel
            case .fillOrKill: .fillOrKill
            case .day: .day
            case .goodTillCancelled: .goodTillCancelled
            case .goodTillDate: .goodTillDate
            }
    }
}

extension ProtoFillPolicy {
    init(_ value: FillPolicy) {
        self =
            switch value {
            case .any: .any
            case .minimum: .minimum
            case .complete: .complete
            }
    }
}

extension ProtoPaymentDetails {
    /// R3.16 The bank that an order names may have become a participant before the order was
    /// carried out: then it pays for itself.
    func asPaid(by payer: String) -> ProtoPaymentDetails {
        guard !originatingBank.isEmpty, originatingBank == payer else { return self }
        var details = self
        details.originatingBank = ""
        return details
    }
}
