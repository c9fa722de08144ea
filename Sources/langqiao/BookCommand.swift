internal import ArgumentParser
internal import Clients
internal import Gateway
internal import SwiftProtobuf
internal import Terminal

struct BookCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "book", abstract: "Show the order book of a corridor.")

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The corridor's currency beside CNY, such as THB.")
    var currency: String

    @Option(help: "How many rates of each side.")
    var levels: UInt32 = 10

    func run() async throws {
        var request = ProtoGetBookRequest()
        request.foreignCurrency = currency
        request.levels = levels
        let book: ProtoBook = try await connection.connected { [request] in
            try await $0.call("LedgerService/GetBook", request)
        }
        if connection.json { return try printJSON(book) }
        var table = TextTable([
            ("side", .left), ("rate", .right), ("orders", .right), ("CNY", .right),
            (currency, .right),
        ])
        for (side, levels) in [
            ("give CNY", Array(book.payRenminbi.reversed())), ("give \(currency)", book.payForeign),
        ] {
            for level in levels {
                table.add([side, level.rate, "\(level.orders)", level.renminbi, level.foreign])
            }
        }
        print(table.text)
    }
}
