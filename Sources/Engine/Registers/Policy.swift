internal import Domain

/// What a command takes before it is carried out (R17).
struct Demand {
    /// Who gives it has one of these.
    let roles: OperatorRoles
    /// 1 or 2.
    let persons: UInt8
    /// How long it waits for the second one.
    let hours: UInt16
}

/// Who may give which command, and how many persons it takes (R17).
struct Policy: ~Copyable {
    private let rows: Registry<PolicyLineRow>

    /// - Parameter rows: the register, which is changed here alone.
    init(_ rows: Registry<PolicyLineRow>) { self.rows = rows }

    /// R17.1 From the first line on, for good.
    var isInForce: Bool { rows.count > 0 }
    var isFull: Bool { rows.isFull }
    var count: Int { rows.count }

    /// The line about the same commands, removed ones included.
    ///
    /// - Complexity: O(lines).
    func find(_ line: SetPolicy) -> PolicyLineRow? {
        all.first {
            $0.command == line.command && $0.currency == line.currency && $0.from == line.from
        }
    }

    mutating func put(_ row: PolicyLineRow) { rows.put(row) }

    /// R17.3 What a command of this kind takes.
    ///
    /// - Complexity: O(lines).
    func demand(on kind: CommandKind, _ command: Governance) -> Demand {
        let line = line(about: kind, command)
        let persons: UInt8 =
            switch command.weight {
            case .ordinary: line?.persons ?? 1
            case .restriction: 1
            case .lifting, .foundation: 2
            }
        let hours = line?.hours ?? 0
        return Demand(
            roles: line?.roles ?? command.roles, persons: persons,
            hours: hours == 0 ? Limits.proposalHours : hours)
    }

    /// R17.3 A line of the command's own currency comes before one of any; of those the one with
    /// the greatest amount.
    private func line(about kind: CommandKind, _ command: Governance) -> PolicyLineRow? {
        let lines = all.filter {
            !$0.removed && $0.command == kind && UInt64($0.from) <= command.amount
        }
        let own = lines.filter { $0.currency != .any && $0.currency.currency == command.currency }
        let any = lines.filter { $0.currency == .any }
        return (own.isEmpty ? any : own).max { $0.from < $1.from }
    }

    /// R17.4 Whether two persons can still change policy and operators, of whom the second may
    /// approve it.
    ///
    /// - Parameters:
    ///   - people: all operators as they would be.
    ///   - line: as it would be; nil where none changes.
    func staysChangeable(by people: [OperatorRow], with line: SetPolicy? = nil) -> Bool {
        [SetPolicy.kind, SetOperator.kind].allSatisfy { kind in
            let roles = rolesChangingIt(kind, line)
            let able = people.filter { $0.state == .active && !$0.roles.isDisjoint(with: roles) }
            return able.count >= 2 && able.contains { !$0.roles.isBarred(from: roles) }
        }
    }

    /// The roles that give commands of this kind, which have neither currency nor amount.
    private func rolesChangingIt(_ kind: CommandKind, _ line: SetPolicy?) -> OperatorRoles {
        let standing = Governance(.security, .foundation)
        guard let line, line.command == kind, line.currency == .any, line.from == 0 else {
            return demand(on: kind, standing).roles
        }
        return line.removed ? standing.roles : line.roles
    }

    private var all: [PolicyLineRow] { (0..<UInt32(rows.count)).map { rows[$0 + 1] } }
}
