internal import ArgumentParser
internal import Foundation
internal import Hexadecimal
internal import Node
internal import Replica
internal import Store
internal import Terminal

struct VerifyStoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify-store",
        abstract: "Rebuild the ledger from its log and name every row of the tables that differs.",
        discussion: """
            Checks the hash chain of the log, replays it into a schema of its own, and compares. \
            The ledger itself is only read. Stop the gateway first: rows that it writes \
            meanwhile show up as differences, and are no proof of damage then. Exit status 0: \
            equal; 1: differences or a damaged log; 69: nothing could be verified, also for a \
            gateway that was writing.
            """)

    @OptionGroup var source: DatabaseOptions

    @Option(help: "How many differences to name; all are counted.")
    var limit = 100

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let report: VerificationReport
        do {
            report = try await source.use { [limit] in try StoreVerification.run($0, limit: limit) }
        } catch {
            if error is LogDamage || error is StateDivergence {
                Failure.print("\(error)", code: "DAMAGED", json: json)
                throw ExitCode.failure
            }
            Failure.print("nothing was verified: \(error)", code: "NOT_VERIFIED", json: json)
            throw ExitCode(69)
        }
        if json { try printJSON(report) } else { printText(report) }
        guard !report.comparison.isEqual else { return }
        guard let writer = report.writer else { throw ExitCode.failure }
        Failure.print(
            "nothing was verified: a gateway writes to schema \(source.schema) (\(writer)), and "
                + "what it wrote meanwhile is among the differences. Stop it first.",
            code: "NOT_VERIFIED", json: json)
        throw ExitCode(69)
    }

    private func printText(_ report: VerificationReport) {
        for difference in report.comparison.differences {
            print("\(difference.table) \(difference.key): \(difference.kind.rawValue)")
            if !difference.expected.isEmpty { print("  log:    \(difference.expected)") }
            if !difference.found.isEmpty { print("  tables: \(difference.found)") }
        }
        print(
            "\(report.batches) batches replayed, state hash \(hexadecimal(report.stateHash)), "
                + "\(report.comparison.totalCount) differences")
        if report.uncomparedHashes > 0 {
            print(
                "\(report.uncomparedHashes) batches state the hash of a state that is too old to "
                    + "be compared")
        }
        if report.erasedContents > 0 {
            print("\(report.erasedContents) attachments are erased")
        }
        if report.batchesBehindTables > 0 {
            print("\(report.batchesBehindTables) batches of the log are not in the tables yet")
        }
    }

    private struct Row: Encodable {
        var table, key, kind, expected, found: String
    }

    private struct Report: Encodable {
        var batches, batchesBehindTables, uncomparedHashes: UInt64
        var erasedContents: Int
        var stateHash: String
        var differences: Int
        var rows: [Row]
    }

    private func printJSON(_ report: VerificationReport) throws {
        let rows = report.comparison.differences.map {
            Row(
                table: $0.table, key: $0.key, kind: $0.kind.rawValue, expected: $0.expected,
                found: $0.found)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let data = try encoder.encode(
            Report(
                batches: report.batches, batchesBehindTables: report.batchesBehindTables,
                uncomparedHashes: report.uncomparedHashes,
                erasedContents: report.erasedContents,
                stateHash: hexadecimal(report.stateHash),
                differences: report.comparison.totalCount, rows: rows))
        print(String(decoding: data, as: UTF8.self))
    }
}
