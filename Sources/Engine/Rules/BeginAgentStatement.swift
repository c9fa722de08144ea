internal import Domain

extension BeginAgentStatement: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        guard isSensible else { return .refused(.agentStatementInvalid) }
        if let code = refusal(by: ledger) { return .refused(code) }
        let row = AgentStatementRow(
            id: ledger.agentStatements.nextID, self, begunAt: ledger.now, attachment: attachment)
        if let same = ledger.agentStatements.same(as: row) { return .repetition(same) }
        guard ledger.agentStatements.namesake(of: row) == nil else {
            return .refused(.agentStatementConflict)
        }
        guard ledger.agentStatements.neighbours(of: row) != nil else {
            return .refused(.agentStatementOverlaps)
        }
        guard !ledger.agentStatements.isFull else { return .refused(.agentStatementsFull) }

        // From here on it must succeed.
        ledger.agentStatements.begin(row)
        return .accepted(row.id)
    }

    private var isSensible: Bool {
        let most = Limits.agentBalance.magnitude
        return first != .none && first <= last && lines <= Limits.agentStatementLines
            && opening.magnitude <= most && closing.magnitude <= most && digest != .none
    }

    /// An agent says what happened on a closed account too.
    private func refusal<Book>(
        by ledger: borrowing LedgerEngine<Book>
    ) -> ResultCode? where Book: OrderBook & ~Copyable {
        let code = ledger.refusal(nostro, currency)
        guard code == .nostroClosed else { return code }
        let row = ledger.registers.of(NostroRow.self).find(UInt128(nostro))
        return row?.currency == currency ? nil : .nostroCurrencyDiffers
    }
}
