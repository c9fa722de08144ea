internal import Benchmark
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

    private static let channels: [(element: DemoChannel, weight: Int64)] = [
        (.grpc, 30), (.json, 25), (.message, 25), (.batch, 10), (.stream, 10),
    ]

    /// Orders of the flow, before banks square what is left.
    static let flowOrders = 300

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    /// The customers' payments of the morning, some of which lack funds on purpose.
    mutating func flow() -> [DemoStep] {
        var steps: [DemoStep] = []
        var poor = DemoPoorOrder.all[...]
        while orders < DemoPlan.flowOrders {
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
            weighted: DemoWorld.corridors.map { (element: $0, weight: $0.share) })
        let excess = imbalance[corridor.foreign, default: 0]
        // Trade is not balanced by the minute, but over a morning it nearly is.
        let side: Side = random.percent(excess > 0 ? 35 : 65) ? .payRenminbi : .payForeign
        let channel = random.pick(weighted: DemoPlan.channels)
        let count =
            switch channel {
            case .grpc, .json: 1
            case .message: random.count(1...3)
            case .batch, .stream: random.count(3...8)
            }
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
        // A customer credit transfer says what the creditor is to receive.
        let fixed: FixedAmount =
            channel == .message || random.percent(side == .payRenminbi ? 35 : 60) ? .receive : .pay
        let fen = drawnFen(500_000...25_000_000)
        imbalance[corridor.foreign, default: 0] += side == .payRenminbi ? fen : -fen
        var order = order(corridor, side, from: payer, fixed, fen)
        if random.percent(95) {
            let distance = random.between(-25...10)
            order.limit = corridor.rate(
                basisPoints: side == .payRenminbi ? distance : -distance)
        }
        guard channel != .message else { return order }
        switch random.between(0...99) {
        case 0..<4:
            order.fillPolicy = .complete
        case 4..<8:
            order.fillPolicy = .minimum
            order.minimumFill = Money(
                minorUnits: order.amount.minorUnits / 4, currency: order.amount.currency)
        case 8..<12:
            order.timeInForce = .immediateOrCancel
            order.expectation = .settledOrUnmatched
        default: break
        }
        return order
    }

    /// Larger than what is left at the end of a morning.
    mutating func drawnLarge() -> Int64 { drawnFen(60_000_000...120_000_000) }

    /// Half of the amounts are whole thousands, as on real invoices.
    private mutating func drawnFen(_ range: ClosedRange<Int64>) -> Int64 {
        let fen = random.between(range)
        return random.percent(50) ? fen / 100_000 * 100_000 : fen
    }

    private mutating func poorStep(_ poor: DemoPoorOrder) -> DemoStep {
        let corridor = DemoWorld.corridors.first { $0.foreign == poor.foreign }!
        var order = order(corridor, .payForeign, from: poor.payer, poor.fixed, poor.fen)
        order.limit = corridor.rate(basisPoints: 5)
        order.expectation = .rejected(.insufficientFunds)
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
