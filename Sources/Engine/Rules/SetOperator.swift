internal import Domain

extension SetOperator: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        guard name.isValid, !roles.isEmpty, OperatorRoles.all.isSuperset(of: roles) else {
            return .refused(.operatorInvalid)
        }
        guard var row = ledger.operators.find(name) else {
            guard !ledger.operators.isFull else { return .refused(.operatorsFull) }
            ledger.operators.add(name, roles, state, attachment)
            return .accepted
        }
        guard row.roles != roles || row.state != state || attachment.length > 0 else {
            return .repetition
        }
        guard leavesEveryRole(row.id, ledger) else { return .refused(.operatorLast) }
        row.roles = roles
        row.state = state
        guard leavesTwoPersons(with: row, ledger) else { return .refused(.personsMissing) }

        // From here on it must succeed.
        if attachment.length > 0 { row.attachment = attachment }
        ledger.operators.put(row)
        return .accepted
    }

    /// R17.5 Only who is on record, and gets no role by it, is suspended by one person.
    func governance<Book>(
        in ledger: borrowing LedgerEngine<Book>
    ) -> Governance where Book: OrderBook & ~Copyable {
        var governance = self.governance
        let takesAway = ledger.operators.find(name)?.roles.isSuperset(of: roles) ?? false
        if !takesAway { governance.weight = .foundation }
        return governance
    }

    /// R17.4 Under a policy two persons can change it, also afterwards.
    private func leavesTwoPersons<Book>(
        with row: OperatorRow, _ ledger: borrowing LedgerEngine<Book>
    ) -> Bool where Book: OrderBook & ~Copyable {
        guard ledger.rules >= .v4, ledger.policy.isInForce else { return true }
        return ledger.policy.staysChangeable(
            by: ledger.operators.all.map { $0.id == row.id ? row : $0 })
    }

    /// Whether each role that an active operator has today still has one afterwards.
    private func leavesEveryRole<Book>(
        _ number: OperatorID, _ ledger: borrowing LedgerEngine<Book>
    ) -> Bool where Book: OrderBook & ~Copyable {
        let others = ledger.operators.activeRoles(without: number)
        let own = state == .active ? roles : []
        return ledger.operators.activeRoles().isSubset(of: others.union(own))
    }
}
