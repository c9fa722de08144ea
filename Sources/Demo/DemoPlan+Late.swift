internal import Benchmark
internal import Domain
internal import Gateway

extension DemoPlan {
    /// Orders of the late morning that do not all find a match: a part is filled and the rest is
    /// cancelled or expires, or nothing is filled at all.
    mutating func lateOrders() -> [DemoStep] {
        DemoWorld.corridors.enumerated().flatMap { position, corridor in
            cancelledAfterPart(corridor) + expiredAfterPart(corridor)
                + (position.isMultiple(of: 2) ? [unfillable(corridor)] : [])
                + [position.isMultiple(of: 2) ? farCancelled(corridor) : farExpired(corridor)]
        }
    }

    /// Renminbi to give at a demanding rate; two fifths of it find a match.
    private mutating func cancelledAfterPart(_ corridor: DemoCorridor) -> [DemoStep] {
        let fen = drawnLarge()
        var large = order(.demanding, corridor, from: DemoWorld.yangtze, fen)
        large.expectation = .ended(.cancelledByBank, partly: true)
        var match = order(corridor, .payForeign, from: corridor.home, .receive, fen / 5 * 2)
        match.limit = corridor.rate(basisPoints: 40)
        return [step(large, .json), step(match, .message)]
    }

    /// Foreign currency to give for a short while; half of it finds a match.
    private mutating func expiredAfterPart(_ corridor: DemoCorridor) -> [DemoStep] {
        let fen = drawnLarge()
        var large = order(.demandingForAWhile, corridor, from: corridor.regional, fen)
        large.timeInForce = .goodTillDate
        large.lifetime = DemoPlan.shortLife
        large.expectation = .ended(.expired, partly: true)
        var match = order(corridor, .payRenminbi, from: DemoWorld.pearl, .pay, fen / 2)
        match.limit = corridor.rate(basisPoints: -40)
        return [step(large, .grpc), step(match, .batch)]
    }

    /// All at once or nothing, and there is not enough.
    private mutating func unfillable(_ corridor: DemoCorridor) -> DemoStep {
        var order = order(
            .unfillable, corridor, from: DemoWorld.pearl, LateOrder.unfillableAmount)
        order.timeInForce = .fillOrKill
        order.expectation = .ended(.killed, partly: false)
        return step(order, .stream)
    }

    private mutating func farCancelled(_ corridor: DemoCorridor) -> DemoStep {
        var order = order(.farAway, corridor, from: corridor.home, drawnLarge())
        order.expectation = .ended(.cancelledByBank, partly: false)
        return step(order, .message)
    }

    private mutating func farExpired(_ corridor: DemoCorridor) -> DemoStep {
        var order = order(.farAwayForAWhile, corridor, from: DemoWorld.yangtze, drawnLarge())
        order.timeInForce = .goodTillDate
        order.lifetime = DemoPlan.shortLife
        order.expectation = .ended(.expired, partly: false)
        return step(order, .json)
    }

    private mutating func order(
        _ late: LateOrder, _ corridor: DemoCorridor, from payer: BIC, _ fen: Int64
    ) -> DemoOrder {
        var order = order(corridor, late.side, from: payer, late.fixed, fen)
        order.limit = corridor.rate(basisPoints: late.basisPoints)
        return order
    }

    /// Long enough for a slow machine to take the order, short enough to wait for.
    private static let shortLife = Duration.seconds(3)

    private func step(_ order: DemoOrder, _ channel: DemoChannel) -> DemoStep {
        DemoStep(bank: order.payer, channel: channel, orders: [order])
    }
}
