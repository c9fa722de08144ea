internal import Chance
internal import Domain
internal import Foundation
internal import Gateway
internal import HTTP2
internal import Scenarios

/// How orders travel to the gateway.
enum Road: CaseIterable {
    case json
    case grpc
    case jsonBatch
    case grpcBatch
    case grpcStream

    var ordersPerCall: Int {
        switch self {
        case .json, .grpc: 1
        case .jsonBatch: 5
        case .grpcBatch: 20
        case .grpcStream: 10
        }
    }
}

/// What the banks sent, what they were told, and what they have seen since: the memory against
/// which the gateway is checked.
actor Traffic {
    struct Sent: Sendable {
        let bank: String
        let order: ProtoPaymentOrder
    }

    let seed: UInt64
    private var random: SplitMix64
    private(set) var sent: [String: Sent] = [:]
    /// Sent, but never answered with a result.
    private(set) var unanswered: [String: Sent] = [:]
    /// The latest answer about each payment.
    private(set) var acknowledged: [String: ProtoPayment] = [:]
    /// Orders that were refused, with their codes.
    private(set) var refused: [String: String] = [:]
    /// What broke promises, in words.
    private(set) var complaints: [String] = []
    private(set) var failures: [String: Int] = [:]
    private(set) var isOver = false

    init(seed: UInt64) {
        self.seed = seed
        random = SplitMix64(seed: seed)
    }

    func begin() { isOver = false }
    func end() { isOver = true }

    /// Milliseconds until the next blow.
    func pause(_ range: ClosedRange<Int64>) -> Int64 { random.between(range) }

    // MARK: Orders

    /// Orders of a bank that have not been sent before.
    func orders(of bank: String, count: Int) -> [ProtoPaymentOrder] {
        (0..<count).map { _ in
            let order = makeOrder(bank)
            sent[order.uetr] = Sent(bank: bank, order: order)
            unanswered[order.uetr] = sent[order.uetr]
            return order
        }
    }

    /// A payment of the bank that may still rest in the book, now and then.
    func cancellation(of bank: String) -> String? {
        guard random.percent(12) else { return nil }
        return acknowledged.values.first {
            $0.payer == bank && PaymentStatus(code: $0.status)?.isFinal == false
        }?.uetr
    }

    private func makeOrder(_ bank: String) -> ProtoPaymentOrder {
        let creditors = Market.chinese.contains(bank) ? Market.thai : Market.chinese
        let creditor = random.pick(creditors)
        let fen = random.between(100...50_000)
        let paysRenminbi = Market.chinese.contains(bank)
        var order = Market.order(
            from: bank, to: creditor, uetr: random.uetr().description,
            amount: decimal(paysRenminbi ? fen : fen * 5))
        if random.percent(33) {
            order.receiveAmount = decimal(paysRenminbi ? fen * 5 : fen)
        }
        order.limitRate = "4.\(random.between(8_500...9_500))"
        switch random.below(20) {
        case 0: order.timeInForce = .immediateOrCancel
        case 1: order.timeInForce = .fillOrKill
        case 2: order.fillPolicy = .complete
        // Above the corridor's largest size: refused, and refused again when repeated.
        case 3: order.payAmount = "90000000.00"
        default: order.details.endToEndID = "E2E-\(order.uetr.prefix(8))"
        }
        return order
    }

    private func decimal(_ minorUnits: Int64) -> String {
        Money(minorUnits: minorUnits, currency: .cny).decimal
    }

    // MARK: Answers

    /// How much of a payment's fills a view shows.
    enum FillsShown {
        /// Lists leave them out.
        case none
        /// The answer to an order may know only those that the order itself caused.
        case some
        case all
    }

    /// What a call or a look at the list says about a payment; it must agree with what was said
    /// before.
    func learn(_ payment: ProtoPayment, fills shown: FillsShown) {
        var payment = payment
        unanswered[payment.uetr] = nil
        if refused[payment.uetr] != nil, payment.status != "RJCT" {
            complaints.append("\(payment.uetr) was refused and is now \(payment.status)")
        }
        if let before = acknowledged[payment.uetr] {
            if let complaint = Traffic.contradiction(before, payment) {
                complaints.append("\(payment.uetr) \(complaint)")
            }
            let lost = before.fills.filter { !payment.fills.contains($0) }
            switch shown {
            case .none: payment.fills = before.fills
            case .some: payment.fills += lost
            case .all where !lost.isEmpty:
                complaints.append("\(payment.uetr) lost or changed fills \(lost.map(\.fillID))")
            case .all: break
            }
        }
        payment.repetition = false
        acknowledged[payment.uetr] = payment
    }

    func learn(refusal code: String, of uetr: String) {
        unanswered[uetr] = nil
        if let before = refused[uetr], before != code {
            complaints.append("\(uetr) was refused with \(before) and now with \(code)")
        }
        if let before = acknowledged[uetr], before.status != "RJCT" {
            complaints.append("\(uetr) was \(before.status) and is now refused with \(code)")
        }
        refused[uetr] = code
    }

    func learn(failure: String) { failures[failure, default: 0] += 1 }
    func complain(_ complaint: String) { complaints.append(complaint) }

    /// Why the later view cannot follow the earlier one; nil when it can.
    private static func contradiction(
        _ before: ProtoPayment, _ after: ProtoPayment
    ) -> String? {
        guard let old = PaymentStatus(code: before.status),
            let new = PaymentStatus(code: after.status)
        else { return "has a status that does not exist" }
        if after.paymentID != before.paymentID { return "has another number now" }
        if !new.mayFollow(old) { return "went from \(old.code) to \(new.code)" }
        if old.isFinal, before.endReason != after.endReason {
            return "was final as \(old.code) for another reason"
        }
        // A payment that was cancelled before is answered without its amounts.
        let hasAmounts = before.hasPaid && after.hasPaid
        if old.isFinal, hasAmounts, before.paid != after.paid || before.received != after.received {
            return "was final and its amounts changed"
        }
        return nil
    }
}
