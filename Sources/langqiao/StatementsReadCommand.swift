internal import ArgumentParser
internal import BankMessages
internal import Foundation
internal import Terminal

struct StatementsReadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "read",
        abstract: "Say what statement files come to, and what does not fit together.",
        discussion: """
            Reads the files in the order given, as if they were one: each statement has to follow \
            the one before of the same account. Nothing is sent anywhere.

            Exit status 2 when something does not add up or follow, 1 when a file cannot be read: \
            nothing of that file counts then.
            """)

    @Argument(help: ArgumentHelp("Statement files, oldest first.", valueName: "file"))
    var files: [String]

    @OptionGroup var reading: StatementReading

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let options = try reading.options()
        var tally = StatementTally(limits: options.limits)
        for file in files {
            do {
                try read(file, options, &tally)
            } catch let refusal as StatementRefusal {
                let place = refusal.line.map { "\(file):\($0)" } ?? file
                Failure.print(
                    "\(place): \(StatementReport.clean(refusal.sentence))", code: "STATEMENT",
                    json: json)
                throw ExitCode.failure
            }
        }
        tally.finish()
        let report = StatementReport(tally)
        print(json ? try report.json : report.text)
        if report.hasDifferences { throw ExitCode(2) }
    }

    /// One file, in pieces: its size does not matter.
    private func read(
        _ file: String, _ options: StatementReadingOptions, _ tally: inout StatementTally
    ) throws {
        guard let handle = FileHandle(forReadingAtPath: file) else {
            throw ValidationError("cannot read \(file)")
        }
        defer { try? handle.close() }
        var reader = StatementFileReader(options: options)
        while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty {
            try reader.read(Array(piece)[...]) { event throws(StatementRefusal) in
                try tally.take(event)
            }
            ProgressLine.show("\(file): \(reader.bytesRead >> 20) MiB, \(tally.rowsTaken) lines")
        }
        ProgressLine.clear()
        try reader.finish { event throws(StatementRefusal) in try tally.take(event) }
    }
}
