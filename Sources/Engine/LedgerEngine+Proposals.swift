internal import Domain

// R17 What a policy asks of a command, and commands that wait for a second person.

extension LedgerEngine where Book: ~Copyable {
    /// R17.2 What the policy asks of a command; nil while none is in force, and of what decides
    /// proposals: their own rules say who may.
    func demand(on command: any Rule) -> Demand? {
        guard rules >= .v4, policy.isInForce, type(of: command).isGoverned else { return nil }
        return policy.demand(on: type(of: command).kind, command.governance(in: self))
    }

    /// R17.6 The command waits for a second person.
    mutating func propose(
        _ command: any Rule, by proposer: OperatorID, _ actor: CommandActor, _ demand: Demand,
        _ attachment: AttachmentRange
    ) -> Verdict {
        let row = ProposalRow(
            id: proposals.last &+ 1, command, by: proposer, actor, proposedAt: now,
            deadline: now.adding(hours: demand.hours), attachment: attachment)
        if let waiting = proposals.waiting(row) {
            return Verdict(code: .proposalWaits, caseID: waiting)
        }
        let content = attached(attachment)
        guard type(of: command).bodySize + content.count <= Limits.bytesPerProposal,
            AttachmentText.isPlain(content)
        else { return .refused(.proposalTooLarge) }
        guard !proposals.isFull,
            proposals.openCount(of: proposer) < Limits.openProposalsOfOperator
        else { return .refused(.proposalsFull) }

        // From here on it must succeed.
        let place = proposals.open(row, with: Array(content))
        schedule(Due(.proposalDeadline, row.id, at: row.deadline, place: place))
        return Verdict(code: .proposed, caseID: row.id)
    }

    /// Where an open proposal stands, or why it is none that can be decided.
    func openProposal(
        _ number: ProposalID, _ hash: UInt128
    ) -> Result<UInt32, ProposalRefusal> {
        guard number > 0, number <= proposals.last else {
            return .failure(ProposalRefusal(.proposalUnknown))
        }
        guard let place = proposals.place(number) else {
            return .failure(ProposalRefusal(.proposalDecided))
        }
        guard proposals.row(at: place).contentHash == hash else {
            return .failure(ProposalRefusal(.proposalDiffers))
        }
        return .success(place)
    }

    /// Decides an open proposal.
    mutating func decide(
        at place: UInt32, as state: ProposalState, by decider: OperatorID, _ code: ResultCode
    ) {
        let due = unschedule(at: proposals.duePosition(place))
        require(
            due.kind == .proposalDeadline && due.place == place, "a proposal knows its deadline")
        var row = proposals.row(at: place)
        row.state = state
        row.code = code
        row.decidedBy = decider
        row.decidedAt = now
        row.decidedIn = position.logIndex + 1
        proposals.decide(at: place, as: row)
    }

    /// R17.12 Nobody approved it in time.
    mutating func expireProposal(at place: UInt32) {
        decide(at: place, as: .expired, by: 0, .proposalExpired)
    }

    /// Takes over what the tables say.
    mutating func loadProposals(_ image: LedgerImage) throws(LoadError) {
        let rows = image.declared[ProposalRow.self]
        for row in rows.sorted(by: { ($0.decidedIn, $0.id) < ($1.decidedIn, $1.id) }) {
            guard row.id > 0, row.proposer > 0, row.proposer <= operators.count,
                row.decidedIn <= image.position.logIndex, row.command is any Rule,
                (row.state == .open) == (row.decidedIn == 0)
            else { throw .inconsistent("\(ProposalRow.table) \(row.id)") }
            let attachment = image.proposalAttachments[row.id] ?? []
            guard let place = proposals.load(row, with: attachment) else { continue }
            schedule(Due(.proposalDeadline, row.id, at: row.deadline, place: place))
        }
    }
}

/// Why a proposal is not decided.
struct ProposalRefusal: Error {
    let code: ResultCode

    init(_ code: ResultCode) { self.code = code }
}

extension Timestamp {
    fileprivate func adding(hours: UInt16) -> Timestamp {
        let (time, isBeyond) = addingReportingOverflow(Int64(hours) * 3_600_000_000_000)
        return isBeyond ? .never : time
    }
}
