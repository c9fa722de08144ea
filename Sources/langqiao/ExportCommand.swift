internal import ArgumentParser
internal import Domain
internal import Foundation
internal import Gateway
internal import Store

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the log as the lines that 'langqiao replay' reads.",
        discussion: """
            Replaying the lines leads to the state hash that the gateway shows: an auditor \
            re-runs what happened without the gateway's database. The lines hold what banks \
            submitted, party names included, but for what was erased. The key of the content \
            hashes stays here, for who has it can try whether an erased payment said a certain \
            thing; lines state the hashes instead.
            """)

    @OptionGroup var source: DatabaseOptions

    @Option(help: "The first log index.")
    var from: UInt64 = 1

    @Flag(help: "Write the key of the content hashes too, so that a replay computes them.")
    var withKey = false

    @Flag(help: "Print JSON; it is the only form, the flag is taken for symmetry.")
    var json = false

    func run() async throws {
        let (first, withKey) = (from, withKey)
        try await source.use { address in
            var entries = try LogReader(address).entries(from: max(1, first))
            var rules: RuleVersion?
            while let entry = try entries.next() {
                let batch = try Batch(entry, rules: rules ?? .first)
                let lines = try ReplayMapping.lines(
                    of: batch, statesRules: rules == nil, tellsKey: withKey)
                for line in lines { print(line) }
                rules = batch.rules
            }
        }
    }
}
