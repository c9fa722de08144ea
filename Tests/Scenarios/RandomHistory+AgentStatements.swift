internal import Chance
package import Domain

extension RandomHistory {
    /// Statements of agents: one with its lines and how it is taken, or something about any of
    /// them. What an agent says of a day is always the same, but for mistakes.
    mutating func agentStatementCommands() -> [Command] {
        var commands: [any DeclaredCommand] = []
        if random.percent(80) {
            commands = agentStatement()
        } else {
            let number = StatementNumbers.any + UInt32(random.below(64))
            switch random.below(4) {
            case 0: commands.append(AbandonAgentStatement(number))
            case 1: commands.append(statementLine(1, of: number, random.pick([.cny, .thb]), 7))
            default: commands.append(TakeAgentStatement(number, as: statementWay()))
            }
        }
        return commands.map {
            Command.declared($0).given(
                by: random.pick([People.wang, People.li]), as: random.uetr().bits)
        }
    }

    /// While one person does it all: two accounts are opened, and miss days from then on.
    func firstAgentStatements() -> [Command] {
        var commands: [any DeclaredCommand] = []
        var number: AgentStatementID = 0
        for currency in [.cny, corridors[0].foreign] {
            for (place, offset) in [0, 4, 9].enumerated() {
                number += 1
                let day = CivilDate(rawValue: UInt16(20_448 + offset))
                let opening = balance(0, currency, CivilDate(rawValue: day.rawValue - 1))
                let closing = balance(0, currency, day)
                commands.append(
                    BeginAgentStatement(
                        currency, from: day, through: day, opening: opening, closing: closing,
                        lines: 1, digest: RowsDigest(bits: UInt128(number) << 100)))
                commands.append(
                    AddAgentStatementLine(
                        1, of: number, Money(minorUnits: closing - opening, currency: currency),
                        booked: day))
                commands.append(TakeAgentStatement(number, as: place == 0 ? .opening : .exception))
            }
        }
        return commands.map { .declared($0) }
    }

    private mutating func agentStatement() -> [any DeclaredCommand] {
        let begin = beginning()
        let number = StatementNumbers.newest
        // Of far too many none follow.
        let stated = begin.lines > 3 ? 0 : Int(begin.lines)
        var commands: [any DeclaredCommand] = [begin]
        var rest = begin.closing - begin.opening
        if random.percent(8) { rest += 1 }
        for position in 0..<(random.percent(92) ? stated : stated + 1) {
            let isLast = position + 1 >= stated
            let amount = isLast ? rest : random.between(-10_000...10_000)
            rest -= amount
            commands.append(statementLine(position + 1, of: number, begin.currency, amount))
        }
        if random.percent(5) { commands.remove(at: random.below(commands.count)) }
        if random.percent(90) { commands.append(TakeAgentStatement(number, as: statementWay())) }
        return commands
    }

    private mutating func statementWay() -> StatementWay {
        random.pick([.regular, .regular, .regular, .opening, .exception])
    }

    /// Days around the turn of a year, mostly one.
    private mutating func beginning() -> BeginAgentStatement {
        let currency = random.percent(60) ? .cny : corridors[0].foreign
        let isUsual = random.percent(92)
        let account: NostroID = isUsual ? 0 : nostro(self.currency())
        let first = CivilDate(rawValue: UInt16(20_448 + random.below(14)))
        let last = first.advanced(by: random.pick([0, 0, 0, 0, 1, 2])) ?? first
        let before = first.advanced(by: -1) ?? first
        let change = balance(account, currency, last) - balance(account, currency, before)
        var begin = BeginAgentStatement(
            nostro: account, currency, from: first, through: last,
            opening: balance(account, currency, before), closing: balance(account, currency, last),
            lines: change == 0 ? 0 : UInt32(1 + random.below(3)), identity: name(of: last),
            digest: RowsDigest(
                bits: UInt128(first.rawValue) << 64 | UInt128(last.rawValue) << 32
                    | UInt128(random.below(3)) << 1 | 1))
        switch random.below(40) {
        case 0: begin.digest = .none
        case 1: (begin.first, begin.last) = (begin.last, .none)
        case 2: begin.lines = 200_001
        case 3: begin.opening = Limits.agentBalance + 1
        case 4...5: begin.opening += 100
        case 6...7: begin.closing += 100
        default: break
        }
        return begin
    }

