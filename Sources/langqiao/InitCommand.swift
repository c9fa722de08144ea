internal import ArgumentParser
internal import Certificates
internal import Domain
internal import Foundation
internal import Gateway

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make development certificates: an authority, a server, an operator, banks.",
        discussion: """
            Run it again with other banks to add certificates under the same authority; files \
            that are there are kept. Keys are not encrypted: for development only.
            """)

    @Option(help: ArgumentHelp("Where the files go.", valueName: "dir"))
    var certificates = CertificateFiles.defaultDirectory

    @Option(help: ArgumentHelp("A bank to make a certificate for; repeatable.", valueName: "bic"))
    var bank: [String] = []

    @Option(help: ArgumentHelp("The operator's name.", valueName: "name"))
    var `operator` = "operator"

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
        guard !`operator`.isEmpty else { throw ValidationError("the operator needs a name") }
    }

    func run() throws {
        let files = CertificateFiles(directory: certificates)
        let made = try files.make(
            banks: bank.compactMap { BIC($0) }, operator: `operator`, hosts: host,
            addresses: address)
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

/// The files of a development authority in one directory: `NAME.pem` and `NAME-key.pem`.
struct CertificateFiles {
    static let defaultDirectory = "certificates"
    let directory: String

    func certificate(_ name: String) -> String { "\(directory)/\(name).pem" }
    func key(_ name: String) -> String { "\(directory)/\(name)-key.pem" }

    /// The name of a bank's files.
    static func name(of bank: BIC) -> String { "bank-\(bank)" }

    /// Makes what is missing and gives the paths of the new certificates.
    ///
    /// - Throws: `CertificateError`, or an I/O error when the directory cannot be written.
    func make(
        banks: [BIC], operator name: String, hosts: [String], addresses: [String]
    ) throws -> [String] {
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        var made: [String] = []
        let authority = try authority(&made)
        func issue(_ file: String, _ commonName: String, _ subject: DevelopmentAuthority.Subject)
            throws
        {
            guard !FileManager.default.fileExists(atPath: certificate(file)) else { return }
            try write(try authority.issue(commonName: commonName, for: subject), file, &made)
        }
        try issue("server", hosts.first ?? "localhost", .server(names: hosts, addresses: addresses))
        try issue("operator", name, .client(uri: Caller.operator(name).uri))
        for bank in banks {
            try issue(
                CertificateFiles.name(of: bank), bank.description,
                .client(uri: Caller.participant(bank).uri))
        }
        return made
    }

    private func authority(_ made: inout [String]) throws -> DevelopmentAuthority {
        if FileManager.default.fileExists(atPath: key("ca")) {
            return try DevelopmentAuthority(
                certificatePEM: String(contentsOfFile: certificate("ca"), encoding: .utf8),
                keyPEM: String(contentsOfFile: key("ca"), encoding: .utf8))
        }
        let authority = try DevelopmentAuthority(commonName: "Langqiao development authority")
        try write(try authority.authority(), "ca", &made)
        return authority
    }

    /// The key first: a certificate whose key is missing would look complete.
    private func write(
        _ issued: DevelopmentAuthority.Issued, _ name: String, _ made: inout [String]
    ) throws {
        let isWritten = FileManager.default.createFile(
            atPath: key(name), contents: Data(issued.keyPEM.utf8),
            attributes: [.posixPermissions: 0o600])
        guard isWritten else { throw CocoaError(.fileWriteUnknown, userInfo: ["path": key(name)]) }
        try issued.certificatePEM.write(
            toFile: certificate(name), atomically: true, encoding: .utf8)
        made.append(certificate(name))
    }
}
