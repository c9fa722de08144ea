internal import ArgumentParser
internal import Domain
internal import Engine
internal import Foundation
internal import Gateway
internal import SwiftProtobuf

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Run commands from a file through the engine and print what comes out.",
        discussion: """
            The file has a JSON object a line (docs/replay.md); '-' reads standard input. Prints a
            line for each outcome and a last line with accounts, totals and state hash. A line that
            cannot be read is reported with its number and reason, nothing runs behind it, and the
            exit status is 1.
            """)

    @Argument(help: "The file of commands, or '-'.")
    var file: String

    @Flag(help: "Print JSON; it is the only form, the flag is taken for symmetry.")
    var json = false

    func run() throws {
        guard let input = fopen(file == "-" ? "/dev/stdin" : file, "r") else {
            Failure.print("cannot read \(file)", code: "UNREADABLE", json: json)
            throw ExitCode.failure
        }
        defer { fclose(input) }
        var replay = Replay { print($0) }
        do {
            var number: UInt32 = 0
            while let line = ReplayCommand.line(of: input) {
                number += 1
                if !line.allSatisfy(\.isWhitespace) { try replay.add(line, number: number) }
            }
            try replay.finish()
        } catch let error as ReplayError {
            Failure.print("\(file):\(error.line): \(error.reason)", code: "MALFORMED", json: json)
            throw ExitCode.failure
        }
    }

    /// The next line without its end, or nil behind the last.
    private static func line(of input: UnsafeMutablePointer<FILE>) -> String? {
        var buffer: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(buffer) }
        let length = getline(&buffer, &capacity, input)
        guard length >= 0, let buffer else { return nil }
        let bytes = UnsafeRawBufferPointer(start: buffer, count: length)
        return String(decoding: bytes.last == 10 ? bytes.dropLast() : bytes[...], as: UTF8.self)
    }
}

/// Why a line of a replay cannot be run.
struct ReplayError: Error {
    let line: UInt32
    let reason: String
}

/// Gathers lines of the same time into batches and runs them through an engine of its own.
struct Replay: ~Copyable {
    private var engine = Engine()
    private var effects = Effects()
    private var time: Timestamp?
    private var waiting: [(number: UInt32, command: ReplayMapping.Mapped)] = []
    private var uetrs: [PaymentID: String] = [:]
    private var commands: UInt64 = 0
    private let write: (String) -> Void

    /// - Parameter write: takes the lines of output.
    init(write: @escaping (String) -> Void) {
        self.write = write
    }

    /// Takes the next line; a later time closes the batch of the earlier one.
    ///
    /// - Throws: ``ReplayError``.
    mutating func add(_ line: String, number: UInt32) throws {
        let mapped: ReplayMapping.Mapped
        do {
            mapped = try ReplayMapping.command(from: line)
        } catch {
            throw ReplayError(
                line: number, reason: error.detail.isEmpty ? "\(error)" : error.detail)
        }
        if let time, mapped.time < time {
            throw ReplayError(line: number, reason: "time goes back")
        }
        if time != mapped.time || waiting.count == Limits.commandsPerBatch
            || mapped.time <= engine.position.timestamp
        {
            guard mapped.time > max(time ?? 0, engine.position.timestamp) else {
                throw ReplayError(
                    line: number,
                    reason: "more than \(Limits.commandsPerBatch) commands share this time")
            }
            try closeBatch()
        }
        time = mapped.time
        waiting.append((number, mapped))
    }

    /// Closes the last batch and writes the summary.
    mutating func finish() throws {
        try closeBatch()
        var summary = ProtoReplaySummary()
        summary.commands = commands
        summary.batches = engine.position.logIndex
        var totals: [Int128] = Array(repeating: 0, count: Currency.count)
        var isUsed: [Bool] = Array(repeating: false, count: Currency.count)
        for row in engine.accounts {
            summary.accounts.append(
                ProtoAccount(row, participant: engine.bic(of: row.participant)))
            totals[Int(row.currency.rawValue)] += Int128(row.balance)
            isUsed[Int(row.currency.rawValue)] = true
        }
        for currency in Currency.allCases where isUsed[Int(currency.rawValue)] {
            var total = ProtoReplayTotal()
            total.currency = currency.code
            total.sum = currency.decimal(totals[Int(currency.rawValue)])
            summary.totals.append(total)
        }
        summary.stateHash = hexadecimal(engine.position.stateHash)
        write(try summary.jsonString(options: ReplayMapping.jsonOptions))
    }

    private mutating func closeBatch() throws {
        guard let time, !waiting.isEmpty else { return }
        let batch = Batch(waiting.map(\.command.command), timestamp: time)
        engine.apply(batch, at: engine.position.logIndex + 1, into: &effects)
        for row in effects.payments where row.isNew { uetrs[row.id] = row.uetr.description }
        commands += UInt64(waiting.count)
        let applied = AppliedBatch(batch: batch, effects: effects)
        for (position, (number, mapped)) in waiting.enumerated() {
            let answer = CommandAnswer(applied: applied, position: position)
            let outcome = ReplayMapping.outcome(answer, of: mapped, line: number) { id in
                uetrs[id] ?? ""
            }
            write(try outcome.jsonString(options: ReplayMapping.jsonOptions))
        }
        waiting.removeAll(keepingCapacity: true)
    }
}
