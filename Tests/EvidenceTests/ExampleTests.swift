import Evidence
import Foundation
import Testing

/// The example of docs/evidence.md, whose keys everybody knows.
@Suite struct ExampleTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../docs/verify").standardizedFileURL

    /// Ed25519 signs the same always, so the same ledger makes the same file.
    @Test func theExampleIsMadeAgain() throws {
        let ledger = try MadeLedger(.intl, leaves: 40)
        let index = try #require(ledger.leaves.firstIndex { $0.record.place.kind == .end })
        let certificate = try ledger.certificate(
            index, show: [.creditor, .received, .purpose], note: ledger.checkpoint())
        let read = { (name: String) throws -> [UInt8] in
            [UInt8](try Data(contentsOf: ExampleTests.folder.appending(path: name)))
        }
        #expect(try read("example.tlog-proof") == certificate.bytes)
        #expect(try read("example-KEYS") == ledger.keys())
    }
}
