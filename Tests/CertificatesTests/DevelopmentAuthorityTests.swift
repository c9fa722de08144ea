import Certificates
import Foundation
import Testing

@Suite struct DevelopmentAuthorityTests {
    /// The program `openssl` judges what the authority made.
    @Test func opensslAcceptsDevelopmentCertificates() throws {
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("langqiao-certificates-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let authority = try DevelopmentAuthority(commonName: "Test authority")
        let issued = try authority.authority()
        let again = try DevelopmentAuthority(
            certificatePEM: issued.certificatePEM, keyPEM: issued.keyPEM)
        let server = try authority.issue(
            commonName: "localhost", for: .server(names: ["localhost"], addresses: ["127.0.0.1"]))
        let client = try again.issue(
            commonName: "bank", for: .client(uri: "urn:langqiao:participant:BKCHCNB0"))
        let node = try authority.issue(
            commonName: "node",
            for: .node(uri: "urn:langqiao:node:demo/1", names: [], addresses: ["10.0.0.1"]))
        for (name, text) in [
            ("ca", issued.certificatePEM), ("server", server.certificatePEM),
            ("client", client.certificatePEM), ("node", node.certificatePEM),
        ] {
            try text.write(
                to: directory.appendingPathComponent("\(name).pem"), atomically: true,
                encoding: .utf8)
        }
        let verified = try openssl(
            ["verify", "-CAfile", "ca.pem", "-purpose", "sslclient", "client.pem"], in: directory)
        #expect(verified == "client.pem: OK\n")
        let served = try openssl(
            [
                "verify", "-CAfile", "ca.pem", "-purpose", "sslserver", "-verify_hostname",
                "localhost", "server.pem",
            ], in: directory)
        #expect(served == "server.pem: OK\n")
        let wrong = try openssl(
            ["verify", "-CAfile", "ca.pem", "-purpose", "sslserver", "client.pem"], in: directory)
        #expect(!wrong.contains("client.pem: OK"), "a client certificate serves nobody")
        for purpose in ["sslclient", "sslserver"] {
            let node = try openssl(
                [
                    "verify", "-CAfile", "ca.pem", "-purpose", purpose, "-verify_ip", "10.0.0.1",
                    "node.pem",
                ], in: directory)
            #expect(node == "node.pem: OK\n", "a node is both")
        }
        let names = try openssl(
            ["x509", "-in", "client.pem", "-noout", "-ext", "subjectAltName"], in: directory)
        #expect(names.contains("URI:urn:langqiao:participant:BKCHCNB0"))
    }

    private func openssl(_ arguments: [String], in directory: URL) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.currentDirectoryURL = directory
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
