internal import ArgumentParser

struct StatementsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "statements",
        abstract: "Read agents' statements, and put them on record.",
        discussion: """
            Statements of agents are camt.053, camt.052 and camt.054 of any version from 02 to 14, \
            MT940 and MT942, and CSV with a mapping that says how its columns are to be read.

            Examples:
              langqiao statements read statement.xml
              langqiao statements read --json 2026-11-27.sta 2026-11-28.sta
              langqiao statements read --mapping agent.json account.csv
              langqiao statements import --as operator statement.xml
            """,
        subcommands: [
            StatementsReadCommand.self, StatementsImportCommand.self,
            StatementVerbCommand<BeginStatement>.self,
            StatementVerbCommand<AddStatementLine>.self, StatementVerbCommand<ListStatements>.self,
            StatementVerbCommand<ShowStatement>.self, StatementVerbCommand<StatementLines>.self,
            StatementVerbCommand<TakeStatement>.self, StatementVerbCommand<AbandonStatement>.self,
        ])
}
