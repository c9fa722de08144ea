internal import Chance
internal import Domain
internal import Engine
internal import Scenarios
import Simulation
internal import Testing

/// R23 Days of an agent's account that come in any order.
@Suite struct AgentStatementTests {
    private static let first: UInt16 = 20_458

    /// An engine, and one that starts from the tables before each batch.
    private struct Life: ~Copyable {
        var engine = Engine()
        var tables = Tables()
        var effects = Effects()
        var index: UInt64 = 0

        mutating func apply(_ commands: [any DeclaredCommand]) throws -> [Outcome] {
            var restarted = try Engine(loading: tables.image)
            index += 1
            let encoded = commands.enumerated().map { place, command in
                EncodedCommand(
                    Command.declared(command).given(
                        by: People.wang, as: UInt128(index) << 32 | UInt128(place)),
                    attachment: Array("why".utf8))
            }
            let batch = Batch(fake: encoded, timestamp: Timestamp(index))
            engine.apply(batch, at: index, into: &effects)
            var others = Effects()
            restarted.apply(batch, at: index, into: &others)
            #expect(effects.position == others.position)
            #expect(effects.outcomes == others.outcomes)
            try tables.absorb(effects)
            #expect(tables.hash == effects.position.stateHash)
            return effects.outcomes
        }

        var taken: [AgentStatementRow] {
            tables.declared[AgentStatementRow.self].filter { $0.state == .taken }
                .sorted { $0.first < $1.first }
        }

        /// Takes it as it is wanted, or else as an exception; whether it was wanted.
        mutating func take(_ number: AgentStatementID) throws -> ResultCode {
            let way: StatementWay = taken.isEmpty ? .opening : .regular
            let code = try apply([TakeAgentStatement(number, as: way)])[0].code
            guard code != .accepted else { return code }
            #expect(try apply([TakeAgentStatement(number, as: .exception)])[0].code == .accepted)
            return code
        }
    }

    /// What the agent says of a day: the balance moves every day.
    private func day(_ place: Int, _ balances: [Int64], _ number: UInt32) -> [any DeclaredCommand] {
        let date = CivilDate(rawValue: Self.first + UInt16(place))
        let (opening, closing) = (balances[place], balances[place + 1])
        let begin = BeginAgentStatement(
            .cny, from: date, through: date, opening: opening, closing: closing, lines: 2,
            digest: RowsDigest(bits: UInt128(place + 1)))
        return [
            begin,
            AddAgentStatementLine(
                1, of: number, Money(minorUnits: 7, currency: .cny), booked: date),
            AddAgentStatementLine(
                2, of: number, Money(minorUnits: closing - opening - 7, currency: .cny),
                booked: date),
        ]
    }

    /// R23.6 Whatever the order, gaps are where days are missing, and they are what is missing.
    @Test(arguments: UInt64(1)...40)
    func gapsAreWhatIsMissing(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let count = 10
        var balances: [Int64] = [random.between(-1_000...1_000)]
        for _ in 0..<count {
            balances.append(balances[balances.count - 1] + random.between(8...99))
        }
        var waiting = Array(0..<count)
        var life = Life()
        while !waiting.isEmpty {
            let place = waiting.remove(at: random.below(waiting.count))
            let number = UInt32(count - waiting.count)
            let outcomes = try life.apply(day(place, balances, number))
            #expect(outcomes.allSatisfy { $0.code == .accepted })
            #expect(outcomes[0].agentStatement == number)
            let known = life.taken.map { Int($0.first.rawValue - Self.first) }
            let isJoined =
                known.isEmpty || known.contains(place - 1)
                || known.allSatisfy { $0 > place } && known.contains(place + 1)
            #expect(try life.take(number) == (isJoined ? .accepted : .agentStatementGap))
            try expectGaps(life.taken, balances)
        }
        #expect(life.taken.count == count && life.taken.allSatisfy { $0.gap == 0 })
    }

    private func expectGaps(_ taken: [AgentStatementRow], _ balances: [Int64]) throws {
        for (before, row) in zip(taken, taken.dropFirst()) {
            let missing =
                balances[Int(row.first.rawValue - Self.first)]
                - balances[Int(before.last.rawValue - Self.first) + 1]
            #expect(row.gap == missing)
            #expect((row.gap == 0) == (row.first.rawValue == before.last.rawValue + 1))
        }
        let (first, last) = (try #require(taken.first), try #require(taken.last))
        #expect(first.gap == 0)
        let moved = taken.reduce(0) { $0 + $1.sum + $1.gap + $1.difference }
        #expect(last.closing == first.opening + moved)
    }

    /// R23.2, R23.8 As many as may are received at one time; giving one up makes room, and its
    /// bytes can come again.
    @Test func receivedOnesHaveABound() throws {
        var life = Life()
        func begin(_ number: Int) -> BeginAgentStatement {
            let date = CivilDate(rawValue: Self.first + UInt16(number))
            return BeginAgentStatement(
                .cny, from: date, through: date, opening: 0, closing: 0, lines: 1,
                digest: RowsDigest(bits: UInt128(number + 1)))
        }
        let all = try life.apply((0..<64).map { begin($0) })
        #expect(all.allSatisfy { $0.code == .accepted })
        #expect(try life.apply([begin(64)])[0].code == .agentStatementsFull)
        let again = try life.apply([begin(7)])[0]
        #expect(again.isRepetition && again.agentStatement == 8)
        #expect(try life.apply([AbandonAgentStatement(8)])[0].code == .accepted)
        #expect(try life.apply([begin(7)])[0].agentStatement == 65)
    }

    /// R23.4 What lines come to stays within what a difference can say.
    @Test func sumsAreBounded() throws {
        var life = Life()
        let date = CivilDate(rawValue: Self.first)
        let begin = BeginAgentStatement(
            .cny, from: date, through: date, opening: -Limits.agentBalance,
            closing: Limits.agentBalance, lines: 1_000, digest: RowsDigest(bits: 1))
        func line(_ position: Int, _ amount: Int64) -> AddAgentStatementLine {
            AddAgentStatementLine(
                UInt32(position), of: 1, Money(minorUnits: amount, currency: .cny), booked: date)
        }
        let most = Limits.maximumAmount
        let lines = (1...200).map { line($0, -most) }
        #expect(try life.apply([begin] + lines).allSatisfy { $0.code == .accepted })
        #expect(try life.apply([line(201, -1)])[0].code == .amountInvalid)
        let rest = (201...1_000).map { line($0, 0) }
        #expect(try life.apply(rest).allSatisfy { $0.code == .accepted })
        let take = TakeAgentStatement(1, as: .exception)
        #expect(try life.apply([take])[0].code == .accepted)
        #expect(life.taken.first?.difference == 4 * Limits.agentBalance)
    }
}
