internal import ArgumentParser

/// The program: one file a subcommand; no logic of its own.
@main
struct Langqiao: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "langqiao",
        abstract: "A payment-versus-payment settlement gateway for renminbi corridors.",
        discussion: """
            Start with 'langqiao demo' to see it at work, or with 'langqiao init' and 'langqiao \
            serve' to run a gateway of your own.
            """,
        version: Version.text,
        groupedSubcommands: [
            CommandGroup(
                name: "Running a gateway:",
                subcommands: [
                    InitCommand.self, ServeCommand.self, VerifyStoreCommand.self,
                    ExportCommand.self,
                ]),
            CommandGroup(
                name: "Using a gateway:",
                subcommands: [
                    PayCommand.self, StatusCommand.self, BookCommand.self, AccountsCommand.self,
                    NodeCommand.self,
                ]),
            CommandGroup(name: "Operating a gateway:", subcommands: nounCommands),
            CommandGroup(
                name: "Without a gateway:",
                subcommands: [
                    DemoCommand.self, ReplayCommand.self, BenchmarkCommand.self,
                    SimulateCommand.self, VerifyCommand.self, VersionCommand.self,
                ]),
        ])
}