    /// Mostly one that no other day has in the year.
    private mutating func name(of day: CivilDate) -> RowsDigest {
        let usual = UInt128(day.parts.day)
        return RowsDigest(bits: random.percent(85) ? usual : UInt128(random.below(4)))
    }

    /// What the account has at the end of a day; some days are like the one before.
    private func balance(
        _ nostro: NostroID, _ currency: Currency, _ day: CivilDate
    ) -> Int64 {
        let day = day.rawValue % 5 == 0 ? day.rawValue - 1 : day.rawValue
        let seed = UInt64(nostro) << 32 | UInt64(currency.rawValue) << 16 | UInt64(day)
        var agent = SplitMix64(seed: seed)
        return agent.between(-100_000...1_000_000)
    }

    private mutating func statementLine(
        _ position: Int, of number: AgentStatementID, _ currency: Currency, _ amount: Int64
    ) -> AddAgentStatementLine {
        let isWrong = random.percent(3)
        return AddAgentStatementLine(
            UInt32(position + (isWrong ? random.below(3) - 1 : 0)), of: number,
            Money(
                minorUnits: random.percent(98) ? amount : Limits.maximumAmount + 1,
                currency: random.percent(98) ? currency : .jpy),
            booked: CivilDate(rawValue: 20_448), value: CivilDate(rawValue: 20_449),
            reversal: random.percent(10), uetr: random.percent(40) ? random.uetr() : UETR(bits: 0))
    }
}

/// How a history names statements whose numbers it cannot know: by marks, for which somebody puts
/// numbers who has read the tables.
package struct StatementNumbers {
    /// The one that was begun last.
    package static let newest: AgentStatementID = 2_000_000
    /// From here on: any, mostly one that is received.
    package static let any: AgentStatementID = 2_000_001

    private let rows: [AgentStatementRow]
    /// Those that commands of the batch began, or would if all went well.
    private var begun: AgentStatementID = 0
    private var last: AgentStatementID = 0

    package init(seeing rows: [AgentStatementRow]) { self.rows = rows }

    /// The command about the statement that is meant; others stay as they are.
    package mutating func made(_ command: Command) -> Command {
        guard case .declared(let declared, by: let actor) = command else { return command }
        switch declared {
        case let it as BeginAgentStatement:
            note(it)
            return command
        case var it as AddAgentStatementLine:
            it.statement = number(it.statement)
            return .declared(it, by: actor)
        case var it as TakeAgentStatement:
            it.statement = number(it.statement)
            return .declared(it, by: actor)
        case var it as AbandonAgentStatement:
            it.statement = number(it.statement)
            return .declared(it, by: actor)
        default: return command
        }
    }

    private mutating func note(_ begin: BeginAgentStatement) {
        let known = rows.first {
            $0.nostro == begin.nostro && $0.currency == begin.currency
                && $0.digest == begin.digest && $0.state != .abandoned
        }
        if known == nil { begun += 1 }
        last = known?.id ?? AgentStatementID(rows.count) + begun
    }

    private func number(_ mark: AgentStatementID) -> AgentStatementID {
        guard mark >= Self.newest else { return mark }
        guard mark >= Self.any else { return last }
        let received = rows.filter { $0.state == .receiving }
        let among = mark % 8 == 3 || received.isEmpty ? rows : received
        return among.isEmpty ? 1 : among[Int(mark) / 8 % among.count].id
    }
}
