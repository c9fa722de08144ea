internal import Domain
internal import Engine
internal import Scenarios
import Simulation
internal import Testing

/// R8.4 More orders are due at one time than may end in one batch.
@Suite struct MassExpiryTests {
    private static let due = 5_000
    /// 16:00 UTC, midnight in Beijing: the cut-off, the opening of the next session, and the turn.
    private static let midnight: Timestamp = 1_767_628_800_000_000_000
    private static let morning = midnight - 14 * 3_600_000_000_000

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
            let mine = plain.apply(timed)
            let outcomes = effects.outcomes.map { outcome in
                var outcome = outcome
                outcome.firstFill = 0
                return outcome
            }
            #expect(mine == outcomes)
        }

        /// How many payments ended by themselves in the last batch.
        var expired: Int { effects.payments.count { $0.endReason == .expired } }
    }

    private func order(
        _ number: Int, _ side: Side, _ payer: BIC, _ creditor: BIC, _ amount: Int64,
        _ time: TimeInForce
    ) -> Command {
        .submitPayment(
            PaymentOrder(
                uetr: UETR(bits: UInt128(number)), contentHash: 0, submitter: payer, payer: payer,
                creditor: creditor, foreign: .thb, side: side, fixed: .pay, amount: amount,
                limit: Rate(scaled: 500_000_000), timeInForce: time
            ).sealed)
    }

    /// A corridor that never rests, `due` orders that end at midnight, and one behind them that
    /// stands.
    private func open(_ life: inout Life) throws {
        let corridor = Corridor(
            foreign: .thb, tick: Rate(scaled: 10_000), referenceRate: Rate(scaled: 500_000_000),
            collarBasisPoints: 1_000, minimumSize: 100, maximumSize: 1_000_000_000)
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
        let day = CalendarDay(
            .cny, CivilDate("2026-01-05") ?? .none, opens: Self.morning, cutOff: Self.midnight,
            turn: Self.midnight)
        commands.append(StageCalendarDay(day))
        commands.append(
            AdoptCalendar(
                .cny, from: day.date, through: day.date, days: 1,
                digest: CalendarDay.digest(of: [day])))
        try life.apply(commands.map { .given($0) }, at: Self.morning)
        let ending = (1...Self.due).map {
            order($0, .payRenminbi, Banks.beijing, Banks.bangkok, 1_000, .day)
        }
        let standing = order(
            9_000, .payRenminbi, Banks.shanghai, Banks.bangkok, 1_000, .goodTillCancelled)
        try life.apply(ending + [standing], at: Self.morning + 1)
        #expect(life.effects.outcomes.allSatisfy { $0.code == .accepted })
    }

    @Test func theRestEndsInTheNextBatch() throws {
        var life = Life()
        try open(&life)
        // What is overdue meets nobody: the order that stands is served past it.
        let arrivals = [
            order(9_001, .payForeign, Banks.bangkok, Banks.beijing, 2_500, .fillOrKill),
            order(9_002, .payForeign, Banks.bangkok, Banks.beijing, 5_000, .immediateOrCancel),
            order(9_003, .payRenminbi, Banks.jakarta, Banks.bangkok, 1_000, .day),
        ]
        try life.apply(arrivals, at: Self.midnight)
        #expect(life.expired == 4_096 && life.engine.nextDue == Self.midnight)
        #expect(life.effects.fills.map(\.renminbiPayment) == [5_001, 5_001])
        // Nothing else waits for those that are left: the business day turns.
        #expect(life.tables.declared[BusinessDayRow.self].map(\.number) == [1, 2])

        // A node that starts now goes on in the same way.
        var restarted = try Engine(loading: life.tables.image)
        try life.apply([], at: Self.midnight + 1)
        var effects = Effects()
        let batch = TimedCommands(timestamp: Self.midnight + 1, commands: []).batch
        restarted.apply(batch, at: life.index, into: &effects)
        #expect(effects.position == life.effects.position)

        #expect(life.expired == Self.due - 4_096)
        #expect(life.engine.nextDue > Self.midnight + 1)
    }

    /// More than an arrival may pass: it looks no further, and rests or ends.
    @Test func anArrivalPassesSoManyOfThem() throws {
        var life = Life()
        try open(&life)
        let more = (10_001...11_000).map {
            order($0, .payRenminbi, Banks.beijing, Banks.bangkok, 1_000, .day)
        }
        try life.apply(more, at: Self.morning + 2)
        let late = order(
            11_001, .payRenminbi, Banks.shanghai, Banks.bangkok, 1_000, .goodTillCancelled)
        try life.apply([late], at: Self.morning + 3)
        let arrival = order(
            9_001, .payForeign, Banks.bangkok, Banks.beijing, 7_500, .goodTillCancelled)
        try life.apply([arrival], at: Self.midnight)
        // It passed 904, met the one that stood, passed 120 more and looked no further.
        #expect(life.expired == 4_096)
        #expect(life.effects.fills.map(\.renminbiPayment) == [5_001])
        try life.apply([], at: Self.midnight + 1)
        #expect(life.expired == 6_000 - 4_096)
    }

    /// Until version 4 all end in one batch.
    @Test func olderRulesEndAllAtOnce() throws {
        var history = Life()
        try open(&history)
        var engine = Engine()
        var effects = Effects()
        var index: UInt64 = 0
        func batch(_ commands: [Command], _ time: Timestamp) -> Batch {
            TimedCommands(rules: .v3, timestamp: time, commands: commands).batch
        }
        let corridor = history.tables.corridors[0].corridor
        let opening: [any DeclaredCommand] =
            Banks.registrations.map { RegisterParticipant($0) } + [
                ConfigureCorridor(corridor),
                Fund(
                    reference: UETR(bits: 1), contentHash: 1, participant: Banks.beijing,
                    currency: .cny, amount: 1_000_000_000),
            ]
        let orders = (1...Self.due).map {
            order($0, .payRenminbi, Banks.beijing, Banks.bangkok, 1_000, .day)
        }
        for (commands, time) in [
            (opening.map { Command.given($0) }, Self.morning), (orders, Self.morning + 1),
            ([], Self.midnight),
        ] {
            index += 1
            engine.apply(batch(commands, time), at: index, into: &effects)
        }
        #expect(effects.payments.count { $0.endReason == .expired } == Self.due)
        #expect(engine.nextDue == .never)
    }
}
