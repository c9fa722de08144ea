internal import ArgumentParser
internal import BankMessages
internal import Clients
internal import Foundation
internal import Gateway
internal import Terminal

struct StatementsImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Bring booked statements of agents into the ledger.",
        discussion: """
            Each file is read to its end first: one that cannot be read changes nothing. Then \
            each of its statements enters whole or not at all. The account of a statement is \
            found among the nostros; --nostro names it. The first statement of an account is \
            taken with --opening, one that does not follow or add up with --exception and a \
            reason: both take a second person where there is a policy. An import that was \
            interrupted is repeated as it is.

            Exit status 2 when a statement was not taken, 1 when a file cannot be read.
            """)

    @Argument(help: ArgumentHelp("Statement files, oldest first.", valueName: "file"))
    var files: [String]

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var reading: StatementReading

    @Option(
        help: ArgumentHelp(
            "The nostro that all statements are about, by its number; 0 is the default one.",
            valueName: "number"))
    var nostro: UInt32?

    @Flag(help: "Take the first statement of an account; its opening balance is believed.")
    var opening = false

    @Option(
        help: ArgumentHelp(
            "Take what does not follow or add up, for this reason.", valueName: "reason"))
    var exception: String?

    func validate() throws {
        guard !opening || exception == nil else {
            throw ValidationError("--opening and --exception are not for the same statement")
        }
    }

    func run() async throws {
        let options = try reading.options()
        let (request, files) = (request, files)
        let address = connection.address
        var results: [ImportedFile] = []
        do {
            results = try await connection.connected { client in
                var all: [ImportedFile] = []
                var statements = StatementImport(client, request)
                for path in files {
                    let found = try await statements.run(
                        StatementFile(path, options), from: address
                    ) { ProgressLine.show("\(path): statement \($0.statement)") }
                    all.append(ImportedFile(path: path, results: found))
                }
                return all
            }
        } catch let refusal as StatementRefusal {
            Failure.print(
                StatementReport.clean(refusal.sentence), code: "STATEMENT", json: connection.json)
            throw ExitCode.failure
        } catch let fault as StatementFile.Unreadable {
            throw ValidationError(fault.description)
        }
        ProgressLine.clear()
        print(connection.json ? try results.json : results.table)
        guard results.allSatisfy({ $0.results.allSatisfy(\.isSettled) }) else {
            throw ExitCode(2)
        }
    }

    private var request: StatementImport.Request {
        var request = StatementImport.Request()
        request.nostro = nostro
        if opening { request.way = .opening }
        if let exception {
            request.way = .exception
            request.note = exception
        }
        return request
    }
}

/// What became of a file's statements.
private struct ImportedFile: Sendable {
    let path: String
    let results: [StatementImport.Result]
}

extension StatementImport.Result {
    /// Nobody has to do anything about it.
    fileprivate var isSettled: Bool { verdict == .taken || verdict == .known }
}

extension [ImportedFile] {
    fileprivate var table: String {
        var table = TextTable([
            ("file", .left), ("statement", .right), ("account", .left), ("closing", .right),
            ("currency", .left), ("lines", .right), ("result", .left),
        ])
        for file in self {
            for result in file.results {
                let figures = result.figures
                table.add([
                    file.path, result.statement == 0 ? "–" : "\(result.statement)",
                    StatementReport.printable(figures.head.account),
                    figures.closing?.amount.description ?? "–",
                    StatementReport.printable(figures.currency),
                    "\(figures.bookedLines)",
                    StatementReport.clean("\(result.verdict.rawValue) \(result.sentence)"),
                ])
            }
        }
        return table.text
    }

    private struct Form: Encodable {
        var file, result: String
        var account, closing, currency, sentence: String?
        var statement: UInt32
        var lines: Int
    }

    fileprivate var json: String {
        get throws {
            let forms = flatMap { file in
                file.results.map { result in
                    Form(
                        file: file.path, result: result.verdict.rawValue,
                        account: result.figures.head.account,
                        closing: result.figures.closing?.amount.description,
                        currency: result.figures.currency,
                        sentence: result.sentence.isEmpty ? nil : result.sentence,
                        statement: result.statement, lines: result.figures.bookedLines)
                }
            }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(forms), as: UTF8.self)
        }
    }
}
