internal import Domain

extension SetPolicy: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        guard isValid else { return .refused(.policyInvalid) }
        let known = ledger.policy.find(self)
        if let known, saysTheSame(as: known) { return .repetition }
        if known == nil, removed { return .repetition }
        guard known != nil || !ledger.policy.isFull else { return .refused(.policyFull) }
        guard ledger.policy.staysChangeable(by: ledger.operators.all, with: self) else {
            return .refused(.personsMissing)
        }

        // From here on it must succeed.
        var row = PolicyLineRow(
            id: known?.id ?? UInt32(ledger.policy.count + 1), self, attachment: attachment)
        if let known, removed {
            row = known
            row.removed = true
            row.attachment = attachment
        }
        ledger.policy.put(row)
        return .accepted
    }

    /// R17.4 What a line may say. One that is removed needs to say only which.
    private var isValid: Bool {
        guard DeclaredCommands.isGoverned(command), from >= 0, from <= Limits.maximumAmount else {
            return false
        }
        return removed
            || !roles.isEmpty && OperatorRoles.giving.isSuperset(of: roles)
                && (isFoundation ? 2...2 : 1...2).contains(persons)
                && hours <= Limits.longestProposalHours
    }

    private var isFoundation: Bool {
        DeclaredCommands.type(of: command)?.init().governance.weight == .foundation
    }

    private func saysTheSame(as known: PolicyLineRow) -> Bool {
        removed
            ? known.removed
            : !known.removed && known.roles == roles && known.persons == persons
                && waits(known.hours) == waits(hours)
    }

    private func waits(_ hours: UInt16) -> UInt16 { hours == 0 ? Limits.proposalHours : hours }
}
