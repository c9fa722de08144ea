internal import ArgumentParser

struct BenchmarkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark",
        abstract: "Measure how fast this machine settles.",
        subcommands: [
            BenchmarkEngineCommand.self, BenchmarkGatewayCommand.self, BenchmarkLatencyCommand.self,
        ])
}
