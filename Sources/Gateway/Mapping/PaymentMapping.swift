internal import Domain
internal import Store
internal import SwiftProtobuf

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

extension ProtoPayment {
    /// A payment as its payer's side may see it.
    init(_ row: PaymentRow, payer: BIC, creditor: BIC) {
        self.init()
        uetr = row.uetr.description
        paymentID = row.id
        status = row.status.code
        endReason = row.endReason.name
        result = ProtoResult(row.code)
        self.payer = payer.description
        creditorParticipant = creditor == .none ? "" : creditor.description
        payCurrency = row.payCurrency.code
        receiveCurrency = row.receiveCurrency.code
        let fixedCurrency = row.fixed == .pay ? row.payCurrency : row.receiveCurrency
        let amount = Money(minorUnits: row.amount, currency: fixedCurrency).decimal
        fixed = row.fixed == .pay ? .payAmount(amount) : .receiveAmount(amount)
        if row.statedLimit != .none { limitRate = row.statedLimit.decimal }
        timeInForce = ProtoTimeInForce(row.timeInForce)
        if row.expiresAt != 0, row.expiresAt != .never {
            expiresAt = Google_Protobuf_Timestamp(row.expiresAt)
        }
        fillPolicy = ProtoFillPolicy(row.fillPolicy)
        if row.minimumFill != 0 {
            minimumFill = Money(minorUnits: row.minimumFill, currency: fixedCurrency).decimal
        }
        paid = ProtoMoney(row.paid, row.payCurrency)
        received = ProtoMoney(row.received, row.receiveCurrency)
        fee = ProtoMoney(row.fee, row.payCurrency)
        held = ProtoMoney(row.held, row.payCurrency)
        remaining = Money(minorUnits: row.remaining, currency: fixedCurrency).decimal
        acceptedAt = Google_Protobuf_Timestamp(row.acceptedAt)
        updatedAt = Google_Protobuf_Timestamp(row.updatedAt)
    }

    /// The same with the parties that the row names by number.
    init(_ row: PaymentRow, in directory: Directory) {
        self.init(
            row, payer: directory.bic(of: row.payer), creditor: directory.bic(of: row.creditor))
    }

    /// What has become of an order that was on record already, as its outcome tells: not its fee,
    /// holds and rest, when it was accepted and changed, or its fills.
    init(_ order: PaymentOrder, repeated outcome: Outcome, details: ProtoPaymentDetails?) {
        var row = PaymentRow(
            id: outcome.payment, order: order, payer: 0, creditor: 0, acceptedAt: 0)
        row.status = outcome.status ?? row.status
        row.endReason = outcome.endReason
        row.code = outcome.code
        row.paid = outcome.paid
        row.received = outcome.received
        let isCreditorKnown = outcome.code != .creditorUnknown
        self.init(row, payer: order.payer, creditor: isCreditorKnown ? order.creditor : .none)
        clearFee()
        clearHeld()
        remaining = ""
        clearAcceptedAt()
        clearUpdatedAt()
        repetition = true
        guard let details else { return }
        self.details = details
        // R3.15 Whose a code was when the order was new, the outcome does not say.
        if !details.payerCode.isEmpty { payer = details.payerCode }
        if !details.creditorCode.isEmpty, isCreditorKnown {
            creditorParticipant = details.creditorCode
        }
    }

    /// A payment that its bank cancelled before, as the outcome tells.
    init(_ uetr: UETR, cancelledBefore outcome: Outcome) {
        self.init()
        self.uetr = uetr.description
        paymentID = outcome.payment
        status = outcome.status?.code ?? ""
        endReason = outcome.endReason.name
        result = ProtoResult(outcome.code)
        repetition = true
    }

    /// Adds the details that came with the order, as recorded.
    mutating func addDetails(_ json: String?) {
        detailsErased = json == ""
        guard let json, let read = try? ProtoPaymentDetails(jsonString: json) else { return }
        details = read.asPaid(by: payer)
    }

    /// Leaves out what only the payer's side may see: its rate, fee, holds and fills.
    func asSeenByCreditor() -> ProtoPayment {
        var seen = self
        seen.limitRate = ""
        seen.clearFee()
        seen.clearHeld()
        seen.clearPaid()
        seen.fills = []
        seen.nextFillsPageToken = ""
        seen.remaining = ""
        seen.minimumFill = ""
        seen.endReason = ""
        if case .payAmount = seen.fixed { seen.fixed = nil }
        return seen
    }
}

extension ProtoFill {
    init(_ fill: PaymentFill, of row: PaymentRow) {
        self.init()
        fillID = fill.id
        time = Google_Protobuf_Timestamp(fill.timestamp)
        rate = fill.rate.decimal
        paid = ProtoMoney(fill.paid, row.payCurrency)
        received = ProtoMoney(fill.received, row.receiveCurrency)
        fee = ProtoMoney(fill.fee, row.payCurrency)
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
