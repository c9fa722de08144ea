package import Domain
package import Gateway

/// What the policy of a ledger says of one command, for whoever is about to give it (R17.3).
package struct PolicyWords: Equatable, Sendable {
    /// The command as lines of a policy name it: `setCreditLimit`.
    package let command: String
    /// 1 or 2; nil when it hangs on a currency and an amount that only the ledger knows.
    package let persons: Int?
    /// Who may give it, as the API has them; empty for any operator.
    package let roles: [String]
    /// The same as sets of which one counts: more than one where `persons` is nil, none where any
    /// operator may give it.
    let choices: [Set<String>]
    /// A sentence of all that.
    package let sentence: String

    /// - Parameters:
    ///   - governance: of the command as it would be given.
    ///   - policy: as the API shows it.
    package init(_ kind: CommandKind, _ governance: Governance, under policy: ProtoPolicy) {
        command = kind.description
        guard policy.inForce else {
            (persons, roles, choices) = (1, [], [])
            sentence = "no policy is in force: any active operator gives \(command) alone"
            return
        }
        let lines = policy.lines.filter { $0.command == kind.description }
        let special = lines.filter { !$0.currency.isEmpty || $0.from > 0 }
        if governance.currency == nil, governance.weight == .ordinary, let first = special.first {
            persons = nil
            roles = first.roles.map(PolicyWords.word)
            let others = lines.count > special.count ? lines : lines + policy.standing(of: kind)
            choices = others.map { Set($0.roles.map(PolicyWords.word)) }
            sentence =
                "\(command) takes what the policy says for its currency and amount: "
                + lines.map(PolicyWords.words).joined(separator: "; ")
            return
        }
        let line = PolicyWords.line(of: lines, governance)
        let standing = policy.standing(of: kind).first
        let count =
            switch governance.weight {
            case .ordinary: Int(line?.persons ?? 1)
            case .restriction: 1
            case .lifting, .foundation: 2
            }
        persons = count
        roles = (line ?? standing)?.roles.map(PolicyWords.word) ?? []
        choices = [Set(roles)]
        let who = roles.joined(separator: " or ")
        let source = line.map { " (policy: \(PolicyWords.words($0)))" } ?? ""
        sentence =
            count == 1
            ? "one person with the role \(who) gives \(command) alone\(source)"
            : "\(command) takes two persons with the role \(who)\(source)"
    }

    /// A line of the command's own currency comes before one of any; of those the one with the
    /// greatest amount.
    private static func line(
        of lines: [ProtoPolicyLine], _ governance: Governance
    ) -> ProtoPolicyLine? {
        let reached = lines.filter { UInt64($0.from) <= governance.amount }
        let own = reached.filter {
            !$0.currency.isEmpty && $0.currency == governance.currency?.code
        }
        let any = reached.filter(\.currency.isEmpty)
        return (own.isEmpty ? any : own).max { $0.from < $1.from }
    }

    private static func words(_ line: ProtoPolicyLine) -> String {
        let currency = Currency(code: line.currency)
        let from =
            currency.map { "\(Money(minorUnits: line.from, currency: $0).decimal) \($0.code)" }
            ?? "\(line.from) minor units"
        let about = line.from > 0 ? "from \(from)" : currency?.code ?? "any amount"
        let roles = line.roles.map(word).joined(separator: " or ")
        return "\(about): \(line.persons == 1 ? "one person" : "two persons"), \(roles)"
    }

    static func word(_ role: ProtoOperatorRole) -> String {
        switch role {
        case .payments: "payments"
        case .limits: "limits"
        case .reconciliation: "reconciliation"
        case .security: "security"
        case .read: "read"
        case .unspecified, .UNRECOGNIZED: "unknown"
        }
    }
}

extension ProtoPolicy {
    /// What holds of a kind of command where no line does.
    fileprivate func standing(of kind: CommandKind) -> [ProtoPolicyLine] {
        standing.filter { $0.command == kind.description }
    }
}
