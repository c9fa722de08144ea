internal import Domain
internal import Engine
internal import Scenarios
internal import Testing

/// R6.11 A bank can rest hundreds of thousands of orders that a small one cannot meet. They cost
/// whoever comes no more than a stated number of looks.
@Suite struct WalkTests {
    private static let giver = Banks.beijing
    private static let taker = Banks.bangkok

    /// A book of orders that are filled whole or not at all, and a small one behind them.
    private struct Wall: ~Copyable {
        var engine = Engine()
        var effects = Effects()
        var index: UInt64 = 0
        var made: UInt128 = 0

        init(complete count: Int, rules: RuleVersion) {
            var opening = Banks.registrations.map { Command.given(RegisterParticipant($0)) }
            opening.append(
                .given(
                    ConfigureCorridor(
                        Corridor(
                            foreign: .thb, tick: Rate(scaled: 10_000),
                            referenceRate: Rate(scaled: 493_000_000), collarBasisPoints: 500,
                            minimumSize: 1,
                            maximumSize: 1_000_000_000))))
            for bank in [WalkTests.giver, WalkTests.taker] {
                for currency in [Currency.cny, .thb] {
                    opening.append(
                        .given(
                            Fund(
                                reference: UETR(
                                    bits: UInt128(bank.packed) << 64 + UInt128(currency.rawValue)),
                                participant: bank, currency: currency,
                                amount: Limits.maximumAmount)))
                }
            }
            apply(opening, rules)
            for first in stride(from: 0, to: count, by: 10_000) {
                var orders: [Command] = []
                for _ in first..<min(first + 10_000, count) {
                    orders.append(.submitPayment(order(WalkTests.giver, 10_000, .complete)))
                }
                apply(orders, rules)
            }
            apply([.submitPayment(order(WalkTests.giver, 100, .any))], rules)
        }

        mutating func order(
            _ payer: BIC, _ fen: Int64, _ policy: FillPolicy,
            _ timeInForce: TimeInForce = .goodTillCancelled
        ) -> PaymentOrder {
            made += 1
            let gives = payer == WalkTests.giver
            return PaymentOrder(
                uetr: UETR(bits: made), submitter: payer, payer: payer,
                creditor: gives ? WalkTests.taker : WalkTests.giver, foreign: .thb,
                side: gives ? .payRenminbi : .payForeign, fixed: gives ? .pay : .receive,
                amount: fen, limit: Rate(scaled: 493_000_000), timeInForce: timeInForce,
                fillPolicy: policy
            ).sealed
        }

        mutating func apply(_ commands: [Command], _ rules: RuleVersion) {
            index += 1
            let timed = TimedCommands(
                rules: rules, timestamp: Timestamp(index),
                commands: commands.map { $0.under(rules) })
            engine.apply(timed.batch, at: index, into: &effects)
        }
    }

    @Test(arguments: [
        (1_024, RuleVersion.v3, PaymentStatus.settled), (1_025, .v3, .cancelled),
        (1_025, .v2, .settled),
    ])
    func theBoundIsExact(passed: Int, rules: RuleVersion, status: PaymentStatus) {
        for timeInForce in [TimeInForce.immediateOrCancel, .fillOrKill] {
            var wall = Wall(complete: passed, rules: rules)
            let small = wall.order(Self.taker, 100, .any, timeInForce)
            wall.apply([.submitPayment(small)], rules)
            #expect(wall.effects.outcomes[0].status == status)
        }
    }

    /// Two hundred thousand stand in the way of ten thousand: two thousand million looks without
    /// the bound, ten million with it.
    @Test func aLongWallIsCheap() {
        var wall = Wall(complete: 200_000, rules: .v3)
        var small: [Command] = []
        for _ in 0..<10_000 { small.append(.submitPayment(wall.order(Self.taker, 100, .any))) }
        wall.apply(small, .v3)
        #expect(wall.effects.outcomes.allSatisfy { $0.status == .pending })
        // Nobody lost a place: who takes a whole one gets the oldest.
        wall.apply([.submitPayment(wall.order(Self.taker, 10_000, .any))], .v3)
        #expect(wall.effects.outcomes[0].status == .settled)
        #expect(wall.effects.fills.first?.renminbiPayment == 1)
    }
}
