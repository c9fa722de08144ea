import Evidence
import Testing

@Suite struct PolicyTests {
    private static let ledger = Result { try MadeLedger(.intl, leaves: 3) }

    /// Nil when the checkpoint is refused.
    private func nodesCounted(_ keys: [UInt8], _ note: SignedNote) throws -> Int? {
        let policy = try TrustPolicy(keys)
        return (try? CheckpointJudgement(note, by: policy))?.nodes.count
    }

    @Test func aMajorityOfNodesIsNeeded() throws {
        let ledger = try PolicyTests.ledger.get()
        let keys = ledger.keys(quorum: "none")
        #expect(try nodesCounted(keys, ledger.checkpoint()) == 3)
        #expect(try nodesCounted(keys, ledger.checkpoint(nodes: [0, 2])) == 2)
        #expect(try nodesCounted(keys, ledger.checkpoint(nodes: [1])) == nil)
        let all = ledger.keys("#langqiao:nodes 3\n", quorum: "none")
        #expect(try nodesCounted(all, ledger.checkpoint(nodes: [0, 2])) == nil)
        let one = ledger.keys("#langqiao:nodes 1\n", quorum: "none")
        #expect(try nodesCounted(one, ledger.checkpoint(nodes: [1])) == 1)
    }

    @Test func oneNodeCountsOnce() throws {
        let ledger = try PolicyTests.ledger.get()
        #expect(
            try nodesCounted(ledger.keys(quorum: "none"), ledger.checkpoint(nodes: [1, 1])) == nil)
    }

    @Test func theQuorumOfWitnessesIsNeeded() throws {
        let ledger = try PolicyTests.ledger.get()
        let note = ledger.checkpoint(witnesses: [1])
        #expect(try nodesCounted(ledger.keys(), note) == nil)
        #expect(try nodesCounted(ledger.keys(), ledger.checkpoint()) == 3)
        #expect(try nodesCounted(ledger.keys(quorum: "w2"), note) == 3)
        #expect(try nodesCounted(ledger.keys(quorum: "w1"), note) == nil)
    }

    @Test func groupsAreGroupsOfGroups() throws {
        var text = "log \(try PolicyTests.ledger.get().nodes[0].verifier.text)\n"
        for number in UInt8(0)..<5 {
            let key = try #require(PrivateKey(.intl, [UInt8](repeating: number + 1, count: 32)))
            let name = try #require(KeyName("witness.example"))
            let signer = NoteSigner(name: name, kind: .cosignature, key: key)
            text += "witness w\(number) \(signer.verifier.text)\n"
        }
        text += "group a 2 w0 w1 w2\ngroup b any w3 w4\ngroup c all a b\nquorum c\n"
        let policy = try TrustPolicy(bytes(of: text))
        #expect(policy.isQuorum([0, 2, 4]))
        #expect(!policy.isQuorum([0, 4]))
        #expect(!policy.isQuorum([0, 1, 2]))
        #expect(!policy.isQuorum([]))
    }

    /// Validity is in sizes of trees; the ledger's has three leaves.
    @Test func aKeyIsValidForSomeTrees() throws {
        let ledger = try PolicyTests.ledger.get()
        let id = ledger.nodes[0].verifier.identifier
        let note = ledger.checkpoint(nodes: [0, 1])
        func counted(_ range: String) throws -> Int? {
            let keys = ledger.keys("#langqiao:valid \(id) \(range)\n", quorum: "none")
            return try nodesCounted(keys, note)
        }
        #expect(try counted("0 4") == 2)
        #expect(try counted("3 4") == 2)
        // One of two is not the majority.
        #expect(try counted("0 3") == nil)
        #expect(try counted("4 9") == nil)
    }

    /// Who took a key can sign any tree: only what witnesses saw before counts.
    @Test func aRevokedKeyCountsWhereWitnessesSawItBefore() throws {
        let ledger = try PolicyTests.ledger.get()
        let id = ledger.nodes[0].verifier.identifier
        func counted(_ time: UInt64, quorum: String = "both", nodes: [Int] = [0, 1]) throws -> Int?
        {
            let keys = ledger.keys("#langqiao:revoked \(id) \(time)\n", quorum: quorum)
            return try nodesCounted(keys, ledger.checkpoint(nodes: nodes))
        }
        #expect(try counted(MadeLedger.cosignedAt + 2) == 2)
        #expect(try counted(MadeLedger.cosignedAt + 1) == nil)
        #expect(try counted(MadeLedger.cosignedAt + 1, quorum: "w1") == 2)
        #expect(try counted(MadeLedger.cosignedAt + 2, quorum: "none") == nil)
        #expect(try counted(1, nodes: [0, 1, 2]) == 2)
        let witness = ledger.witnesses[1].verifier.identifier
        let keys = ledger.keys("#langqiao:revoked \(witness) \(UInt64(1) << 40)\n")
        #expect(try nodesCounted(keys, ledger.checkpoint()) == nil)
    }

    @Test func policiesThatAreNoneAreRefused() throws {
        let ledger = try PolicyTests.ledger.get()
        let other = try MadeLedger(.sm, leaves: 1)
        let (log, witness) = (ledger.nodes[0].verifier.text, ledger.witnesses[0].verifier.text)
        let good = "log \(log)\nwitness w \(witness)\n"
        #expect(throws: Never.self) { try TrustPolicy(bytes(of: good + "quorum w\n")) }
        let wrong = [
            "", "quorum none\n", good, good + "quorum w", good + "quorum w\nquorum none\n",
            good + "quorum x\n", "quorum w\n" + good, good + "quorum w\r\n",
            good + "log \(log)\nquorum w\n", good + "witness v \(witness)\nquorum w\n",
            good + "witness w \(ledger.witnesses[1].verifier.text)\nquorum w\n",
            good + "witness none \(ledger.witnesses[1].verifier.text)\nquorum w\n",
            "log \(witness)\nquorum none\n", "witness w \(log)\nlog \(log)\nquorum none\n",
            good + "log \(other.nodes[0].verifier.text)\nquorum w\n",
            good + "group g 2 w\nquorum g\n", good + "group g 0 w\nquorum g\n",
            good + "group g any\nquorum w\n", good + "group g any w w\nquorum g\n",
            good + "group g any x\nquorum w\n", good + "group g any none\nquorum w\n",
            good + "group g any w\ngroup h any w\nquorum h\n",
            good + "group w any w\nquorum w\n", good + "node \(log)\nquorum w\n",
            good + "#langqiao:nodes 0\nquorum w\n", good + "#langqiao:nodes\nquorum w\n",
            good + "#langqiao:nodes 1\n#langqiao:nodes 1\nquorum w\n",
            good + "#langqiao:valid 00000000 1 2\nquorum w\n",
            good + "#langqiao:valid \(ledger.nodes[0].verifier.identifier) 2 2\nquorum w\n",
            good + "#langqiao:later\nquorum w\n",
        ]
        for text in wrong {
            #expect(throws: EvidenceFault.self, "\(text)") { try TrustPolicy(bytes(of: text)) }
        }
    }

    /// Limits that C2SP recommends at least: 32 of each.
    @Test func thirtyTwoOfEachAreRead() throws {
        var text = ""
        for number in UInt8(1)...32 {
            let key = try #require(PrivateKey(.intl, [UInt8](repeating: number, count: 32)))
            let log = NoteSigner(name: MadeLedger.origin, kind: .note, key: key).verifier
            let witness = NoteSigner(name: MadeLedger.origin, kind: .cosignature, key: key).verifier
            text += "log \(log.text)\nwitness w\(number) \(witness.text)\n"
            text += "group g\(number) any w\(number)\n"
        }
        let policy = try TrustPolicy(bytes(of: text + "quorum g32\n"))
        #expect(policy.logs.count == 32 && policy.witnesses.count == 32)
        #expect(policy.isQuorum([31]) && !policy.isQuorum(Set(0..<31)))
    }
}
