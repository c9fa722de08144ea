internal import Domain

extension AbandonAgentStatement: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        if ledger.agentStatements.find(statement)?.state == .abandoned { return .repetition }
        let row: AgentStatementRow
        switch ledger.receivedStatement(statement) {
        case .failure(let refusal): return .refused(refusal.code)
        case .success(let found): row = found
        }

        // From here on it must succeed.
        ledger.agentStatements.abandon(row)
        return .accepted
    }

    func governance<Book>(
        in ledger: borrowing LedgerEngine<Book>
    ) -> Governance where Book: OrderBook & ~Copyable { governance(of: statement, in: ledger) }
}
