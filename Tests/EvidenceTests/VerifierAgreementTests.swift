import Chance
import Evidence
import ForeignPrograms
import Foundation
import Testing

/// The program that outsiders can read, `docs/verify/verify.py`, against the one here.
@Suite(.needsPython("cryptography")) struct VerifierAgreementTests {
    /// What the other verifier says of each file: its sentences, or nothing of what is wrong.
    private func others(_ keys: [UInt8], _ files: [[UInt8]]) throws -> [String] {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "langqiao-verify-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var input = Data()
        for file in [keys] + files {
            withUnsafeBytes(of: UInt32(file.count).bigEndian) { input.append(contentsOf: $0) }
            input.append(contentsOf: file)
        }
        let (asked, answered) = (
            folder.appending(path: "asked"), folder.appending(path: "answered")
        )
        try input.write(to: asked)
        let tests = URL(filePath: #filePath).deletingLastPathComponent()
        let program = tests.appending(path: "../../docs/verify").standardizedFileURL
        let process = Process()
        process.executableURL = URL(filePath: try #require(PythonInterpreter.path))
        process.arguments = [
            "-B", tests.appending(path: "Python/compare.py").path, program.path, asked.path,
            answered.path,
        ]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return try JSONDecoder().decode([String].self, from: Data(contentsOf: answered))
    }

    private func ours(_ policy: TrustPolicy, _ file: [UInt8]) -> String {
        (try? Certificate.verify(file, by: policy))?.text ?? ""
    }

    /// Thousands of certificates, of which some are bare, some show all, some lack signatures.
    @Test(arguments: Suite.allCases)
    func bothSayTheSame(_ suite: Suite) throws {
        let ledger = try MadeLedger(suite, leaves: 700)
        var chance = SplitMix64(seed: 8)
        let notes = [
            ledger.checkpoint(), ledger.checkpoint(nodes: [2, 0]),
            ledger.checkpoint(nodes: [1], witnesses: [1]), ledger.checkpoint(witnesses: [0]),
        ]
        var files: [[UInt8]] = []
        for _ in 0..<2_500 {
            let index = chance.below(700)
            let kind = ledger.leaves[index].record.place.kind
            let fields = kind.hiddenFields + RecordKind.texts.hiddenFields
            let share = chance.pick([0, 30, 100])
            let shown = Set(fields.filter { _ in chance.percent(share) })
            let sides = kind.sides.filter { _ in chance.percent(60) }
            files.append(
                try ledger.certificate(
                    index, sides: sides.isEmpty ? nil : sides, show: shown,
                    note: chance.pick(notes)
                )
                .bytes)
        }
        for keys in [
            ledger.keys(), ledger.keys(quorum: "w2"), ledger.keys("#langqiao:nodes 1\n"),
            ledger.keys(
                "#langqiao:valid \(ledger.nodes[2].verifier.identifier) 0 700\n"
                    + "#langqiao:revoked \(ledger.nodes[0].verifier.identifier) "
                    + "\(MadeLedger.cosignedAt + 1)\n", quorum: "w1"),
        ] {
            let policy = try TrustPolicy(keys)
            let answers = try others(keys, files)
            let expected = files.map { ours(policy, $0) }
            #expect(answers == expected)
            #expect(expected.contains { !$0.isEmpty } && expected.contains { $0.isEmpty })
        }
    }

    /// Every byte of a certificate, changed in three ways.
    @Test(arguments: Suite.allCases)
    func bothRefuseTheSame(_ suite: Suite) throws {
        let ledger = try MadeLedger(suite, leaves: 12)
        let keys = ledger.keys(quorum: "w1")
        let policy = try TrustPolicy(keys)
        let index = try #require(ledger.leaves.firstIndex { $0.record.place.kind == .end })
        let file = try ledger.certificate(
            index, show: [.paid, .remittance], note: ledger.checkpoint()
        ).bytes
        let files = Array(AlteredFiles(of: file)) + file.indices.map { Array(file.prefix($0)) }
        let expected = files.map { ours(policy, $0) }
        #expect(try others(keys, files) == expected)
    }
}
