internal import Domain
internal import Engine
internal import Scenarios
import Simulation
internal import Testing

/// R22 Payments for a later date: many of them, their bounds, and nodes that start in between.
@Suite struct DatedTests {
    /// 2026-01-05T01:00Z, 9:00 in Beijing on a Monday.
    private static let morning: Timestamp = 1_767_574_800_000_000_000
    private static let hour: Timestamp = 3_600_000_000_000
    private static let tuesday = CivilDate("2026-01-06") ?? .none
    /// 9:00 in Beijing on Tuesday, when the corridor opens.
    private static let opening = morning + 24 * hour

    private struct Life: ~Copyable {
        var engine = Engine()
        var plain = PlainLedger()
        var tables = Tables()
        var effects = Effects()
        var index: UInt64 = 0

        /// Applies a batch; the plain ledger must agree.
        mutating func apply(_ commands: [Command], at time: Timestamp) throws {
            let timed = TimedCommands(timestamp: time, commands: commands)
            index += 1
            engine.apply(timed.batch, at: index, into: &effects)
            try tables.absorb(effects)
            let outcomes = effects.outcomes.map { outcome in
                var outcome = outcome
                outcome.firstFill = 0
                return outcome
            }
            #expect(plain.apply(timed) == outcomes)
        }

        /// From here on a node that started just now.
        mutating func restart() throws { engine = try Engine(loading: tables.image) }

        var codes: Set<ResultCode> { Set(effects.outcomes.map(\.code)) }

        func rows(_ state: DatedState) -> [DatedPaymentRow] {
            effects.declared[DatedPaymentRow.self].filter { $0.state == state }
        }
    }

    /// A corridor from 9:00 to 17:00 in Beijing on weekdays, and money for everybody.
    private func open(_ life: inout Life) throws {
        var corridor = Corridor(
            foreign: .thb, tick: Rate(scaled: 10_000), referenceRate: Rate(scaled: 500_000_000),
            collarBasisPoints: 1_000, minimumSize: 100, maximumSize: 1_000_000_000)
        corridor.weekdays = 0b001_1111
        (corridor.opensAtMinute, corridor.cutOffMinute) = (540, 1_020)
        var commands: [any DeclaredCommand] = Banks.registrations.map { RegisterParticipant($0) }
        commands.append(ConfigureCorridor(corridor))
        for (place, bank) in Banks.direct.enumerated() {
            for currency in [Currency.cny, .thb] {
                commands.append(
                    Fund(
                        reference: UETR(bits: UInt128(place * 2 + Int(currency.rawValue) + 1)),
                        contentHash: 1, participant: bank, currency: currency,
                        amount: 1_000_000_000))
            }
        }
        try life.apply(commands.map { .given($0) }, at: Self.morning)
    }

    private func order(
        _ number: Int, _ side: Side = .payRenminbi, _ payer: BIC = Banks.beijing,
        _ creditor: BIC = Banks.bangkok, _ amount: Int64 = 1_000,
        _ time: TimeInForce = .goodTillCancelled, on date: CivilDate = .none
    ) -> Command {
        var order = PaymentOrder(
            uetr: UETR(bits: UInt128(number)), contentHash: 0, submitter: payer, payer: payer,
            creditor: creditor, foreign: .thb, side: side, fixed: .pay, amount: amount,
            limit: Rate(scaled: 500_000_000), timeInForce: time
        ).sealed
        order.settlementDate = date
        return .submitPayment(order)
    }

    /// R22.6 So many enter in one batch, in the order of their numbers; the next ones in the
    /// batches behind. What arrives in between comes neither before nor among them.
    @Test func aBoundedNumberEntersInOrder() throws {
        var life = Life()
        try open(&life)
        let waiting = (1...2_500).map { order($0, on: Self.tuesday) }
        try life.apply(waiting, at: Self.morning + 1)
        #expect(life.codes == [.accepted] && life.rows(.waiting).count == 2_500)
        #expect(life.engine.nextDue == Self.opening)
        try life.apply([], at: Self.opening - 1)
        #expect(
            life.rows(.entered).isEmpty && life.engine.depth(.thb, .payRenminbi, levels: 1) == [])

