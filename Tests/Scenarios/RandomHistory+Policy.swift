internal import Chance
package import Domain

extension RandomHistory {
    /// A line of the policy, or a decision about a proposal.
    mutating func policyCommand() -> any DeclaredCommand {
        switch random.below(10) {
        case 0...2: return policyLine()
        case 3 where random.percent(40):
            let roles: OperatorRoles = random.pick([.payments, .limits, [.payments, .security]])
            return SetOperator(name: random.pick(People.all), roles: roles)
        case 3: return ApproveProposal(number: UInt32(random.below(30)), proposalHash: 7)
        case 4...7: return ApproveProposal(number: someProposal(), proposalHash: 0)
        default: return RefuseProposal(number: someProposal(), proposalHash: 0)
        }
    }

    private mutating func someProposal() -> ProposalID {
        Decisions.firstMark + UInt32(random.below(64))
    }

    private mutating func policyLine() -> SetPolicy {
        let kinds = [
            Fund.kind, Fund.kind, FundNostro.kind, SetCreditLimit.kind, SetReferenceRate.kind,
            SetCorridorState.kind, ConfigureCorridor.kind, SetOperator.kind, SetPolicy.kind,
            OrderWithdrawal.kind, ConfirmWithdrawal.kind, OpenNostro.kind, SetMessaging.kind,
            RegisterParticipant.kind, ApproveProposal.kind, BeginAgentStatement.kind,
        ]
        let any = OperatorRoles(rawValue: UInt8(random.below(17)))
        let usual: OperatorRoles = random.pick([.payments, .limits, .security])
        return SetPolicy(
            command: random.pick(kinds), currency: random.percent(40) ? currency() : nil,
            from: random.percent(50) ? 0 : random.pick([-1, 1, 10_000, 1_000_000, 500_000_000]),
            roles: random.percent(40) ? .giving : random.percent(70) ? usual : any,
            persons: UInt8(random.pick([1, 1, 2, 2, 2, 0, 3])),
            hours: random.pick([0, 0, 1, 30, 720, 721]), removed: random.percent(15))
    }
}

/// How a history decides proposals whose numbers it cannot know: by marks, for which somebody puts
/// numbers who has read the tables.
package enum Decisions {
    /// From here on a number is a mark.
    package static let firstMark: ProposalID = 1_000_000

    /// The decision of a person who sees these proposals; others stay as they are.
    package static func made(_ command: Command, seeing proposals: [ProposalRow]) -> Command {
        guard case .declared(let declared, by: let actor) = command else { return command }
        switch declared {
        case var it as ApproveProposal:
            guard let row = chosen(it.number, proposals) else { return command }
            it.proposalHash = row.contentHash ^ (it.number % 16 == 5 ? 1 : 0)
            it.number = row.id
            return .declared(it, by: actor)
        case var it as RefuseProposal:
            guard let row = chosen(it.number, proposals) else { return command }
            it.proposalHash = row.contentHash ^ (it.number % 16 == 5 ? 1 : 0)
            it.number = row.id
            return .declared(it, by: actor)
        default: return command
        }
    }

    /// Mostly one that is open, at times any.
    private static func chosen(_ mark: ProposalID, _ proposals: [ProposalRow]) -> ProposalRow? {
        guard mark >= firstMark else { return nil }
        let open = proposals.filter { $0.state == .open }
        let among = mark % 8 == 3 || open.isEmpty ? proposals : open
        return among.isEmpty ? nil : among[Int(mark) / 8 % among.count]
    }
}

extension Command {
    /// What comes with it: a refusal says why, and so do most exceptions.
    package var words: [UInt8] {
        guard case .declared(let command, by: _) = self else { return [] }
        switch command {
        case is RefuseProposal: break
        case let it as TakeAgentStatement where it.way == .exception && it.statement % 8 != 3: break
        default: return []
        }
        return Array(#"{"note":"not so","operator":"somebody"}"#.utf8)
    }
}
