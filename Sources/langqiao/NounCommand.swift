internal import ArgumentParser
internal import Clients

/// What can be done with one thing: a subcommand for each row of its table.
protocol NounTable {
    static var noun: Noun { get }
}

/// `langqiao bank`, `langqiao corridor` and the others: all alike but for their tables.
struct NounCommand<Table: NounTable>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        let noun = Table.noun
        return CommandConfiguration(
            commandName: noun.name, abstract: noun.abstract,
            usage: "langqiao \(noun.name) <command> --as <who> [options]",
            discussion: noun.commands)
    }

    @Argument(parsing: .captureForPassthrough, help: .hidden)
    var arguments: [String] = []

    func run() async throws {
        try await VerbRun(Table.noun, arguments).run()
    }
}

enum BankTable: NounTable { static let noun = Verbs.bank }
enum CorridorTable: NounTable { static let noun = Verbs.corridor }
enum FundTable: NounTable { static let noun = Verbs.fund }
enum NostroTable: NounTable { static let noun = Verbs.nostro }
enum WithdrawTable: NounTable { static let noun = Verbs.withdraw }
enum LimitTable: NounTable { static let noun = Verbs.limit }
enum OperatorsTable: NounTable { static let noun = Verbs.operators }
enum KeyTable: NounTable { static let noun = Verbs.key }
enum DayTable: NounTable { static let noun = Verbs.day }
enum LedgerTable: NounTable { static let noun = Verbs.ledger }
enum PolicyTable: NounTable { static let noun = Verbs.policy }
enum ApprovalsTable: NounTable { static let noun = Verbs.approvals }

extension NounTable {
    /// The subcommand of the program.
    static var command: any ParsableCommand.Type { NounCommand<Self>.self }
}

/// All of them, in the order in which the program's help shows them.
let nounCommands: [any ParsableCommand.Type] = [
    BankTable.command, CorridorTable.command, FundTable.command, NostroTable.command,
    WithdrawTable.command, LimitTable.command, OperatorsTable.command, KeyTable.command,
    PolicyTable.command, ApprovalsTable.command, CalendarCommand.self, DayTable.command,
    StatementsCommand.self,
    LedgerTable.command,
]