        let late = order(
            9_001, .payForeign, Banks.bangkok, Banks.beijing, 5_000, .immediateOrCancel)
        let joins = order(9_002, on: Self.tuesday)
        for batch in 0..<3 {
            let commands = batch == 0 ? [late, joins] : batch == 1 ? [late] : []
            try life.apply(commands, at: Self.opening + Timestamp(batch))
            let first = batch * 1_024 + 1
            let last = min(first + 1_023, 2_500)
            #expect(life.rows(.entered).map(\.payment) == (first...last).map { PaymentID($0) })
            if batch < 2 {
                #expect(life.codes == [.outsideSession] && !life.effects.outcomes.isEmpty)
                #expect(life.engine.nextDue == Self.opening)
            }
            if batch == 0 { try life.restart() }
        }
        #expect(life.tables.payments.count == 2_500 && life.engine.nextDue == .never)
        try life.apply(
            [order(9_003, .payForeign, Banks.bangkok, Banks.beijing, 10_000, .immediateOrCancel)],
            at: Self.opening + 3)
        #expect(life.effects.fills.map(\.renminbiPayment) == [1, 2])
    }

    /// R6.3 What has waited comes behind what was in the book when it entered, also on a node that
    /// starts from its tables.
    @Test(arguments: [false, true])
    func whatEntersComesBehindWhatRests(restarts: Bool) throws {
        var life = Life()
        try open(&life)
        try life.apply([order(1, on: Self.tuesday), order(2)], at: Self.morning + 1)
        try life.apply([order(3)], at: Self.opening)
        #expect(life.rows(.entered).map(\.payment) == [1])
        if restarts { try life.restart() }
        try life.apply(
            [order(4, .payForeign, Banks.bangkok, Banks.beijing, 15_000)], at: Self.opening + 1)
        #expect(life.effects.fills.map(\.renminbiPayment) == [2, 1, 3])
    }

    /// R22.5 A ledger that has stood still over the cut-off takes the next session.
    @Test func whoComesTooLateEntersInTheNextSession() throws {
        var life = Life()
        try open(&life)
        let waiting = [
            order(1, Side.payRenminbi, Banks.beijing, Banks.bangkok, 1_000, .day, on: Self.tuesday)
        ]
        try life.apply(waiting, at: Self.morning + 1)
        try life.restart()
        try life.apply([], at: Self.opening + 8 * Self.hour)
        #expect(life.rows(.entered).isEmpty && life.engine.nextDue == Self.opening + 24 * Self.hour)
        try life.apply([], at: Self.opening + 25 * Self.hour)
        #expect(life.rows(.entered).count == 1)
        // R22.8 it ends at the cut-off of the session in which it entered.
        #expect(life.tables.payments[0].expiresAt == Self.opening + 32 * Self.hour)
        try life.restart()
        try life.apply([], at: Self.opening + 32 * Self.hour)
        #expect(life.tables.payments[0].endReason == .expired)
    }

    /// R22.4 So many of one payer wait, and no more; who leaves makes room.
    @Test func theBoundOfAPayer() throws {
        var life = Life()
        try open(&life)
        var engine = try Engine(loading: life.tables.image)
        var effects = Effects()
        var index = life.index
        func apply(_ commands: [Command], _ time: Timestamp) {
            index += 1
            let timed = TimedCommands(timestamp: time, commands: commands)
            engine.apply(timed.batch, at: index, into: &effects)
        }
        for part in 0..<4 {
            let first = part * 16_384 + 1
            apply(
                (first..<first + 16_384).map { order($0, on: Self.tuesday) },
                Self.morning + Timestamp(part) + 1)
            #expect(effects.outcomes.allSatisfy { $0.code == .accepted })
        }
        let another = order(70_000, on: Self.tuesday)
        let other = order(
            70_001, .payRenminbi, Banks.shanghai, Banks.bangkok, 1_000, on: Self.tuesday)
        apply([another, other], Self.morning + 10)
        #expect(effects.outcomes.map(\.code) == [.datedFull, .accepted])
        let cancels = (1...10_000).map {
            Command.cancelPayment(
                Cancellation(uetr: UETR(bits: UInt128($0)), submitter: Banks.beijing))
        }
        apply(cancels, Self.morning + 11)
        apply([order(70_002, on: Self.tuesday)], Self.morning + 12)
        #expect(effects.outcomes.map(\.code) == [.accepted])
    }
}
