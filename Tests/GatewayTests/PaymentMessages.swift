import Domain
import Gateway
import Store
import SwiftProtobuf

/// Payments as messages of SwiftProtobuf: what is written by hand is held against them.
extension ProtoPayment {
    /// A payment as its payer's side may see it, without fills and details.
    init(_ row: PaymentRow, payer: BIC, creditor: BIC) {
        self.init()
        uetr = row.uetr.description
        paymentID = row.id
        status = row.status.code
        endReason = row.endReason.name
        result = ProtoResult(of: row.code)
        self.payer = payer.description
        creditorParticipant = creditor == .none ? "" : creditor.description
        payCurrency = row.payCurrency.code
        receiveCurrency = row.receiveCurrency.code
        let fixedCurrency = row.fixed == .pay ? row.payCurrency : row.receiveCurrency
        let amount = Money(minorUnits: row.amount, currency: fixedCurrency).decimal
        fixed = row.fixed == .pay ? .payAmount(amount) : .receiveAmount(amount)
        if row.statedLimit != .none { limitRate = row.statedLimit.decimal }
        timeInForce =
            switch row.timeInForce {
            case .immediateOrCancel: .immediateOrCancel
            case .fillOrKill: .fillOrKill
            case .day: .day
            case .goodTillCancelled: .goodTillCancelled
            case .goodTillDate: .goodTillDate
            }
        if row.expiresAt != 0, row.expiresAt != .never {
            expiresAt = Google_Protobuf_Timestamp(at: row.expiresAt)
        }
        fillPolicy =
            switch row.fillPolicy {
            case .any: .any
            case .minimum: .minimum
            case .complete: .complete
            }
        if row.minimumFill != 0 {
            minimumFill = Money(minorUnits: row.minimumFill, currency: fixedCurrency).decimal
        }
        paid = ProtoMoney(of: row.paid, row.payCurrency)
        received = ProtoMoney(of: row.received, row.receiveCurrency)
        fee = ProtoMoney(of: row.fee, row.payCurrency)
        held = ProtoMoney(of: row.held, row.payCurrency)
        remaining = Money(minorUnits: row.remaining, currency: fixedCurrency).decimal
        acceptedAt = Google_Protobuf_Timestamp(at: row.acceptedAt)
        updatedAt = Google_Protobuf_Timestamp(at: row.updatedAt)
    }

    /// Without what the outcome of a repeated order does not say.
    var asRepetition: ProtoPayment {
        var payment = self
        payment.clearFee()
        payment.clearHeld()
        payment.remaining = ""
        payment.clearAcceptedAt()
        payment.clearUpdatedAt()
        payment.repetition = true
        return payment
    }

    /// Without what only the payer's side may see: its rate, fee, holds and fills.
    var asSeenByCreditor: ProtoPayment {
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
        seen.clearEntryRefusal()
        if case .payAmount = seen.fixed { seen.fixed = nil }
        return seen
    }
}

extension ProtoResult {
    init(of code: ResultCode) {
        self.init()
        self.code = code.name
        number = Int32(code.rawValue)
        sentence = code.sentence
        isoReason = code.isoReason
    }
}

extension ProtoMoney {
    init(of minorUnits: Int64, _ currency: Currency) {
        self.init()
        self.currency = currency.code
        amount = Money(minorUnits: minorUnits, currency: currency).decimal
    }
}

extension Google_Protobuf_Timestamp {
    init(at time: Timestamp) {
        let second: Int64 = 1_000_000_000
        let seconds = time >= 0 ? time / second : -((-time + second - 1) / second)
        self.init(seconds: seconds, nanos: Int32(time - seconds * second))
    }
}
