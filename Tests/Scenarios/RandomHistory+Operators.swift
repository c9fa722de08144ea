internal import Chance
internal import Domain

/// What operators of a random history gave, and who they are.
struct RandomOperators {
    /// In their order.
    var given: [Command] = []
    /// Suspended ones are made active again soon.
    var suspended: [OperatorName] = []
}

extension RandomHistory {
    /// Puts an operator on record, changes what he is there for, or suspends him.
    mutating func setOperator() -> Command {
        if let name = operators.suspended.popLast() {
            return .declared(SetOperator(name: name, roles: .all))
        }
        let name = random.percent(95) ? random.pick(People.all) : .none
        let roles = random.percent(50) ? .all : OperatorRoles(rawValue: UInt8(random.below(34)))
        let state = random.pick([OperatorState.active, .active, .suspended])
        if state == .suspended { operators.suspended.append(name) }
        return .declared(SetOperator(name: name, roles: roles, state: state))
    }

    /// The command as it comes in: from one of the operators, mostly one on record. At times an
    /// older command comes once more instead, or its identification is used for this one.
    mutating func given(_ command: Command) -> Command {
        guard rules >= .v3, case .declared(let declared, by: _) = command,
            type(of: declared).isOperators, random.percent(99)
        else { return command }
        let name = random.pick([People.wang, People.wang, People.li, People.li, People.zhao])
        guard !operators.given.isEmpty, random.percent(20) else {
            let fresh = command.given(by: name, as: random.uetr().bits)
            operators.given.append(fresh)
            return fresh
        }
        let recent = random.percent(60) ? min(20, operators.given.count) : operators.given.count
        let old = operators.given[operators.given.count - 1 - random.below(recent)]
        guard random.percent(30), let actor = old.actor else { return old }
        // The same identification: another operator's command, or a conflict.
        return command.given(by: name, as: actor.commandID)
    }

    /// The command that opens a ledger: two operators are found by their first ones.
    mutating func opened(_ command: Command, _ place: Int) -> Command {
        let first = command.given(
            by: place % 2 == 0 ? People.wang : People.li, as: random.uetr().bits)
        operators.given.append(first)
        return first.under(rules)
    }
}
