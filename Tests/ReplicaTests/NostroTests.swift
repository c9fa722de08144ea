internal import Domain
internal import Node
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
        let histories = (41...80 as ClosedRange<UInt64>).lazy.map {
            RandomHistory(seed: $0, commands: 4_000, rules: .first)
        }
        let history = try #require(try histories.first { try Self.endsInAllStates($0) })
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
        // Those that returns moved, beside fills and fundings.
        let returned = Set(try reader.rows(ReturnRow.self).flatMap { [$0.debit, $0.credit] })
        #expect(!returned.isEmpty)
        for account in try reader.accounts() where returned.contains(account.id) {
            #expect(try Self.sum(reader, account.id) == account.balance, "\(account)")
        }
    }

    /// Whether its withdrawals end in every state.
    private static func endsInAllStates(_ history: RandomHistory) throws -> Bool {
        var ledger = LedgerFollower()
        var states: [UETR: WithdrawalState] = [:]
        for timed in history.batches.namesApart {
            for row in try ledger.apply(timed.batch).effects.declared[WithdrawalRow.self] {
                states[row.reference] = row.state
            }
        }
        return Set(states.values) == Set(WithdrawalState.allCases)
    }

    /// Of all pages.
    private static func sum(_ reader: LedgerReader, _ account: AccountID) throws -> Int64 {
        var sum: Int64 = 0
        var last: TransferToken?
        repeat {
            let page = try reader.transfers(of: account, before: last, limit: 7)
            for transfer in page {
                // Of banks that settle through one, both may be this account.
                if transfer.creditAccount == account { sum += transfer.amount }
                if transfer.debitAccount == account { sum -= transfer.amount }
            }
            last = page.last?.token
        } while last != nil
        return sum
    }
}
