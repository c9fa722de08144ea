internal import Certificates
package import Domain
internal import Foundation
internal import Gateway

/// The files of a development authority in one directory: `NAME.pem` and `NAME-key.pem`.
package struct CertificateFiles: Sendable {
    /// Where commands look when nothing else is said.
    package static let defaultDirectory = "certificates"
    /// Who operates a gateway when nobody is named: as the files are.
    package static let defaultOperators = (0..<2).compactMap {
        OperatorName(name(ofOperator: $0))
    }
    package let directory: String

    package init(directory: String) {
        self.directory = directory
    }

    /// Paths, by the name of the files.
    package func certificate(_ name: String) -> String { "\(directory)/\(name).pem" }
    package func key(_ name: String) -> String { "\(directory)/\(name)-key.pem" }

    /// The name of the files of the operator at this place, from 0.
    package static func name(ofOperator place: Int) -> String {
        let first = ["operator", "second-operator"]
        return place < first.count ? first[place] : "operator-\(place + 1)"
    }

    /// The name of a bank's files.
    package static func name(of bank: BIC) -> String { "bank-\(bank)" }

    /// Makes what is missing and gives the paths of the new certificates.
    ///
    /// - Parameter names: of the operators; a ledger begins with two.
    /// - Throws: `CertificateError`, or an I/O error when the directory cannot be written.
    package func make(
        banks: [BIC], operators names: [OperatorName] = CertificateFiles.defaultOperators,
        hosts: [String], addresses: [String]
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
        for (place, name) in names.enumerated() {
            try issue(
                CertificateFiles.name(ofOperator: place), name.description,
                .client(uri: Caller.operator(name.description).uri))
        }
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
