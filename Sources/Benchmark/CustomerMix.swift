package import Chance
package import Domain

/// How an order reaches the gateway.
package enum CustomerChannel: String, CaseIterable, Sendable {
    case grpc = "gRPC"
    case stream = "gRPC stream"
    case json = "JSON"
    case batch = "JSON batch"
    case message = "pacs.008"
}

/// The conditions of a customer's order beside its amount and limit.
package enum CustomerConditions: Sendable {
    /// Good till cancelled, any fill.
    case none
    /// In one step or not at all.
    case complete
    /// A quarter at least in each step.
    case quarter
    case immediateOrCancel
}

/// An order of the late morning: large, and not meant to be filled whole.
package struct LateOrder: Sendable {
    package enum Ending: Sendable {
        case cancelled
        case expired
        /// Nothing is filled, for not all could be.
        case killed
    }

    package let side: Side
    package let fixed: FixedAmount
    /// How far its limit lies above the reference rate.
    package let basisPoints: Int64
    package let ending: Ending
    /// How many of its kind a morning has in all corridors together.
    let weight: Int64

    /// At a demanding rate, so that only a part may be filled until it is cancelled.
    package static let demanding = LateOrder(
        side: .payRenminbi, fixed: .pay, basisPoints: 30, ending: .cancelled, weight: 4)
    package static let demandingForAWhile = LateOrder(
        side: .payForeign, fixed: .receive, basisPoints: -30, ending: .expired, weight: 4)
    /// All at once or nothing.
    package static let unfillable = LateOrder(
        side: .payRenminbi, fixed: .pay, basisPoints: -35, ending: .killed, weight: 2)
    package static let farAway = LateOrder(
        side: .payForeign, fixed: .receive, basisPoints: -150, ending: .cancelled, weight: 2)
    package static let farAwayForAWhile = LateOrder(
        side: .payRenminbi, fixed: .receive, basisPoints: 150, ending: .expired, weight: 2)

    static let all = [demanding, demandingForAWhile, unfillable, farAway, farAwayForAWhile]

    /// Amounts in fen: larger than what is left at the end of a morning.
    package static let amounts: ClosedRange<Int64> = 60_000_000...120_000_000
    /// The amount of those that no book can fill at once.
    package static let unfillableAmount: Int64 = 300_000_000
}

/// What the banks' customers order: weights and ranges. The demonstration and workload W3 draw from
/// this one place, in this order: corridor, side, channel, and for each order what is fixed, its
/// amount, limit and conditions.
package enum CustomerMix {
    /// Orders of a morning before it is late.
    package static let flowOrders = 300
    /// Amounts in fen at the reference rate.
    package static let amounts: ClosedRange<Int64> = 500_000...25_000_000
    /// How far limits lie beside the reference rate, in basis points to the customer's advantage.
    static let limitDistance: ClosedRange<Int64> = -25...10
    static let limitedPercent = 95
    static let wholeThousandsPercent = 50
    /// Orders of a hundred that give renminbi, while less or more of it is given than asked for.
    static let renminbiPercent = (behind: 65, ahead: 35)
    /// Orders of a hundred that fix what is received.
    static let receivePercent = (renminbi: 35, foreign: 60)
    /// Orders of a hundred with each of the conditions; the others have none.
    static let conditions: [(element: CustomerConditions, weight: Int64)] = [
        (.complete, 4), (.quarter, 4), (.immediateOrCancel, 4), (.none, 88),
    ]
    static let channels: [(element: CustomerChannel, weight: Int64)] = [
        (.grpc, 30), (.json, 25), (.message, 25), (.batch, 10), (.stream, 10),
    ]
}

extension SplitMix64 {
    /// A corridor, by the shares.
    package mutating func pick(_ corridors: [MarketCorridor]) -> MarketCorridor {
        pick(weighted: corridors.map { (element: $0, weight: $0.share) })
    }

    /// A side. Trade is not balanced by the minute, but over a morning it nearly is.
    ///
    /// - Parameter excess: fen ordered so far with renminbi to give, less those with foreign
    ///   currency to give.
    package mutating func customerSide(excess: Int64) -> Side {
        let share = CustomerMix.renminbiPercent
        return percent(excess > 0 ? share.ahead : share.behind) ? .payRenminbi : .payForeign
    }

    package mutating func customerChannel() -> CustomerChannel {
        pick(weighted: CustomerMix.channels)
    }

    /// How many orders of one bank go together.
    package mutating func orderCount(_ channel: CustomerChannel) -> Int {
        switch channel {
        case .grpc, .json: 1
        case .message: count(1...3)
        case .batch, .stream: count(3...8)
        }
    }

    /// Which amount is fixed: a customer credit transfer says what the creditor is to receive.
    package mutating func customerFixed(_ side: Side, _ channel: CustomerChannel) -> FixedAmount {
        let share = CustomerMix.receivePercent
        return channel == .message
            || percent(side == .payRenminbi ? share.renminbi : share.foreign) ? .receive : .pay
    }

    /// An amount in fen; half of them are whole thousands of yuan, as on real invoices.
    package mutating func invoice(_ range: ClosedRange<Int64>) -> Int64 {
        let fen = between(range)
        return percent(CustomerMix.wholeThousandsPercent) ? fen / 100_000 * 100_000 : fen
    }

    /// A limit rate; ``Rate/none`` for those who take any rate inside the collar.
    package mutating func customerLimit(_ corridor: MarketCorridor, _ side: Side) -> Rate {
        guard percent(CustomerMix.limitedPercent) else { return .none }
        let distance = between(CustomerMix.limitDistance)
        return corridor.rate(basisPoints: side == .payRenminbi ? distance : -distance)
    }

    /// One of the late orders, or nil for one of the flow: as many of each as a morning has.
    mutating func lateOrder() -> LateOrder? {
        let late = LateOrder.all.map { (element: Optional($0), weight: $0.weight) }
        return pick(weighted: [(element: nil, weight: Int64(CustomerMix.flowOrders))] + late)
    }

    /// Conditions; a customer credit transfer has no place for any.
    package mutating func customerConditions(_ channel: CustomerChannel) -> CustomerConditions {
        channel == .message ? .none : pick(weighted: CustomerMix.conditions)
    }

    package mutating func count(_ range: ClosedRange<Int>) -> Int {
        Int(between(Int64(range.lowerBound)...Int64(range.upperBound)))
    }

    /// One of the elements, each as often as its weight says.
    package mutating func pick<Element>(
        weighted elements: [(element: Element, weight: Int64)]
    ) -> Element {
        var drawn = between(0...elements.reduce(0) { $0 + $1.weight } - 1)
        for (element, weight) in elements {
            drawn -= weight
            if drawn < 0 { return element }
        }
        preconditionFailure("the weights add up to more than was drawn")
    }
}
