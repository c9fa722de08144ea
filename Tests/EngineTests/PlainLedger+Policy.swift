internal import Domain
import Scenarios

/// R17: who may give what, and what waits for a second person. Nothing is ever forgotten here.
extension PlainLedger {
    struct PolicyLine {
        var command: CommandKind
        var currency: Currency?
        var from: Int64
        var roles: OperatorRoles
        var persons: Int
        var hours: Int
        var isThere = true
    }

    struct Proposal {
        var command: any DeclaredCommand
        var content: UInt128
        var proposer: CommandKey
        var ends: Timestamp
        var code = ResultCode.proposed
        var isOpen: Bool { code == .proposed }
    }

    /// What the policy says of a command where it has no line: roles, and persons where these are
    /// not the line's to say; then what it is about.
    private struct Standing {
        var roles: OperatorRoles
        var persons: Int?
        var currency: Currency?
        var amount: Int64 = 0
    }

    private func standing(_ command: any DeclaredCommand) -> Standing {
        switch command {
        case is RegisterParticipant, is SetIdentifier, is SetCorrespondent:
            Standing(roles: .limits)
        case let it as SetParticipantState:
            Standing(roles: .limits, persons: it.state == .suspended ? 1 : 2)
        case let it as ConfigureCorridor: Standing(roles: .limits, currency: it.corridor.foreign)
        case let it as SetCorridorState:
            Standing(roles: .limits, persons: it.state == .open ? 2 : 1, currency: it.foreign)
        case let it as SetReferenceRate: Standing(roles: .limits, currency: it.foreign)
        case let it as SetCreditLimit:
            Standing(
                roles: .limits, currency: it.limit.currency, amount: it.limit.minorUnits)
        case let it as Fund: Standing(roles: .payments, currency: it.currency, amount: it.amount)
        case let it as FundNostro:
            Standing(
                roles: .payments, currency: it.funding.currency, amount: it.funding.amount)
        case let it as BookAgentEntry:
            Standing(roles: .payments, currency: it.currency, amount: it.amount)
        case let it as OpenNostro: Standing(roles: .payments, currency: it.currency)
        case let it as SetNostroState:
            Standing(roles: .payments, persons: it.state == .closed ? 1 : 2)
        case let it as OrderWithdrawal: standing(ofWithdrawal: it.reference)
        case let it as ConfirmWithdrawal: standing(ofWithdrawal: it.reference)
        case let it as ReverseWithdrawal: standing(ofWithdrawal: it.reference)
        case is SetMessaging: Standing(roles: .payments)
        case let it as SetOperator:
            Standing(roles: .security, persons: onlyTakesAway(it) ? 1 : 2)
        case is RaiseRules, is SetPolicy: Standing(roles: .security, persons: 2)
        case is EraseContent: Standing(roles: .security)
        case is RegisterKey, is RotateKey: Standing(roles: .security, persons: 2)
        case is RevokeKey: Standing(roles: .security, persons: 1)
        case let it as StageCalendarDay: Standing(roles: .limits, currency: it.day.currency)
        case let it as SetCorridorCalendars:
            Standing(roles: .limits, persons: 2, currency: it.foreign)
        case is SetDatedFunding: Standing(roles: .limits)
        case let it as AdoptCalendar:
            Standing(roles: .limits, persons: 2, currency: it.currency)
        case let it as SetDebitCap:
            Standing(
                roles: .limits, currency: it.cap.currency,
                amount: it.removed ? .max : it.cap.minorUnits)
        case let it as BeginAgentStatement:
            Standing(roles: .reconciliation, currency: it.currency)
        case let it as AddAgentStatementLine:
            Standing(roles: .reconciliation, currency: it.currency)
        case let it as TakeAgentStatement:
            Standing(
                roles: .reconciliation, persons: it.way == .regular ? nil : 2,
                currency: currency(ofStatement: it.statement))
        case let it as AbandonAgentStatement:
            Standing(
                roles: .reconciliation, persons: 1, currency: currency(ofStatement: it.statement))
        default: preconditionFailure("no policy is about \(command)")
        }
    }

    private func onlyTakesAway(_ it: SetOperator) -> Bool {
        guard it.state == .suspended, let own = operators[it.name]?.roles else { return false }
        return it.roles.subtracting(own).isEmpty
    }

