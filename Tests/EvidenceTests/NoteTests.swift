import Evidence
import Testing

@Suite struct NoteTests {
    private static let name = KeyName("langqiao.example/ledger")!

    private func signer(_ suite: Suite, _ kind: SignatureKind, _ seed: UInt8 = 7) throws
        -> NoteSigner
    {
        let key = try #require(PrivateKey(suite, [UInt8](repeating: seed, count: 32)))
        return NoteSigner(name: NoteTests.name, kind: kind, key: key)
    }

    @Test(arguments: Suite.allCases, [SignatureKind.note, .cosignature])
    func keysAndSignaturesComeBack(_ suite: Suite, _ kind: SignatureKind) throws {
        let signer = try signer(suite, kind)
        let key = signer.verifier
        #expect(try VerifierKey(key.text.utf8) == key)
        let time: UInt64? = kind == .note ? nil : 1_768_564_608
        var note = SignedNote(text: bytes(of: "a text\n\nof three lines\n"))
        note.add(signer.signature(of: note.text, time: time))
        let read = try SignedNote(note.bytes)
        #expect(read == note)
        #expect(key.judge(read.signatures[0], of: read.text) == .holds(time: time))
        #expect(key.judge(read.signatures[0], of: read.text + [10]) == .wrong)
        let other = try self.signer(suite, kind, 8).verifier
        #expect(other.judge(read.signatures[0], of: read.text) == .stranger)
    }

    /// A log's signature is no cosignature and the other way round, though the key is one.
    @Test(arguments: Suite.allCases)
    func kindsDoNotMix(_ suite: Suite) throws {
        let (log, witness) = (try signer(suite, .note), try signer(suite, .cosignature))
        #expect(log.verifier.identifier != witness.verifier.identifier)
        let text = bytes(of: "text\n")
        let signature = log.signature(of: text)
        let renamed = NoteSignature(
            name: signature.name, identifier: witness.verifier.identifier, bytes: signature.bytes)
        #expect(witness.verifier.judge(renamed, of: text) == .wrong)
        let late = witness.signature(of: text, time: 1 << 63)
        #expect(witness.verifier.judge(late, of: text) == .wrong)
    }

    @Test func notesThatAreNoneAreRefused() throws {
        let line = "— name AAAAAAA=\n"
        let good = "text\n\n\(line)"
        #expect(throws: Never.self) { try SignedNote(bytes(of: good)) }
        let wrong = [
            "", "\n", "\n\n", "text", "text\n", "text\n\n", "text\n\(line)", "text\n\n\(line)x",
            "text\n\n— name AAAAAAA=", "text\n\n- name AAAAAAA=\n", "text\n\n— name\n",
            "text\n\n— na+me AAAAAAA=\n", "text\n\n—  name AAAAAAA=\n",
            "text\n\n— name AAAAAAA= \n", "text\n\n— name AAAAAAB=\n", "text\n\n— name AAAA\n",
            "te\txt\n\n\(line)", "text\r\n\r\n\(line)", "text\n\n\(line)\n",
            "text\n\n— na\u{2003}me AAAAAAA=\n",
        ]
        for text in wrong {
            #expect(throws: EvidenceFault.self) { try SignedNote(bytes(of: text)) }
        }
        #expect(throws: EvidenceFault.self) {
            try SignedNote(bytes(of: "te") + [0xFF] + bytes(of: "xt\n\n\(line)"))
        }
        let many = "text\n\n" + String(repeating: line, count: SignedNote.mostSignatures + 1)
        #expect(throws: EvidenceFault.self) { try SignedNote(bytes(of: many)) }
        let long = String(repeating: "x", count: SignedNote.mostBytes) + "\n\n" + line
        #expect(throws: EvidenceFault.self) { try SignedNote(bytes(of: long)) }
    }

    @Test func checkpointsThatAreNoneAreRefused() throws {
        let root = String(decoding: Base64.text([UInt8](repeating: 1, count: 32)), as: UTF8.self)
        let good = "example.com/log\n12\n\(root)\n"
        #expect(try Checkpoint(bytes(of: good)).text == bytes(of: good))
        #expect(try Checkpoint(bytes(of: good + "more\n")).text == bytes(of: good + "more\n"))
        let wrong = [
            "", "\n12\n\(root)\n", "example.com/log\n012\n\(root)\n",
            "example.com/log\n-1\n\(root)\n", "example.com/log\n18446744073709551616\n\(root)\n",
            "example.com/log\n12\n\(root)", "example.com/log\n12\nAAAA\n",
            "example.com/log\n12\n\(root)\n\n", "example.com/log\n12\n\(root)\nmore",
        ]
        for text in wrong {
            #expect(throws: EvidenceFault.self) { try Checkpoint(bytes(of: text)) }
        }
    }
}

/// The notes of other people.
@Suite(.needsSharedVectors) struct NoteVectorTests {
    struct Notes: Decodable {
        struct Note: Decodable {
            let name, kind, note: String
            let vkey: String?
        }
        let notes: [Note]
        let vkeysRefused: [String]
    }

    struct Made: Decodable {
        struct Sized: Decodable { let size: UInt64, note: String }
        struct Proof: Decodable { let index: UInt64, entry, proof: String }
        struct Refused: Decodable { let name, note: String }
        let origin, logVkey, cosigned, oneWitnessOnly: String
        let witnessVkeys, entries: [String]
        let checkpoints: [Sized]
        let proofs: [Proof]
        let refuse: [Refused]
    }

