internal import ArgumentParser
internal import Clients
internal import Gateway
internal import SwiftProtobuf
internal import Terminal

struct AccountsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accounts", abstract: "Show accounts: balance, holds, limit, available.")

    @OptionGroup var connection: ConnectionOptions

    @Option(help: ArgumentHelp("Operators: whose accounts.", valueName: "bic"))
    var participant = ""

    func run() async throws {
        var request = ProtoListAccountsRequest()
        request.participant = participant
        let list: ProtoListAccountsResponse = try await connection.connected { [request] in
            try await $0.call("LedgerService/ListAccounts", request)
        }
        if connection.json { return try printJSON(list) }
        print(list.accounts.table)
    }
}

extension [ProtoAccount] {
    /// The accounts as a table.
    var table: String {
        var table = TextTable([
            ("account", .right), ("kind", .left), ("owner", .left), ("currency", .left),
            ("balance", .right), ("held", .right), ("limit", .right), ("available", .right),
        ])
        for account in self {
            table.add([
                "\(account.accountID)", account.kind, account.participant, account.currency,
                account.balance, account.held, account.creditLimit, account.available,
            ])
        }
        return table.text
    }
}
