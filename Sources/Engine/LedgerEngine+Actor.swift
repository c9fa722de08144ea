package import Domain

// R13 Who gives a command, and that the same one given twice is carried out once.

extension LedgerEngine where Book: ~Copyable {
    /// Carries out an operator's command, unless he gave it before or may give none.
    mutating func carryOut(_ rule: any Rule, by actor: CommandActor, _ view: CommandView) -> Verdict
    {
        guard actor != .none else {
            return isUnborn && rule is RaiseRules
                ? rule.carryOut(on: &self, view.attachment) : .refused(.operatorMissing)
        }
        let known = operators.find(actor.name)
        if let known, let first = recentCommands.find(actor.identity(known.id)) {
            return first.answer(to: actor, proposals.find(first.identity))
        }
        if let code = refusal(of: actor.name, known) { return .refused(code) }
        if let demand = demand(on: rule) {
            guard let known else { preconditionFailure("a policy finds two operators on record") }
            guard !known.roles.isDisjoint(with: demand.roles) else {
                return .refused(.roleMissing)
            }
            if demand.persons > 1 {
                let verdict = propose(rule, by: known.id, actor, demand, view.attachment)
                if verdict.code == .proposed { record(actor, known.id, view.kind, .proposed) }
                return verdict
            }
        }

        // From here on it goes on record, whatever the rule says.
        acting = known?.id ?? operators.add(actor.name, .all)
        let verdict = rule.carryOut(on: &self, view.attachment)
        if verdict.leavesTrace { record(actor, acting, view.kind, verdict.code) }
        return verdict
    }

    /// R13.2 Nobody has given it anything yet: the program that begins it gives it its rules.
    private var isUnborn: Bool {
        rules >= .v3 && operators.count == 0 && participants.count == 1
    }

    /// R13.3 Why the ledger takes no command of this name; R13.1 the first two found it.
    private mutating func refusal(of name: OperatorName, _ known: OperatorRow?) -> ResultCode? {
        guard let known else {
            return operators.count < 2 && name.isValid ? nil : .operatorUnknown
        }
        return known.state == .active ? nil : .operatorSuspended
    }

    private mutating func record(
        _ actor: CommandActor, _ number: OperatorID, _ kind: CommandKind, _ code: ResultCode
    ) {
        let row = OperatorCommandRow(
            id: recentCommands.nextID(in: position.logIndex + 1), timestamp: now,
            operatorID: number, kind: kind, code: code, commandID: UETR(bits: actor.commandID),
            contentHash: actor.contentHash)
        recentCommands.add(row)
        position.finalsHash &+= row.stateHash
        effects.declared.append(row)
    }

    /// Takes over what the tables say.
    mutating func loadOperators(_ image: LedgerImage) throws(LoadError) {
        try operators.adoptLoaded()
        for row in image.declared[OperatorCommandRow.self].sorted(by: { $0.id < $1.id }) {
            guard row.operatorID > 0, row.operatorID <= operators.count,
                row.logIndex <= image.position.logIndex, recentCommands.add(row)
            else { throw .inconsistent("\(OperatorCommandRow.table) \(row.id)") }
        }
    }

    // MARK: The record

    /// Whether the ledger will still know the same command when it applies the batch at `logIndex`;
    /// false of one that it never knew.
    package func remembersCommand(_ command: CommandView, at logIndex: UInt64) -> Bool {
        guard let actor = command.actor, let number = operators.find(actor.name)?.id,
            let known = recentCommands.find(actor.identity(number))
        else { return false }
        return recentCommands.isKept(known, at: logIndex)
    }

    /// The answer to a command that the ledger has forgotten, as ``carryOut(_:by:_:)`` would give
    /// it if it still knew it; nil when none on record is the same operator's.
    func answerToOperator(_ command: CommandView, _ record: RecordedPayments) -> Outcome? {
        guard let actor = command.actor, let number = operators.find(actor.name)?.id,
            let known = record.commands.first(where: {
                $0.operatorID == number && $0.commandID.bits == actor.commandID
            })
        else { return nil }
        let proposal = proposals.find(known.identity)
        let recorded = record.proposals.first { $0.proposersCommand == known.identity }
        let verdict = known.answer(to: actor, proposal ?? recorded)
        return Outcome(
            code: verdict.code, kind: command.kind, isRepetition: verdict.isRepetition,
            caseID: verdict.caseID)
    }
}

extension CommandActor {
    /// By which his command is known.
    fileprivate func identity(_ number: OperatorID) -> OperatorCommandRow.Identity {
        OperatorCommandRow.Identity(operatorID: number, commandID: UETR(bits: commandID))
    }
}

extension OperatorCommandRow {
    /// R13.4 What is answered to a command with the same identification.
    ///
    /// - Parameter proposal: that it became, where it was proposed; R17.7 tells what of it then.
    fileprivate func answer(to actor: CommandActor, _ proposal: ProposalRow?) -> Verdict {
        guard contentHash == actor.contentHash else { return .refused(.commandConflict) }
        guard code == .proposed else { return Verdict(code: code, isRepetition: true) }
        guard let proposal else {
            preconditionFailure("who knows that a command was proposed knows its proposal")
        }
        return Verdict(code: proposal.code, isRepetition: true, caseID: proposal.id)
    }
}
