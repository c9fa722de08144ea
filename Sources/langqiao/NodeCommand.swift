internal import ArgumentParser

struct NodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "node",
        abstract: "Look at a node of a cluster, or let another one lead.",
        subcommands: [NodeStatusCommand.self, NodeTransferCommand.self])
}