    private func currency(ofStatement number: AgentStatementID) -> Currency? {
        let isKnown = number > 0 && number <= agentStatements.count
        return isKnown ? agentStatements[Int(number) - 1].terms.currency : nil
    }

    private func standing(ofWithdrawal reference: UETR) -> Standing {
        let terms = withdrawals[reference]?.terms
        return Standing(
            roles: .payments, currency: terms?.currency, amount: terms?.amount ?? 0)
    }

    /// R17.3 the line that counts.
    private func line(_ command: any DeclaredCommand, _ stake: Standing) -> PolicyLine? {
        let amount = abs(Int128(stake.amount))
        let able = lines.filter {
            $0.isThere && $0.command == type(of: command).kind && Int128($0.from) <= amount
        }
        .sorted { $0.from < $1.from }
        let own = able.last { $0.currency != nil && $0.currency == stake.currency }
        return own ?? able.last { $0.currency == nil }
    }

    private func demand(
        _ command: any DeclaredCommand
    ) -> (roles: OperatorRoles, persons: Int, hours: Int) {
        let stake = standing(command)
        let line = line(command, stake)
        let hours = line?.hours ?? 0
        return (
            line?.roles ?? stake.roles, stake.persons ?? line?.persons ?? 1,
            hours == 0 ? 24 : hours
        )
    }

    private func has(_ name: OperatorName, _ roles: OperatorRoles) -> Bool {
        operators[name].map { $0.isActive && !$0.roles.intersection(roles).isEmpty } ?? false
    }

    private func isBarred(_ name: OperatorName, _ roles: OperatorRoles) -> Bool {
        guard let own = operators[name]?.roles else { return true }
        return own.contains(.reconciliation) && roles.contains(.payments)
            || own.contains(.payments) && roles.contains(.reconciliation)
    }

    private var isGoverned: Bool { rules >= .v4 && !lines.isEmpty }

    /// R17.2, R17.6 what becomes of a command that may not be carried out at once; nil where it
    /// may.
    mutating func held(_ command: any DeclaredCommand, by actor: CommandActor) -> Outcome? {
        guard isGoverned, !(command is ApproveProposal), !(command is RefuseProposal) else {
            return nil
        }
        let kind = type(of: command).kind
        let demand = demand(command)
        guard has(actor.name, demand.roles) else { return Outcome(code: .roleMissing, kind: kind) }
        guard demand.persons == 2 else { return nil }
        let bytes = EncodedCommand(.declared(command)).bytes
        let same = proposals.firstIndex {
            $0.isOpen && EncodedCommand(.declared($0.command)).bytes == bytes
        }
        if let same {
            return Outcome(code: .proposalWaits, kind: kind, caseID: CaseID(same + 1))
        }
        let own = proposals.count { $0.isOpen && $0.proposer.name == actor.name }
        guard own < 1_000, proposals.count(where: \.isOpen) < 10_000 else {
            return Outcome(code: .proposalsFull, kind: kind)
        }
        let key = CommandKey(name: actor.name, commandID: actor.commandID)
        proposals.append(
            Proposal(
                command: command, content: actor.contentHash, proposer: key,
                ends: now + Int64(demand.hours) * 3_600_000_000_000))
        given[key] = (actor.contentHash, .proposed)
        return Outcome(code: .proposed, kind: kind, caseID: CaseID(proposals.count))
    }

    /// R17.7 what is said of a command that was proposed.
    func fate(_ key: CommandKey, _ kind: CommandKind) -> Outcome? {
        guard let place = proposals.firstIndex(where: { $0.proposer == key }) else { return nil }
        return Outcome(
            code: proposals[place].code, kind: kind, isRepetition: true,
            caseID: CaseID(place + 1))
    }

    mutating func expireProposals() {
        for place in proposals.indices where proposals[place].isOpen && proposals[place].ends <= now
        {
            proposals[place].code = .proposalExpired
        }
    }

    /// The command's outcome, if it is one of these.
    mutating func carryOutPolicy(_ command: any DeclaredCommand) -> Outcome? {
        switch command {
        case let it as SetPolicy: set(it)
        case let it as ApproveProposal: Outcome(code: approve(it), kind: ApproveProposal.kind)
        case let it as RefuseProposal: Outcome(code: refuse(it), kind: RefuseProposal.kind)
        default: nil
        }
    }

