internal import Domain
internal import PostgresForTests
internal import Replica
internal import Scenarios
internal import Store
internal import Testing

/// R12 What the tables say of nostros, withdrawals and agents' entries.
@Suite(.serialized) struct NostroTests {
    @Test func transfersOfEveryAccountSumToItsBalance() async throws {
        let address = try TestCluster.makeSchema()
        let run = try Running(address)
        let history = RandomHistory(seed: 41, commands: 8_000, rules: .current)
        for batch in history.batches {
            try await run.submitInTurn(batch.commands)
        }
        #expect(try await run.replica.waitForTables())
        #expect(await run.stop() == nil)
        let connection = try PostgresConnection(to: address, applicationName: "test")
        let wrong = try connection.query(
            """
            SELECT account_id FROM accounts
            LEFT JOIN account_entries USING (account_id)
            GROUP BY account_id, balance HAVING balance <> coalesce(sum(amount), 0)
            """)
        #expect(wrong.rowCount == 0)
        let reader = try LedgerReader(address)
        let withdrawals = try reader.rows(WithdrawalRow.self)
        #expect(Set(withdrawals.map(\.state)) == Set(WithdrawalState.allCases))
        let kinds: [AccountKind] = [.nostro, .agentCharges, .agentInterest]
        let agents = try reader.accounts().filter { kinds.contains($0.kind) }
        #expect(Set(agents.map(\.kind)) == Set(kinds) && agents.contains { $0.participant > 0 })
        for account in agents {
            #expect(try Self.sum(reader, account.id) == account.balance, "\(account)")
        }
    }

    /// Of all pages.
    private static func sum(_ reader: LedgerReader, _ account: AccountID) throws -> Int64 {
        var sum: Int64 = 0
        var last: TransferToken?
        repeat {
            let page = try reader.transfers(of: account, before: last, limit: 7)
            for transfer in page {
                sum += transfer.creditAccount == account ? transfer.amount : -transfer.amount
            }
            last = page.last?.token
        } while last != nil
        return sum
    }
}
