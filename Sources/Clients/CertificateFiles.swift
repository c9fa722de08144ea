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
        let authority = try authority("ca", "Langqiao development authority", &made)
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

    private func authority(
        _ file: String, _ commonName: String, _ made: inout [String]
    ) throws -> DevelopmentAuthority {
        if FileManager.default.fileExists(atPath: key(file)) {
            return try DevelopmentAuthority(
                certificatePEM: String(contentsOfFile: certificate(file), encoding: .utf8),
                keyPEM: String(contentsOfFile: key(file), encoding: .utf8))
        }
        let authority = try DevelopmentAuthority(commonName: commonName)
        try write(try authority.authority(), file, &made)
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

extension CertificateFiles {
    /// The name of the files of the nodes' authority, which signs nobody else.
    package static let nodeAuthority = "nodes-ca"

    /// The name of a node's files.
    package static func name(ofNode number: UInt64) -> String { "node-\(number)" }

    /// Makes what is missing for the nodes of a cluster, and gives the paths of the new
    /// certificates.
    ///
    /// - Parameter nodes: with the host, a name or an IP address, at which others reach each.
    /// - Throws: as ``make(banks:operators:hosts:addresses:)``.
    package func make(nodes: [(name: NodeName, host: String)]) throws -> [String] {
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        var made: [String] = []
        let authority = try authority(
            CertificateFiles.nodeAuthority, "Langqiao development authority of nodes", &made)
        for (node, host) in nodes {
            let file = CertificateFiles.name(ofNode: node.number)
            guard !FileManager.default.fileExists(atPath: certificate(file)) else { continue }
            try write(
                try authority.issue(
                    commonName: "\(node)", for: CertificateFiles.subject(node, host)),
                file, &made)
        }
        return made
    }

    /// A node at its host, which is also reached from its own machine.
    private static func subject(_ node: NodeName, _ host: String) -> DevelopmentAuthority.Subject {
        var (names, addresses) = (["localhost"], ["127.0.0.1"])
        if isAddress(host) {
            if !addresses.contains(host) { addresses.append(host) }
        } else if !names.contains(host) {
            names.append(host)
        }
        return .node(uri: node.uri, names: names, addresses: addresses)
    }

    private static func isAddress(_ host: String) -> Bool {
        var bytes = in6_addr()
        return inet_pton(AF_INET, host, &bytes) == 1 || inet_pton(AF_INET6, host, &bytes) == 1
    }
}