    private mutating func set(_ wish: SetPolicy) -> Outcome {
        func answer(_ code: ResultCode, _ isRepetition: Bool = false) -> Outcome {
            Outcome(code: code, kind: SetPolicy.kind, isRepetition: isRepetition)
        }
        guard isLine(wish) else { return answer(.policyInvalid) }
        let place = lines.firstIndex {
            $0.command == wish.command && $0.currency == wish.currency.currency
                && $0.from == wish.from
        }
        let known = place.map { lines[$0] }
        if wish.removed, known?.isThere != true { return answer(.accepted, true) }
        if let known, known.isThere, !wish.removed, known.roles == wish.roles,
            known.persons == wish.persons,
            (known.hours == 0 ? 24 : known.hours) == (wish.hours == 0 ? 24 : Int(wish.hours))
        {
            return answer(.accepted, true)
        }
        let before = lines
        let line = PolicyLine(
            command: wish.command, currency: wish.currency.currency, from: wish.from,
            roles: wish.roles, persons: Int(wish.persons), hours: Int(wish.hours),
            isThere: !wish.removed)
        if let place { lines[place] = line } else { lines.append(line) }
        guard staysChangeable else {
            lines = before
            return answer(.personsMissing)
        }
        return answer(.accepted)
    }

    private func isLine(_ wish: SetPolicy) -> Bool {
        let ungoverned: [CommandKind] = [ApproveProposal.kind, RefuseProposal.kind]
        let type = DeclaredCommands.all.first { $0.kind == wish.command }
        guard let type, type.isOperators, !ungoverned.contains(wish.command),
            (0...10_000_000_000_000_000).contains(wish.from)
        else { return false }
        if wish.removed { return true }
        let always = [
            SetPolicy.kind, SetOperator.kind, RaiseRules.kind, RegisterKey.kind, RotateKey.kind,
        ].contains(wish.command)
        return (1...15).contains(wish.roles.rawValue) && wish.hours <= 720
            && (wish.persons == 2 || wish.persons == 1 && !always)
    }

    /// R17.4 two persons can change policy and operators.
    var staysChangeable: Bool {
        let kinds: [any DeclaredCommand] = [
            SetPolicy(), SetOperator(name: .none, roles: [], state: .active),
        ]
        return kinds.allSatisfy { command in
            let roles = demand(command).roles
            let able = operators.keys.filter { has($0, roles) }
            return able.count > 1 && able.contains { !isBarred($0, roles) }
        }
    }

    /// Why a proposal cannot be decided.
    private func objection(_ number: ProposalID, _ hash: UInt128) -> ResultCode? {
        guard number > 0, number <= proposals.count else { return .proposalUnknown }
        let proposal = proposals[Int(number) - 1]
        if !proposal.isOpen { return .proposalDecided }
        return proposal.content == hash ? nil : .proposalDiffers
    }

    private mutating func approve(_ wish: ApproveProposal) -> ResultCode {
        if let code = objection(wish.number, wish.proposalHash) { return code }
        let proposal = proposals[Int(wish.number) - 1]
        let roles = demand(proposal.command).roles
        if proposal.proposer.name == acting { return .samePerson }
        if !has(acting, roles) { return .roleMissing }
        if isBarred(acting, roles) { return .dutiesSeparate }
        if !has(proposal.proposer.name, roles) { return .proposerBarred }
        let beside = Command.declared(proposal.command).words
        if beside != Command.declared(wish).words { return .proposalDiffers }
        let code = carryOut(proposal.command).code
        proposals[Int(wish.number) - 1].code = code
        return code
    }

    private mutating func refuse(_ wish: RefuseProposal) -> ResultCode {
        if let code = objection(wish.number, wish.proposalHash) { return code }
        let proposal = proposals[Int(wish.number) - 1]
        let isOwn = proposal.proposer.name == acting
        if !isOwn, !has(acting, demand(proposal.command).roles) { return .roleMissing }
        proposals[Int(wish.number) - 1].code = isOwn ? .proposalWithdrawn : .proposalRefused
        return .accepted
    }
}
