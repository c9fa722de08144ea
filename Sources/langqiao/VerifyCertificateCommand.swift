internal import ArgumentParser
internal import Evidence
internal import Foundation
internal import Terminal

struct VerifyCertificateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certificate",
        abstract: "Say what a certificate proves, by whom and when, or what is wrong with it.",
        discussion: """
            Needs no network and no database. KEYS says whom you believe: obtain it from \
            somebody else than the one who gave you the certificate.

            Exit status 0: proven; 1: not proven, and why; 64: the command line or KEYS is wrong.
            """)

    @Argument(help: ArgumentHelp("The certificate.", valueName: "file"))
    var file: String

    @Option(
        help: ArgumentHelp(
            "Keys of nodes and witnesses, a C2SP tlog-policy; see docs/evidence.md.",
            valueName: "file"))
    var keys: String

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let policy: TrustPolicy
        do {
            policy = try TrustPolicy(try bytes(of: keys, atMost: TrustPolicy.mostBytes))
        } catch let fault as EvidenceFault {
            throw ValidationError("\(keys): \(fault)")
        }
        do {
            let findings = try Certificate.verify(
                try bytes(of: file, atMost: InclusionFile.mostBytes), by: policy)
            json ? try printJSON(findings) : print(findings.text, terminator: "")
        } catch let fault as EvidenceFault {
            Failure.print("not proven: \(fault)", code: "NOT_PROVEN", json: json)
            throw ExitCode.failure
        }
    }

    /// One byte more than is allowed tells that there is more.
    private func bytes(of path: String, atMost limit: Int) throws -> [UInt8] {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw ValidationError("cannot read \(path)")
        }
        defer { try? handle.close() }
        return [UInt8](try handle.read(upToCount: limit + 1) ?? Data())
    }

    private struct Sentence: Encodable {
        var about, text: String
    }

    private func printJSON(_ findings: CertificateFindings) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let sentences = findings.sentences.map { Sentence(about: $0.about, text: $0.text) }
        let data = try encoder.encode(["sentences": sentences])
        print(String(decoding: data, as: UTF8.self))
    }
}
