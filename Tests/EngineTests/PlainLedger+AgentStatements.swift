internal import Domain
import Scenarios

/// R23: what agents say of our accounts. Gaps are not kept: they are asked for when somebody looks.
extension PlainLedger {
    struct AgentStatement {
        var terms: BeginAgentStatement
        var lines: [AddAgentStatementLine] = []
        var stage = "receiving"
        var way = StatementWay.regular

        var sum: Int128 { lines.reduce(0) { $0 + Int128($1.amount) } }
        var imbalance: Int128 { Int128(terms.closing) - Int128(terms.opening) - sum }
        var days: ClosedRange<UInt16> { terms.first.rawValue...terms.last.rawValue }

        func isBeside(_ other: AgentStatement) -> Bool {
            terms.nostro == other.terms.nostro && terms.currency == other.terms.currency
        }
    }

    /// The command's outcome, if it is one of these.
    mutating func carryOutAgentStatement(_ command: any DeclaredCommand) -> Outcome? {
        let (code, isRepetition): (ResultCode, Bool)
        switch command {
        case let it as BeginAgentStatement: return begin(it)
        case let it as AddAgentStatementLine: (code, isRepetition) = (add(it), false)
        case let it as TakeAgentStatement: (code, isRepetition) = take(it)
        case let it as AbandonAgentStatement:
            (code, isRepetition) = change(it.statement, unlessAlready: "abandoned") { _ in nil }
        default: return nil
        }
        return Outcome(code: code, kind: type(of: command).kind, isRepetition: isRepetition)
    }

    private mutating func begin(_ it: BeginAgentStatement) -> Outcome {
        func answer(_ code: ResultCode, _ place: Int? = nil, isKnown: Bool = false) -> Outcome {
            Outcome(
                code: code, kind: BeginAgentStatement.kind, isRepetition: isKnown,
                caseID: place.map { CaseID($0 + 1) } ?? 0)
        }
        let most: Int128 = 1_000_000_000_000_000_000
        let areBalances = [it.opening, it.closing].allSatisfy { abs(Int128($0)) <= most }
        guard it.first.rawValue > 0, it.first.rawValue <= it.last.rawValue, it.lines <= 200_000,
            areBalances, it.digest.bits != 0
        else { return answer(.agentStatementInvalid) }
        if it.nostro != 0 {
            guard it.nostro <= nostros.count else { return answer(.nostroUnknown) }
            guard nostros[Int(it.nostro) - 1].currency == it.currency else {
                return answer(.nostroCurrencyDiffers)
            }
        }
        let new = AgentStatement(terms: it)
        let others = agentStatements.indices.filter {
            agentStatements[$0].isBeside(new) && agentStatements[$0].stage != "abandoned"
        }
        if let same = others.first(where: { agentStatements[$0].terms.digest == it.digest }) {
            return answer(.accepted, same, isKnown: true)
        }
        let isNamed = others.contains {
            let other = agentStatements[$0].terms
            return it.identity.bits != 0 && other.identity == it.identity
                && other.last.description.prefix(4) == it.last.description.prefix(4)
        }
        if isNamed { return answer(.agentStatementConflict) }
        if overlaps(new) { return answer(.agentStatementOverlaps) }
        if agentStatements.count(where: { $0.stage == "receiving" }) == 64 {
            return answer(.agentStatementsFull)
        }
        agentStatements.append(new)
        return answer(.accepted, agentStatements.count - 1)
    }

    private mutating func add(_ it: AddAgentStatementLine) -> ResultCode {
        change(it.statement, unlessAlready: nil) { statement in
            if statement.terms.currency != it.currency { return .nostroCurrencyDiffers }
            let isNext = Int(it.position) == statement.lines.count + 1
            guard isNext, it.position <= statement.terms.lines else {
                return .agentLineOutOfOrder
            }
            guard abs(Int128(it.amount)) <= 10_000_000_000_000_000,
                abs(statement.sum + Int128(it.amount)) <= 2_000_000_000_000_000_000
            else { return .amountInvalid }
            statement.lines.append(it)
            return nil
        }.0
    }

    private mutating func take(_ it: TakeAgentStatement) -> (ResultCode, Bool) {
        let others = agentStatements
        let hasReason = !Command.declared(it).words.isEmpty
        return change(it.statement, unlessAlready: "taken") { statement in
            let known = statement
            let taken = others.filter { $0.stage == "taken" && $0.isBeside(known) }
            if statement.lines.count != Int(statement.terms.lines) {
                return .agentStatementIncomplete
            }
            if taken.contains(where: { $0.days.overlaps(known.days) }) {
                return .agentStatementOverlaps
            }
            if it.way == .exception {
                guard hasReason else { return .reasonMissing }
            } else {
                if statement.imbalance != 0 { return .agentStatementUnbalanced }
                if taken.isEmpty, it.way != .opening { return .agentStatementFirst }
                if !taken.isEmpty, it.way == .opening { return .agentStatementInvalid }
                let isEarliest = taken.allSatisfy { $0.terms.first > known.terms.last }
                let next = taken.min { $0.terms.first < $1.terms.first }
                let isJoined =
                    isEarliest
                    ? next?.terms.opening ?? known.terms.closing == known.terms.closing
                    : PlainLedger.gap(of: known, among: taken) == 0
                if !isJoined { return .agentStatementGap }
            }
            statement.way = it.way
            return nil
        }
    }

    /// Changes one that is received to the stage, or refuses it; a repetition where it is there.
    private mutating func change(
        _ number: AgentStatementID, unlessAlready stage: String?,
        _ change: (inout AgentStatement) -> ResultCode?
    ) -> (ResultCode, Bool) {
        guard number > 0, number <= agentStatements.count else {
            return (.agentStatementUnknown, false)
        }
        var statement = agentStatements[Int(number) - 1]
        if statement.stage == stage { return (.accepted, true) }
        guard statement.stage == "receiving" else { return (.agentStatementNotReceiving, false) }
        if let code = change(&statement) { return (code, false) }
        statement.stage = stage ?? statement.stage
        agentStatements[Int(number) - 1] = statement
        return (.accepted, false)
    }

    private func overlaps(_ new: AgentStatement) -> Bool {
        agentStatements.contains {
            $0.stage == "taken" && $0.isBeside(new) && $0.days.overlaps(new.days)
        }
    }

    /// What it opens with beyond what the latest of the others before it left.
    static func gap(of statement: AgentStatement, among others: [AgentStatement]) -> Int128 {
        let before = others.filter { $0.days.upperBound < statement.days.lowerBound }
            .max { $0.days.upperBound < $1.days.upperBound }
        return before.map { Int128(statement.terms.opening) - Int128($0.terms.closing) } ?? 0
    }
}
