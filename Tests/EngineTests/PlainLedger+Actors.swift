internal import Domain

extension PlainLedger {
    struct Operator {
        var roles: OperatorRoles
        var isActive: Bool
    }

    /// By which a command is known again.
    struct CommandKey: Hashable {
        var name: OperatorName
        var commandID: UInt128
    }

    /// R13 who gives a command, and that the same one is carried out once.
    mutating func carryOut(_ command: any DeclaredCommand, by actor: CommandActor) -> Outcome {
        let kind = type(of: command).kind
        guard rules >= .v3, type(of: command).isOperators else { return carryOut(command) }
        if actor.name == .none {
            if command is RaiseRules, operators.isEmpty, banks.isEmpty {
                return carryOut(command)
            }
            return Outcome(code: .operatorMissing, kind: kind)
        }
        let key = CommandKey(name: actor.name, commandID: actor.commandID)
        if let known = given[key] {
            if known.content == actor.contentHash, let fate = fate(key, kind) { return fate }
            return known.content == actor.contentHash
                ? Outcome(code: known.code, kind: kind, isRepetition: true)
                : Outcome(code: .commandConflict, kind: kind)
        }
        if let known = operators[actor.name], !known.isActive {
            return Outcome(code: .operatorSuspended, kind: kind)
        }
        if operators[actor.name] == nil {
            if operators.count > 1 || !actor.name.isValid {
                return Outcome(code: .operatorUnknown, kind: kind)
            }
            operators[actor.name] = Operator(roles: .all, isActive: true)
        }
        if let outcome = held(command, by: actor) { return outcome }
        acting = actor.name
        let outcome = carryOut(command)
        if outcome.code != .roleMissing { given[key] = (actor.contentHash, outcome.code) }
        return outcome
    }

    mutating func set(_ wish: SetOperator) -> Outcome {
        func answer(_ code: ResultCode) -> Outcome { Outcome(code: code, kind: SetOperator.kind) }
        let there = (0..<5).map { OperatorRoles(rawValue: 1 << $0) }
        if !wish.name.isValid || wish.roles.isEmpty || wish.roles.rawValue > 31 {
            return answer(.operatorInvalid)
        }
        let isActive = wish.state == .active
        let known = operators[wish.name]
        if let known, known.roles == wish.roles, known.isActive == isActive {
            return Outcome(code: .accepted, kind: SetOperator.kind, isRepetition: true)
        }
        func held(_ role: OperatorRoles) -> Bool {
            operators.values.contains { $0.isActive && $0.roles.contains(role) }
        }
        let before = there.filter { held($0) }
        operators[wish.name] = Operator(roles: wish.roles, isActive: isActive)
        if let known, !before.allSatisfy({ held($0) }) {
            operators[wish.name] = known
            return answer(.operatorLast)
        }
        if let known, rules >= .v4, !lines.isEmpty, !staysChangeable {
            operators[wish.name] = known
            return answer(.personsMissing)
        }
        return answer(.accepted)
    }
}
