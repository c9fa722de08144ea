internal import Domain

extension AddAgentStatementLine: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        let row: AgentStatementRow
        switch ledger.receivedStatement(statement) {
        case .failure(let refusal): return .refused(refusal.code)
        case .success(let found): row = found
        }
        guard row.currency == currency else { return .refused(.nostroCurrencyDiffers) }
        guard position == row.received + 1, position <= row.lines else {
            return .refused(.agentLineOutOfOrder)
        }
        let (sum, overflows) = row.sum.addingReportingOverflow(amount)
        guard amount.magnitude <= UInt64(Limits.maximumAmount), !overflows,
            sum.magnitude <= 2 * Limits.agentBalance.magnitude
        else { return .refused(.amountInvalid) }
        guard ledger.agentStatements.openLineCount < Limits.openAgentLines else {
            return .refused(.agentLinesFull)
        }

        // From here on it must succeed.
        ledger.agentStatements.add(
            AgentStatementLineRow(self, attachment: attachment), to: row, sum: sum)
        return .accepted
    }
}
