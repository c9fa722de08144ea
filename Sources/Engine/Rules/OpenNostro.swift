internal import Domain

extension OpenNostro: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        guard BIC(agent.description) == agent, account.isValid else {
            return .refused(.nostroInvalid)
        }
        let nostros = ledger.registers.of(NostroRow.self)
        if isOnRecord(in: nostros) { return .repetition }
        guard !nostros.isFull else { return .refused(.nostrosFull) }
        guard ledger.accounts.room >= 1 else { return .refused(.accountsFull) }

        // From here on it must succeed.
        let id = NostroID(nostros.count + 1)
        ledger.accounts.addNostro(id, currency)
        nostros.put(
            NostroRow(
                id: id, agent: agent, account: account, currency: currency,
                attachment: attachment))
        return .accepted
    }

    /// - Complexity: O(nostros), which are few and opened seldom.
    private func isOnRecord(in nostros: Registry<NostroRow>) -> Bool {
        (0..<UInt32(nostros.count)).contains { number in
            let row = nostros[number + 1]
            return row.agent == agent && row.account == account && row.currency == currency
        }
    }
}