    @Test func notesOfOthersHold() throws {
        let notes = try SharedVectors.read("tlog/notes.json", as: Notes.self)
        for vector in notes.notes {
            guard let text = vector.vkey else { continue }
            let note = try SignedNote(bytes(of: vector.note))
            #expect(note.bytes == bytes(of: vector.note))
            if vector.name.contains("ECDSA") {
                // A type of neither suite: its signature is a stranger's to any key of ours.
                #expect(throws: EvidenceFault.self) { try VerifierKey(text.utf8) }
                #expect(try Checkpoint(note.text).origin.description == "Rekor")
                continue
            }
            let key = try VerifierKey(text.utf8)
            #expect(key.text == text)
            #expect(key.judge(note.signatures[0], of: note.text) == .holds(time: nil))
            if vector.kind.contains("checkpoint") {
                #expect(try Checkpoint(note.text).text == note.text)
            }
        }
        for text in notes.vkeysRefused {
            #expect(throws: EvidenceFault.self) { try VerifierKey(text.utf8) }
        }
    }

    @Test func textsOfC2SPAreRead() throws {
        let notes = try SharedVectors.read("tlog/notes.json", as: Notes.self).notes
        let cosigned = try #require(notes.first { $0.name.contains("cosignature example") })
        let note = try SignedNote(bytes(of: cosigned.note))
        #expect(note.signatures.map(\.bytes.count) == [64, 72])
        #expect(try Checkpoint(note.text).size == 20_852_163)
        let proof = try #require(notes.first { $0.name.contains("tlog-proof example") }).note
        let file = try InclusionFile(bytes(of: proof))
        #expect(file.bytes == bytes(of: proof))
        #expect(file.index == 73_894 && file.hashes.count == 5)
        // Its signatures are shortened so that they are no base64 any more.
        #expect(throws: EvidenceFault.self) { try SignedNote(file.checkpoint) }
    }

    @Test func checkpointsMadeHereHold() throws {
        let made = try SharedVectors.read("tlog/langqiao-made.json", as: Made.self)
        let log = try VerifierKey(made.logVkey.utf8)
        let hasher = SuiteHasher(.intl)
        let seed = hasher.hash(bytes(of: "langqiao test log"))
        let key = try #require(PrivateKey(.intl, seed.bytes))
        let signer = NoteSigner(name: log.name, kind: .note, key: key)
        #expect(signer.verifier == log)
        var frontier = Frontier()
        for (size, vector) in made.checkpoints.enumerated() {
            if size > 0 {
                frontier.append(hasher.leaf(bytes(of: made.entries[size - 1])), with: hasher)
            }
            let checkpoint = Checkpoint(
                origin: log.name, size: UInt64(size), root: frontier.root(with: hasher))
            var note = SignedNote(text: checkpoint.text)
            note.add(signer.signature(of: note.text))
            #expect(note.bytes == bytes(of: vector.note), "Ed25519 signs the same always")
        }
    }

    private func policy(_ made: Made, quorum: String) throws -> TrustPolicy {
        let witnesses = made.witnessVkeys.enumerated().map { "witness w\($0 + 1) \($1)\n" }
        let text = "log \(made.logVkey)\n\(witnesses.joined())group both all w1 w2\n\(quorum)\n"
        return try TrustPolicy(bytes(of: text))
    }

    @Test func proofsMadeHereHold() throws {
        let made = try SharedVectors.read("tlog/langqiao-made.json", as: Made.self)
        let policy = try policy(made, quorum: "quorum both")
        let hasher = SuiteHasher(.intl)
        for vector in made.proofs {
            let file = try InclusionFile(bytes(of: vector.proof))
            #expect(file.bytes == bytes(of: vector.proof))
            let judgement = try CheckpointJudgement(try SignedNote(file.checkpoint), by: policy)
            #expect(judgement.nodes.count == 1 && judgement.witnesses.count == 2)
            let isIncluded = TreeProof.includes(
                hasher.leaf(bytes(of: vector.entry)), at: vector.index,
                in: judgement.checkpoint.size, root: judgement.checkpoint.root,
                proof: file.hashes, with: hasher)
            #expect(isIncluded)
        }
        let cosigned = try SignedNote(bytes(of: made.cosigned))
        #expect(throws: Never.self) { try CheckpointJudgement(cosigned, by: policy) }
        let single = try SignedNote(bytes(of: made.oneWitnessOnly))
        #expect(throws: EvidenceFault.self) { try CheckpointJudgement(single, by: policy) }
        let lax = try self.policy(made, quorum: "quorum w1")
        #expect(throws: Never.self) { try CheckpointJudgement(single, by: lax) }
    }

    @Test func whatIsToBeRefusedIsRefused() throws {
        let made = try SharedVectors.read("tlog/langqiao-made.json", as: Made.self)
        let policy = try policy(made, quorum: "quorum none")
        #expect(made.refuse.count == 6)
        for vector in made.refuse {
            #expect(throws: EvidenceFault.self, "\(vector.name)") {
                try CheckpointJudgement(try SignedNote(bytes(of: vector.note)), by: policy)
            }
        }
    }
}
