import Chance
import Evidence
import Testing

@Suite struct CertificateTests {
    @Test(arguments: Suite.allCases)
    func aCertificateSaysWhatItProves(_ suite: Suite) throws {
        let ledger = try MadeLedger(suite, leaves: 40)
        let note = ledger.checkpoint(nodes: [0, 2])
        // Kinds come in turn: 3 is the end of a payment, 2 a fill.
        let index = try #require(ledger.leaves.firstIndex { $0.record.place.kind == .end })
        let certificate = try ledger.certificate(
            index, show: [.paid, .screening, .remittance], note: note)
        #expect(try Certificate(certificate.bytes) == certificate)
        let findings = try Certificate.verify(certificate.bytes, by: try ledger.policy())
        let names = Dictionary(
            findings.sentences.map { ($0.about, $0.text) }, uniquingKeysWith: { first, _ in first })
        #expect(
            names["proven"]
                == "payment 5b9ff2d1-6c1f-4a54-8d34-1f1f6d2f9a01 ended as ACSC")
        #expect(names["ledger"] == "langqiao.example/ledger")
        #expect(
            names["time of the ledger"]
                == "2025-11-30T10:53:20.00000000\(index)Z, log index \(index / 3 + 1), "
                + "position \(index % 3)")
        #expect(names["leaf"] == "\(index) of 40")
        #expect(names["payer"] == "YTZGCNB0")
        #expect(names["remittance"]?.hasPrefix("合同 ") ?? false)
        #expect(names["remittance"]?.hasSuffix(" \u{FFFD}\u{FFFD}invoice") ?? false)
        let ids = [0, 2].map { "\(ledger.nodes[$0].verifier.identifier)" }
        #expect(names["signed by"] == "2 of 3 nodes (2 needed): \(ids.joined(separator: " "))")
        #expect(
            names["cosigned by"]
                == "2 witnesses: witness-4.example at 2026-01-16T11:56:48Z, "
                + "witness-5.example at 2026-01-16T11:56:49Z")
        #expect(
            names["not shown"] == "creditor, received, rate, fee, reference, debtor, beneficiary, "
                + "purpose, invoice, instruction")
        #expect(names["not excluded"] == "later returns")
    }

    /// Each side of a fill under its own secret, the other one stays hidden.
    @Test(arguments: [RecordSide.renminbiPayer, .foreignPayer])
    func aFillShowsOneSide(_ side: RecordSide) throws {
        let ledger = try MadeLedger(.sm, leaves: 12)
        let index = try #require(ledger.leaves.firstIndex { $0.record.place.kind == .fill })
        let certificate = try ledger.certificate(
            index, sides: [side], show: [.received], note: ledger.checkpoint())
        #expect(certificate.disclosures.fields.allSatisfy { $0.side == side })
        let text = try Certificate.verify(certificate.bytes, by: try ledger.policy()).text
        #expect(text.contains("proven: a fill of payment 0e0c4c41-88f5-4f05-a8a4-6e2f5b0d3c11\n"))
        let other = side == .foreignPayer ? "gave renminbi" : "gave foreign currency"
        #expect(text.contains("the side that \(other)"))
        #expect(!text.contains("\npaid: "))
    }

    @Test(arguments: Suite.allCases)
    func everyKindIsProven(_ suite: Suite) throws {
        let ledger = try MadeLedger(suite, leaves: 20)
        let policy = try ledger.policy()
        let note = ledger.checkpoint()
        for index in ledger.leaves.indices {
            let certificate = try ledger.certificate(index, show: [], note: note)
            #expect(throws: Never.self) { try Certificate.verify(certificate.bytes, by: policy) }
        }
    }

    @Test func thePayerIsAlwaysShown() throws {
        let ledger = try MadeLedger(.intl, leaves: 12)
        let index = try #require(ledger.leaves.firstIndex { $0.record.place.kind == .end })
        #expect(throws: EvidenceFault.self) {
            try Certificate(
                suite: .intl, record: ledger.leaves[index].record, disclosures: Disclosures(),
                index: UInt64(index), path: [], note: ledger.checkpoint())
        }
    }

    @Test func whatIsWrongIsSaid() throws {
        let ledger = try MadeLedger(.intl, leaves: 12)
        let other = try MadeLedger(.intl, leaves: 12, seed: 21)
        let policy = try ledger.policy()
        let index = 10
        func fault(_ body: () throws -> Certificate) throws -> String {
            let bytes = try body().bytes
            do {
                _ = try Certificate.verify(bytes, by: policy)
                return "nothing"
            } catch { return error.description }
        }
        let note = ledger.checkpoint()
        #expect(try fault { try ledger.certificate(index, show: [], note: note) } == "nothing")
        #expect(
            try fault { try other.certificate(index, show: [], note: note) }
                == "the record is not leaf 10 of the signed tree")
        #expect(
            try fault {
                try ledger.certificate(index, show: [], note: ledger.checkpoint(nodes: [1]))
            }
                == "1 of the 3 nodes signed, 2 are needed")
        #expect(
            try fault {
                try ledger.certificate(index, show: [], note: ledger.checkpoint(witnesses: []))
            } == "0 witnesses cosigned, which is not the quorum of the keys")
        let foreign = try MadeLedger(.sm, leaves: 12)
        #expect(
            try fault { try foreign.certificate(index, show: [], note: foreign.checkpoint()) }
                == "the file is of suite sm, the keys are of suite intl")
    }

    /// Each byte of a file, changed in several ways. What is still proven says the same, at most by
    /// one signature less, which is then of nobody who is known.
    @Test(arguments: Suite.allCases)
    func noChangeOfAFileProvesAnythingElse(_ suite: Suite) throws {
        let ledger = try MadeLedger(suite, leaves: 12)
        let policy = try ledger.policy(quorum: "w1")
        let index = try #require(ledger.leaves.firstIndex { $0.record.place.kind == .end })
        let file = try ledger.certificate(
            index, show: [.paid, .remittance], note: ledger.checkpoint()
        ).bytes
        func claims(_ file: [UInt8]) -> [String]? {
            let sentences = (try? Certificate.verify(file, by: policy))?.sentences
            return sentences?.filter { $0.about != "signed by" && $0.about != "cosigned by" }
                .map { "\($0.about): \($0.text)" }
        }
        let good = try #require(claims(file))
        var stillProven = 0
        for altered in AlteredFiles(of: file) {
            guard let claims = claims(altered) else { continue }
            stillProven += 1
            #expect(claims == good)
        }
        // Names and identifiers of three signatures that are not needed.
        #expect(stillProven < 600)
        #expect(claims(Array(file.dropLast())) == nil)
        #expect(claims(file + [10]) == nil)
    }
}

/// A file with one byte changed at a time: a bit, another printable character, a line end.
struct AlteredFiles: Sequence {
    let file: [UInt8]

    init(of file: [UInt8]) { self.file = file }

    func makeIterator() -> some IteratorProtocol<[UInt8]> {
        let file = file
        return file.indices.lazy.flatMap { place in
            [file[place] ^ 1, file[place] == 0x41 ? 0x42 : 0x41, 10].filter { $0 != file[place] }
                .map { byte in
                    var altered = file
                    altered[place] = byte
                    return altered
                }
        }.makeIterator()
    }
}
