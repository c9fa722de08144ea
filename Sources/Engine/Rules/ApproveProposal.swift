internal import Domain

extension ApproveProposal: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        let place: UInt32
        switch ledger.openProposal(number, proposalHash) {
        case .failure(let refusal): return .refused(refusal.code)
        case .success(let found): place = found
        }
        let row = ledger.proposals.row(at: place)
        guard let command = row.command as? any Rule, let demand = ledger.demand(on: command)
        else { preconditionFailure("what was proposed is a governed command") }
        if let refusal = refusal(of: row, demand, ledger) { return refusal }
        guard ledger.attached(attachment).elementsEqual(ledger.proposals.attachment(number)) else {
            return .refused(.proposalDiffers)
        }

        // From here on the proposal is decided, by whatever its command leads to.
        let code = command.carryOut(on: &ledger, attachment).code
        ledger.decide(at: place, as: .approved, by: ledger.acting, code)
        return Verdict(code: code)
    }

    /// R17.8 Who may approve, and that the proposer may still propose.
    private func refusal<Book>(
        of row: ProposalRow, _ demand: Demand, _ ledger: borrowing LedgerEngine<Book>
    ) -> Verdict? where Book: OrderBook & ~Copyable {
        let proposer = ledger.operators[row.proposer]
        let approver = ledger.operators[ledger.acting]
        guard proposer.id != approver.id else { return .refused(.samePerson) }
        guard !approver.roles.isDisjoint(with: demand.roles) else {
            return .refusedWithoutTrace(.roleMissing)
        }
        guard !approver.roles.isBarred(from: demand.roles) else {
            return .refused(.dutiesSeparate)
        }
        guard proposer.state == .active, !proposer.roles.isDisjoint(with: demand.roles) else {
            return .refused(.proposerBarred)
        }
        return nil
    }
}
