internal import Benchmark
internal import Chance
internal import Domain
internal import Foundation
internal import Gateway

/// Draws a morning's payments from a seed: the same seed gives the same orders in the same order,
/// but for their UETRs.
struct DemoPlan {
    private var random: SplitMix64
    private var orders = 0
    /// Fen ordered with renminbi to give less those with foreign currency to give, by corridor.
    private var imbalance: [Currency: Int64] = [:]

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    /// The customers' payments of the morning, some of which lack funds on purpose.
    mutating func flow() -> [DemoStep] {
        var steps: [DemoStep] = []
        var poor = DemoPoorOrder.all[...]
        while orders < CustomerMix.flowOrders {
            if orders >= 40 * (DemoPoorOrder.all.count - poor.count + 1), let next = poor.popFirst()
            {
                steps.append(poorStep(next))
            }
            steps.append(flowStep())
        }
        return steps
    }

    private mutating func flowStep() -> DemoStep {
        let corridor = random.pick(
            weighted: DemoWorld.corridors.map { (element: $0, weight: $0.market.share) })
        let side = random.customerSide(excess: imbalance[corridor.foreign, default: 0])
        let channel = random.customerChannel()
        let count = random.orderCount(channel)
        let payer = payer(corridor, side)
        let orders = (0..<count).map { _ in customerOrder(corridor, side, payer, channel) }
        let isSingle = channel == .grpc || channel == .json
        return DemoStep(
            bank: payer, channel: channel, orders: orders,
            isRepeated: isSingle && random.percent(5))
    }

    private mutating func payer(_ corridor: DemoCorridor, _ side: Side) -> BIC {
        switch side {
        case .payRenminbi: random.pick(DemoWorld.chinese)
        case .payForeign: random.percent(75) ? corridor.home : corridor.regional
        }
    }

    private mutating func customerOrder(
        _ corridor: DemoCorridor, _ side: Side, _ payer: BIC, _ channel: DemoChannel
    ) -> DemoOrder {
        let fixed = random.customerFixed(side, channel)
        let fen = random.invoice(CustomerMix.amounts)
        imbalance[corridor.foreign, default: 0] += side == .payRenminbi ? fen : -fen
        var order = order(corridor, side, from: payer, fixed, fen)
        let limit = random.customerLimit(corridor.market, side)
        if limit != .none { order.limit = limit }
        switch random.customerConditions(channel) {
        case .none: break
        case .complete:
            order.fillPolicy = .complete
        case .quarter:
            order.fillPolicy = .minimum
            order.minimumFill = Money(
                minorUnits: order.amount.minorUnits / 4, currency: order.amount.currency)
        case .immediateOrCancel:
            order.timeInForce = .immediateOrCancel
            order.expectation = .settledOrUnmatched
        }
        return order
    }

    /// A second bank's payment in the chain of a customer's payment: the same UETR.
    mutating func nextLeg(of first: DemoOrder) -> DemoOrder? {
        guard let payer = DemoWorld.chinese.first(where: { $0 != first.payer }) else { return nil }
        var leg = order(first.corridor, .payRenminbi, from: payer, .pay, 2_000_000)
        leg.uetr = first.uetr
        return leg
    }

    mutating func drawnLarge() -> Int64 { random.invoice(LateOrder.amounts) }

    private mutating func poorStep(_ poor: DemoPoorOrder) -> DemoStep {
        let corridor = DemoWorld.corridors.first { $0.foreign == poor.foreign }!
        var order = order(corridor, .payForeign, from: poor.payer, poor.fixed, poor.fen)
        order.limit = corridor.rate(basisPoints: 5)
        order.expectation = .refused(.insufficientFunds)
        return DemoStep(bank: poor.payer, channel: poor.channel, orders: [order])
    }

    /// An order of an amount worth `fen` at the reference rate.
    mutating func order(
        _ corridor: DemoCorridor, _ side: Side, from payer: BIC, _ fixed: FixedAmount, _ fen: Int64
    ) -> DemoOrder {
        let inRenminbi = (side == .payRenminbi) == (fixed == .pay)
        let amount =
            inRenminbi ? Money(minorUnits: fen, currency: .cny) : corridor.foreignMoney(fen)
        return order(corridor, side, from: payer, to: nil, fixed, amount)
    }

    /// An order in favour of `creditor`, or of a bank drawn for it.
    mutating func order(
        _ corridor: DemoCorridor, _ side: Side, from payer: BIC, to creditor: BIC?,
        _ fixed: FixedAmount, _ amount: Money
    ) -> DemoOrder {
        let drawn: BIC =
            switch side {
            case .payRenminbi: random.percent(75) ? corridor.home : corridor.regional
            case .payForeign: random.pick(DemoWorld.chinese)
            }
        orders += 1
        var order = DemoOrder(
            uetr: UUID().uuidString.lowercased(), number: orders, payer: payer,
            creditor: creditor ?? drawn, corridor: corridor, side: side, fixed: fixed,
            amount: amount)
        let isOwn = creditor == payer
        order.debtorName =
            isOwn ? DemoWorld.bank(payer).name : random.pick(DemoWorld.bank(payer).customers)
        order.creditorName =
            isOwn
            ? order.debtorName : random.pick(DemoWorld.bank(order.creditor).customers)
        return order
    }
}

/// An order that its bank's balance cannot cover, whatever has been settled before.
struct DemoPoorOrder: Sendable {
    let payer: BIC
    let foreign: Currency
    let channel: DemoChannel
    let fixed: FixedAmount
    let fen: Int64

    /// Banks without an account in the currency, and one far beyond its balance.
    static let all = [
        DemoPoorOrder(
            payer: DemoWorld.chaoPhraya, foreign: .sgd, channel: .grpc, fixed: .pay,
            fen: 12_000_000),
        DemoPoorOrder(
            payer: DemoWorld.archipelago, foreign: .myr, channel: .json, fixed: .pay,
            fen: 8_500_000),
        DemoPoorOrder(
            payer: DemoWorld.archipelago, foreign: .idr, channel: .batch, fixed: .pay,
            fen: 4_800_000_000),
        DemoPoorOrder(
            payer: DemoWorld.chaoPhraya, foreign: .myr, channel: .message, fixed: .receive,
            fen: 6_000_000),
        DemoPoorOrder(
            payer: DemoWorld.archipelago, foreign: .sgd, channel: .stream, fixed: .receive,
            fen: 3_000_000),
    ]
}
