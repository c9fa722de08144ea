internal import ArgumentParser
internal import Clients

/// A verb of ``Verbs/statements``, which stand beside what `langqiao statements` does with files.
protocol StatementVerb {
    static var name: String { get }
}

struct StatementVerbCommand<Verb: StatementVerb>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: Verb.name, abstract: Verbs.statements[Verb.name]?.abstract ?? "")
    }

    @Argument(parsing: .captureForPassthrough, help: .hidden)
    var arguments: [String] = []

    func run() async throws {
        try await VerbRun(Verbs.statements, [Verb.name] + arguments).run()
    }
}

enum BeginStatement: StatementVerb { static let name = "begin" }
enum AddStatementLine: StatementVerb { static let name = "add-line" }
enum ListStatements: StatementVerb { static let name = "list" }
enum ShowStatement: StatementVerb { static let name = "show" }
enum StatementLines: StatementVerb { static let name = "lines" }
enum TakeStatement: StatementVerb { static let name = "take" }
enum AbandonStatement: StatementVerb { static let name = "abandon" }
