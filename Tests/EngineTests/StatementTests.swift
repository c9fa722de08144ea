internal import Domain
internal import Engine
internal import Scenarios
import Simulation
internal import Testing

/// R14.11 More accounts than one batch tells of.
@Suite struct StatementTests {
    private static let hour: Timestamp = 3_600_000_000_000
    private static let first = CivilDate("2026-01-05") ?? .none

    /// An engine, and one that starts from the tables before each batch: what is left to tell is
    /// told as if nobody had stopped.
    private struct Life: ~Copyable {
        var engine = Engine()
        var tables = Tables()
        var effects = Effects()
        var index: UInt64 = 0

        mutating func apply(_ commands: [any DeclaredCommand], at time: Timestamp) throws {
            var restarted = try Engine(loading: tables.image)
            let batch = TimedCommands(
                timestamp: time, commands: commands.map { Command.given($0) }
            ).batch
            index += 1
            engine.apply(batch, at: index, into: &effects)
            var others = Effects()
            restarted.apply(batch, at: index, into: &others)
            #expect(effects.position == others.position)
            #expect(
                effects.declared[BankMessageRow.self] == others.declared[BankMessageRow.self])
            #expect(engine.nextDue == restarted.nextDue)
            #expect(effects.outcomes.allSatisfy { $0.code == .accepted })
            let before = tables
            try tables.absorb(effects)
            try Audit(before: before, after: tables, effects: effects).run()
        }

        /// Who was told in the last batch, and of which day.
        var told: [(bank: ParticipantID, day: DayNumber)] {
            effects.declared[BankMessageRow.self].map { ($0.participant, $0.day) }
        }
    }

    private func bank(_ number: Int) -> BIC {
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".map { $0 }
        let code = [number / 676, number / 26 % 26, number % 26].map { letters[$0] }
        return Banks.bic("B\(String(code))CN22")
    }

    private func fund(_ number: Int, _ amount: Int64, _ reference: Int) -> any DeclaredCommand {
        Fund(
            reference: UETR(bits: UInt128(reference)), contentHash: 1,
            participant: bank(number), currency: .cny, amount: amount)
    }

    private func calendar(_ days: Int) -> [any DeclaredCommand] {
        let days = (0..<days).compactMap { Self.first.advanced(by: $0) }.map { date in
            CalendarDay(
                .cny, date, opens: date.midnight, cutOff: date.midnight + 8 * Self.hour,
                turn: date.midnight + 10 * Self.hour)
        }
        return days.map { StageCalendarDay($0) as any DeclaredCommand } + [
            AdoptCalendar(
                .cny, from: days[0].date, through: days[days.count - 1].date,
                days: UInt16(days.count), digest: CalendarDay.digest(of: days))
        ]
    }

    @Test func theRestIsToldByTheNextBatches() throws {
        var life = Life()
        let banks = 600
        let morning = Self.first.midnight + Self.hour
        try life.apply(
            (1...banks + 1).map { number in
                RegisterParticipant(
                    ParticipantRegistration(
                        bic: bank(number), country: bank(number).country, roles: .payer,
                        settlesThrough: .none))
            }, at: morning)
        try life.apply((1...banks).map { fund($0, 100, $0) } + calendar(3), at: morning + 1)

        // Two days end in one batch, behind which an account opens, and others move.
        let late = Self.first.midnight + 40 * Self.hour
        try life.apply([fund(banks + 1, 7, 9_000), fund(600, 11, 9_001)], at: late)
        #expect(life.told.map(\.bank) == (1...256).map { ParticipantID($0) })
        #expect(life.told.allSatisfy { $0.day == 1 } && life.engine.nextDue == late + 1)
        try life.apply([fund(599, 11, 9_002)], at: late + 1)
        try life.apply([], at: late + 2)
        #expect(life.told.map(\.bank) == (513...600).map { $0 } + (1...168).map { $0 })
        #expect(life.told.map(\.day) == (0..<256).map { $0 < 88 ? 1 : 2 })

        // The third day ends before the second is told.
        try life.apply([], at: late + 24 * Self.hour)
        try life.apply([], at: late + 24 * Self.hour + 1)
        var last = late + 24 * Self.hour + 1
        while life.engine.nextDue == last + 1 {
            last += 1
            try life.apply([], at: last)
        }
        let rows = life.tables.declared[BankMessageRow.self]
        #expect(rows.count == 600 + 600 + 601)
        #expect(rows.filter { $0.participant == ParticipantID(banks + 1) }.map(\.day) == [3])
        for bank in 1...ParticipantID(banks) {
            let own = rows.filter { $0.participant == bank }.sorted { $0.number < $1.number }
            #expect(own.map(\.day) == [1, 2, 3] && own.map(\.number) == [1, 2, 3])
        }
        #expect(try StatementCheck(life.tables).run().all == rows.count)
    }
}
