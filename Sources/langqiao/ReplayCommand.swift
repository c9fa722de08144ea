internal import ArgumentParser
internal import Domain
internal import Foundation
internal import Gateway
internal import Terminal

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Run commands from a file through the engine and print what comes out.",
        discussion: """
            The file has a JSON object a line (docs/replay.md); '-' reads standard input. Prints \
            a line for each outcome and a last line with accounts, totals and state hash. A line \
            that cannot be read is reported with its number and reason, nothing runs behind it, \
            and the exit status is 1.
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
        var malformed = 0
        var number: UInt32 = 0
        while let line = ReplayCommand.line(of: input) {
            number += 1
            guard !line.allSatisfy(\.isWhitespace) else { continue }
            do {
                // Behind a malformed line nothing runs, but the other lines are still read.
                if malformed == 0 {
                    try replay.add(line, number: number)
                } else {
                    let read = try ReplayMapping.read(line, number: number)
                    _ = try ReplayMapping.command(on: read, under: .current)
                }
            } catch {
                malformed += 1
                report(error, line: number)
            }
        }
        guard malformed == 0 else { throw ExitCode.failure }
        try replay.finish()
    }

    private func report(_ error: any Error, line: UInt32) {
        var reason = "\(error)"
        if let error = error as? GatewayError, !error.detail.isEmpty { reason = error.detail }
        if let error = error as? ReplayError { reason = error.reason }
        Failure.print("\(file):\(line): \(reason)", code: "MALFORMED", json: json)
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
