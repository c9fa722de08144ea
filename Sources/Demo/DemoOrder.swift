internal import Benchmark
internal import Domain
internal import Foundation
internal import Gateway
internal import SwiftProtobuf

typealias DemoChannel = CustomerChannel

/// How a payment is meant to end.
enum DemoExpectation: Equatable, Sendable {
    case settled
    /// An immediate-or-cancel order: filled, or ended for want of a match.
    case settledOrUnmatched
    /// Ends without being filled whole; `partly` when a part is settled before.
    case ended(EndReason, partly: Bool)
    /// Refused for a reason that passes: no payment, and another attempt may succeed.
    case refused(ResultCode)
}

/// A payment order as planned.
struct DemoOrder: Sendable {
    var uetr: String
    /// Its place in the plan, from 1; part of its references.
    let number: Int
    let payer: BIC
    let creditor: BIC
    let corridor: DemoCorridor
    let side: Side
    let fixed: FixedAmount
    var amount: Money
    /// What a customer credit transfer says is paid; its other amount follows from it by the rate.
    var instructedAmount: Money?
    var limit: Rate?
    var timeInForce = ProtoTimeInForce.goodTillCancelled
    /// How long a good-till-date order stands once it is submitted.
    var lifetime: Duration?
    var fillPolicy = ProtoFillPolicy.any
    var minimumFill: Money?
    /// Which attempt at the payment this is; empty for the first.
    var attempt = ""
    var debtorName = ""
    var creditorName = ""
    var expectation = DemoExpectation.settled

    var payCurrency: Currency { side == .payRenminbi ? .cny : corridor.foreign }
    var receiveCurrency: Currency { side == .payRenminbi ? corridor.foreign : .cny }
    var endToEnd: String { "DEMO-E2E-\(number)" }
    var remittance: String { "Invoice \(2_000 + number)" }

    /// The order as gRPC and JSON carry it; a good-till-date order's time runs from now.
    var proto: ProtoPaymentOrder {
        var order = ProtoPaymentOrder()
        order.uetr = uetr
        order.creditorParticipant = creditor.description
        order.payCurrency = payCurrency.code
        order.receiveCurrency = receiveCurrency.code
        order.fixed =
            fixed == .pay ? .payAmount(amount.decimal) : .receiveAmount(amount.decimal)
        if let limit { order.limitRate = limit.decimal }
        order.timeInForce = timeInForce
        if let lifetime {
            order.expiresAt = Google_Protobuf_Timestamp(
                date: Date(timeIntervalSinceNow: lifetime / .seconds(1)))
        }
        order.fillPolicy = fillPolicy
        if let minimumFill { order.minimumFill = minimumFill.decimal }
        order.attempt = attempt
        order.details.endToEndID = endToEnd
        order.details.debtor.name = debtorName
        order.details.creditor.name = creditorName
        order.details.purpose = "GDDS"
        order.details.remittance = [remittance]
        return order
    }
}

/// Orders of one bank that go to the gateway together.
struct DemoStep: Sendable {
    let bank: BIC
    let channel: DemoChannel
    let orders: [DemoOrder]
    /// Whether it is sent a second time, as after a lost answer.
    let isRepeated: Bool

    init(bank: BIC, channel: DemoChannel, orders: [DemoOrder], isRepeated: Bool = false) {
        self.bank = bank
        self.channel = channel
        self.orders = channel == .message ? orders.map(\.instructed) : orders
        self.isRepeated = isRepeated
    }
}
