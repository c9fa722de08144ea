internal import Domain
internal import Gateway
internal import Scenarios
internal import SwiftProtobuf
internal import Testing

/// The declared commands and the messages that mean them.
@Suite struct OperatorCommandTests {
    /// What no request holds because the gateway finds it out itself.
    private static let ownFields: Set = ["content_hash"]

    @Test func everyCommandHasItsRequest() {
        #expect(OperatorCommands.fieldNames.map(\.command) == DeclaredCommands.all.map { $0.name })
        for (command, fields, request) in OperatorCommands.fieldNames {
            let missing = Set(fields).subtracting(request).subtracting(Self.ownFields)
            #expect(missing.isEmpty, "\(command) has fields that its request does not name")
        }
    }

    /// A command that the gateway takes is written as a line of a replay that means it.
    @Test func everyCommandIsALineOfAReplay() throws {
        var seen: Set<CommandKind> = []
        for batch in RandomHistory(seed: 23, commands: 5_000).batches {
            for command in batch.commands where command.kind != .submitPayment {
                let one = Batch([EncodedCommand(command)], timestamp: 1_000_000_000)
                for line in try ReplayMapping.lines(of: one) {
                    guard let mapped = try? ReplayMapping.command(from: line),
                        let again = mapped.command
                    else { continue }
                    seen.insert(command.kind)
                    let decoded = Batch([again], timestamp: 1)
                    decoded.forEachCommand { _, item in
                        #expect(item.command.withoutHash == command.withoutHash)
                    }
                }
            }
        }
        #expect(seen.count == CommandKind.all.count - 1)
    }
}

extension Command {
    /// The content hash of a funding is the gateway's own.
    fileprivate var withoutHash: Command {
        guard case .declared(var fund as Fund) = self else { return self }
        fund.contentHash = 0
        return .declared(fund)
    }
}
