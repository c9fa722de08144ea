internal import ArgumentParser
internal import Clients
internal import Gateway
internal import SwiftProtobuf

struct NodeTransferCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "transfer", abstract: "Let another node of the cluster lead.",
        discussion: "Any node may be asked. It answers when the other one leads.")

    @OptionGroup var connection: ConnectionOptions

    @Option(help: ArgumentHelp("The node that is to lead.", valueName: "number"))
    var to: UInt8

    func run() async throws {
        var request = ProtoTransferLeadershipRequest()
        request.to = UInt32(to)
        let answer: ProtoTransferLeadershipResponse = try await connection.connected { [request] in
            try await $0.call("Nodes/TransferLeadership", request)
        }
        if connection.json { return try printJSON(answer) }
        print("node \(answer.leader) leads in term \(answer.term)")
    }
}
