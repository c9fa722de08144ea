internal import ArgumentParser

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check what a ledger gave away as proof, without a gateway.",
        subcommands: [VerifyCertificateCommand.self])
}
