internal import Chance
internal import Domain
internal import Foundation
internal import Gateway
internal import Scenarios
internal import Testing

/// The form of `langqiao export`: lines of old exports are read for ever, so it is kept, command by
/// command. With `LANGQIAO_REWRITE=1` the file is written anew, to be reviewed as a difference.
@Suite struct ReplayLineTests {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Lines/declared-commands.jsonl")

    @Test func everyKindIsWrittenAsItAlwaysWas() throws {
        var random = SplitMix64(seed: 31)
        var lines: [String] = []
        for type in DeclaredCommands.all {
            for _ in 0..<3 { lines.append(try line(random.declared(type), &random)) }
        }
        let text = lines.joined(separator: "\n") + "\n"
        if ProcessInfo.processInfo.environment["LANGQIAO_REWRITE"] == "1" {
            try text.write(to: Self.file, atomically: true, encoding: .utf8)
        } else {
            #expect(try String(contentsOf: Self.file, encoding: .utf8) == text)
        }
    }

    /// A command with any values that its fields can hold, and with what goes on record beside it.
    private func line(
        _ command: some DeclaredCommand, _ random: inout SplitMix64
    ) throws -> String {
        let isGiven = type(of: command).isOperators && random.percent(80)
        let isNew = isGiven || type(of: command).since > .oldest
        let actor =
            isGiven
            ? CommandActor(
                name: try #require(OperatorName("li")), commandID: random.wide(),
                contentHash: random.wide()) : .none
        let words = #"{"id":"R-1","messageID":"M-1","name":"Bank","note":"a note","operator":"li"}"#
        let attached = EncodedCommand(
            .declared(command, by: actor),
            attachment: Array((random.percent(80) ? words : "").utf8))
        let rules = isNew ? max(.v3, type(of: command).since) : .v2
        let batch = Batch(
            fake: [attached], rules: rules, timestamp: 1_767_574_800_000_000_000)
        return try #require(try ReplayMapping.lines(of: batch).first)
    }
}
