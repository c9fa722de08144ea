import Evidence
import Foundation
import Testing

@Suite struct EvidenceTests {
    /// Examples of FIPS 180-4 (NIST's own example documents).
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func sha256KnownAnswers(_ text: String, _ digest: String) {
        #expect(SHA256Digest(of: Array(text.utf8)).hexadecimal == digest)
        let half = text.utf8.count / 2
        let parts = SHA256Digest(
            of: Array(text.utf8.prefix(half)), Array(text.utf8.dropFirst(half)))
        #expect(parts.hexadecimal == digest, "parts are hashed as if they were joined")
    }

    @Test func storedDigestsReadBack() {
        let digest = SHA256Digest(of: [1, 2, 3])
        #expect(SHA256Digest(stored: digest.bytes) == digest)
        #expect(SHA256Digest(stored: []) == .zero)
        #expect(digest.first128Bits >> 120 == UInt128(digest.bytes[0]))
    }

    /// The program `openssl` judges what the authority made.
    @Test func opensslAcceptsDevelopmentCertificates() throws {
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("langqiao-evidence-\(UUID().uuidString)")
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
        for (name, text) in [
            ("ca", issued.certificatePEM), ("server", server.certificatePEM),
            ("client", client.certificatePEM),
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
