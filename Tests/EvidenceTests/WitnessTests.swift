import Evidence
import Testing

@Suite struct WitnessTests {
    private static let origin = KeyName("langqiao.example/ledger")!

    private func signer(_ suite: Suite, _ kind: SignatureKind) throws -> NoteSigner {
        let key = try #require(PrivateKey(suite, [UInt8](repeating: 3, count: 32)))
        let name = try #require(kind == .note ? WitnessTests.origin : KeyName("witness.example"))
        return NoteSigner(name: name, kind: kind, key: key)
    }

    @Test(arguments: Suite.allCases)
    func aWitnessFollowsOneHistory(_ suite: Suite) throws {
        let (log, own) = (try signer(suite, .note), try signer(suite, .cosignature))
        let witness = Witness(logs: [log.verifier], signers: [own])
        let hasher = SuiteHasher(suite)
        let leaves = (0..<9).map { hasher.leaf([UInt8($0)]) }
        let plain = PlainTree(leaves: leaves, suite: suite)
        var known: KnownTree?
        func ask(_ old: Int, _ size: Int, root: Digest? = nil, proof: [Digest]? = nil)
            -> WitnessAnswer
        {
            let checkpoint = Checkpoint(
                origin: WitnessTests.origin, size: UInt64(size),
                root: root ?? plain.root(0..<size))
            var note = SignedNote(text: checkpoint.text)
            note.add(log.signature(of: note.text))
            let usual = old > 0 && old < size ? plain.proof(old, 0..<size) : []
            let request = AddCheckpoint(
                oldSize: UInt64(old), proof: proof ?? usual, checkpoint: note.bytes)
            #expect((try? AddCheckpoint(request.bytes)) == request)
            #expect(Witness.origin(of: request.bytes) == WitnessTests.origin)
            let answer = witness.answer(request.bytes, known: known, time: 1_800_000_000)
            if case .cosigned(let signatures, let next) = answer {
                known = next
                #expect((try? WitnessAnswer.cosignatures(answer.body)) == signatures)
                #expect(
                    own.verifier.judge(signatures[0], of: note.text) == .holds(time: 1_800_000_000))
            }
            return answer
        }
        #expect(ask(0, 0).status == 200)
        #expect(ask(0, 3, proof: [leaves[0]]).status == 422)
        #expect(ask(0, 3).status == 200)
        #expect(ask(3, 3).status == 200)
        #expect(ask(3, 3, root: leaves[0]) == .refused(.otherRoot))
        let conflict = ask(0, 7)
        #expect(conflict == .refused(.otherSize(known: 3)))
        #expect(WitnessAnswer.knownSize(conflict.body) == 3)
        #expect(conflict.contentType == "text/x.tlog.size")
        #expect(ask(3, 7, root: leaves[0]).status == 422)
        #expect(ask(3, 7).status == 200)
        #expect(ask(8, 7).status == 400)
        #expect(ask(7, 9).status == 200)
        #expect(known == KnownTree(size: 9, root: plain.root(0..<9)))
    }

    @Test func requestsThatAreNoneAreRefused() throws {
        let witness = Witness(logs: [], signers: [try signer(.intl, .cosignature)])
        let note = "a.example\n0\n\(String(repeating: "A", count: 43))=\n\n— a.example AAAAAAA=\n"
        func status(_ text: String) -> Int {
            witness.answer(bytes(of: text), known: nil, time: 1).status
        }
        #expect(status("old 0\n\n\(note)") == 404)
        let hash = String(repeating: "A", count: 43) + "=\n"
        #expect(status("old 0\n\(String(repeating: hash, count: 63))\n\(note)") == 404)
        let wrong = [
            "", "old 0", "old 00\n\n\(note)", "old 0\n\(note)", "new 0\n\n\(note)",
            "old 0\nAAAA\n\n\(note)", "old 0\n\n", "old 0\n\nnothing\n",
            "old 0\n\(String(repeating: hash, count: 64))\n\(note)",
        ]
        for text in wrong { #expect(status(text) == 400) }
    }

    struct Steps: Decodable {
        struct Step: Decodable {
            let body: String
            let status: Int
            let asserts: [String]
        }
        let logVkey: String
        let steps: [Step]
    }

    /// The one difference: C2SP says 404 for an unknown log since these were made.
    @Test(.needsSharedVectors) func requestsOfOthers() throws {
        let vectors = try SharedVectors.read(
            "tlog/witness-add-checkpoint.json", as: Steps.self)
        let key = try #require(PrivateKey(.intl, [UInt8](repeating: 9, count: 32)))
        let own = NoteSigner(
            name: try #require(KeyName("example.com/witness")), kind: .cosignature, key: key)
        let log = try VerifierKey(vectors.logVkey.utf8)
        let witness = Witness(logs: [log], signers: [own])
        var known: KnownTree?
        for step in vectors.steps {
            let answer = witness.answer(bytes(of: step.body), known: known, time: 1_800_000_000)
            if case .cosigned(_, let next) = answer { known = next }
            let isOutdated = step.asserts == ["unknown log"]
            #expect(answer.status == (isOutdated ? 404 : step.status))
            let body = String(decoding: answer.body, as: UTF8.self)
            if step.status == 422 { continue }  // which words are said is each program's own
            for piece in step.asserts {
                #expect(body.contains(piece.replacing("\\n", with: "\n")))
            }
        }
        #expect(known?.size == 5)
    }
}
