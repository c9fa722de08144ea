internal import ArgumentParser
internal import Clients
internal import Domain
internal import Foundation

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make development certificates: an authority, a server, operators, banks.",
        discussion: """
            Run it again with other banks to add certificates under the same authority; files \
            that are there are kept. Keys are not encrypted: for development only.
            """)

    @Option(help: ArgumentHelp("Where the files go.", valueName: "dir"))
    var certificates = CertificateFiles.defaultDirectory

    @Option(help: ArgumentHelp("A bank to make a certificate for; repeatable.", valueName: "bic"))
    var bank: [String] = []

    @Option(
        help: ArgumentHelp(
            "An operator's name; repeatable. A ledger begins with two.", valueName: "name"))
    var `operator` = CertificateFiles.defaultOperators.map(\.description)

    @Option(help: ArgumentHelp("Host names of the server; repeatable.", valueName: "name"))
    var host: [String] = ["localhost"]

    @Option(help: ArgumentHelp("IP addresses of the server; repeatable.", valueName: "address"))
    var address: [String] = ["127.0.0.1", "::1"]

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        for text in bank where BIC(text) == nil {
            throw ValidationError("'\(text)' is no BIC of 8 or 11 capitals and digits")
        }
        for text in `operator` where OperatorName(text) == nil {
            throw ValidationError("'\(text)' is not 1 to 34 printable characters without spaces")
        }
        guard Set(`operator`).count == `operator`.count else {
            throw ValidationError("each operator has a name of his own")
        }
    }

    func run() throws {
        let files = CertificateFiles(directory: certificates)
        let made = try files.make(
            banks: bank.compactMap { BIC($0) },
            operators: `operator`.compactMap { OperatorName($0) }, hosts: host, addresses: address)
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(["made": made]), as: UTF8.self))
        } else {
            for path in made { print("made \(path)") }
            if made.isEmpty { print("everything is there already") }
        }
    }
}
