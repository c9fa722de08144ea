internal import Domain

extension RefuseProposal: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        let place: UInt32
        switch ledger.openProposal(number, proposalHash) {
        case .failure(let refusal): return .refused(refusal.code)
        case .success(let found): place = found
        }
        let row = ledger.proposals.row(at: place)
        let isProposers = row.proposer == ledger.acting
        guard isProposers || mayRefuse(row, ledger) else {
            return .refusedWithoutTrace(.roleMissing)
        }
        guard attachment.length > 0 else { return .refused(.reasonMissing) }

        // From here on it must succeed.
        ledger.decide(
            at: place, as: isProposers ? .withdrawn : .refused, by: ledger.acting,
            isProposers ? .proposalWithdrawn : .proposalRefused)
        ledger.putRefusal(of: number, attachment)
        return .accepted
    }

    private func mayRefuse<Book>(
        _ row: ProposalRow, _ ledger: borrowing LedgerEngine<Book>
    ) -> Bool where Book: OrderBook & ~Copyable {
        guard let command = row.command as? any Rule, let demand = ledger.demand(on: command)
        else { preconditionFailure("what was proposed is a governed command") }
        return !ledger.operators[ledger.acting].roles.isDisjoint(with: demand.roles)
    }
}

extension LedgerEngine where Book: ~Copyable {
    fileprivate mutating func putRefusal(of number: ProposalID, _ attachment: AttachmentRange) {
        let row = ProposalRefusalRow(proposal: number, timestamp: now, attachment: attachment)
        position.finalsHash &+= row.stateHash
        effects.declared.append(row)
    }
}
