internal import AllocationCount
internal import Chance
internal import Domain
internal import Engine
internal import Scenarios
internal import Testing

/// The hot stream: 60 of 100 commands are orders that rest, 35 cancel one, 5 take from the book.
struct HotStream {
    var random = SplitMix64(seed: 7)
    private var resting: [UETR] = []
    private(set) var timestamp: Timestamp = 1_767_574_800_000_000_000

    mutating func opening() -> Batch {
        var commands = Banks.registrations.map { Command.given(RegisterParticipant($0)) }
        commands.append(
            .given(
                ConfigureCorridor(
                    Corridor(
                        foreign: .thb, tick: Rate(scaled: 10_000),
                        referenceRate: Rate(scaled: 493_000_000), collarBasisPoints: 500,
                        minimumSize: 1_000, maximumSize: 1_000_000_000, feePartsPerMillion: 150,
                        selfMatch: .allow))))
        for bic in Banks.direct {
            for currency in [Currency.cny, .thb] {
                commands.append(
                    .given(
                        Fund(
                            reference: random.uetr(), participant: bic, currency: currency,
                            amount: Limits.maximumAmount)))
            }
        }
        return Batch(commands.map { EncodedCommand($0) }, timestamp: timestamp)
    }

    mutating func batch(_ count: Int) -> Batch {
        timestamp += 1_000_000
        let commands = (0..<count).map { _ in EncodedCommand(command()) }
        return Batch(commands, timestamp: timestamp)
    }

    private mutating func command() -> Command {
        let draw = random.below(100)
        if draw >= 60 && draw < 95 && resting.count > 10_000 {
            let index = random.below(resting.count)
            resting.swapAt(index, resting.count - 1)
            return .cancelPayment(
                Cancellation(uetr: resting.removeLast(), submitter: Banks.beijing))
        }
        let takes = draw >= 95
        let side = random.pick(Side.allCases)
        let away = random.between(1...100) * (side == .payRenminbi ? 1 : -1)
        let ticks = takes ? -away : away
        let order = PaymentOrder(
            uetr: random.uetr(), submitter: Banks.beijing, payer: Banks.beijing,
            creditor: Banks.bangkok, foreign: .thb, side: side, fixed: .pay,
            amount: takes ? random.between(20_000...200_000) : random.between(10_000...50_000),
            limit: Rate(scaled: 493_000_000 + ticks * 10_000),
            timeInForce: takes ? .immediateOrCancel : .goodTillCancelled)
        if !takes { resting.append(order.uetr) }
        return .submitPayment(order)
    }
}

@Suite struct AllocationTests {
    /// R1.8 in the steady state a command takes no memory; that of orders is set aside from the
    /// start, and the table of their identifiers does not double in the batches counted here.
    @Test func commandsAllocateNothing() {
        var stream = HotStream()
        var engine = Engine()
        var effects = Effects()
        var index: UInt64 = 1
        engine.apply(stream.opening(), at: index, into: &effects)
        while engine.position.paymentCount < 50_000 {
            index += 1
            engine.apply(stream.batch(1_000), at: index, into: &effects)
        }
        let batches = (0..<10).map { _ in stream.batch(1_000) }
        let fills = engine.position.fillCount
        let before = allocation_count()
        for batch in batches {
            index += 1
            engine.apply(batch, at: index, into: &effects)
        }
        let taken = allocation_count() - before
        #expect(taken == 0)
        #expect(engine.position.paymentCount < 65_500)
        #expect(engine.position.fillCount > fills + 500)
        let probe = allocation_count()
        withExtendedLifetime([UInt8](repeating: 1, count: batches.count * 100)) {}
        #expect(allocation_count() > probe, "the counter counts")
    }
}
