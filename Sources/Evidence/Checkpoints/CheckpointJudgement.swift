/// What the signatures below a checkpoint are worth to somebody who believes a policy.
package struct CheckpointJudgement: Equatable, Sendable {
    package let checkpoint: Checkpoint
    /// The nodes whose signatures count.
    package let nodes: [VerifierKey]
    /// Nodes of the ledger with keys that are valid for a tree of this size.
    package let nodesKnown: Int
    package let nodesNeeded: Int
    /// The witnesses whose cosignatures count, with the times that they state, seconds since 1970.
    package let witnesses: [Cosigner]

    package struct Cosigner: Equatable, Sendable {
        package let verifier: VerifierKey
        package let time: UInt64
    }

    /// - Throws: when the note is no checkpoint of a log that is known, when a signature of a known
    ///   key is wrong, and when those that hold are not enough.
    /// - Complexity: a verification for each signature of a known key, each of which counts once.
    package init(_ note: SignedNote, by policy: TrustPolicy) throws(EvidenceFault) {
        let checkpoint = try Checkpoint(note.text)
        let nodes = policy.nodes(of: checkpoint.origin, size: checkpoint.size)
        guard policy.logs.contains(where: { $0.verifier.name == checkpoint.origin }) else {
            throw EvidenceFault("the keys name no log \(checkpoint.origin)")
        }
        let found = try CheckpointJudgement.verified(note, policy)
        let cosigners = policy.witnesses.enumerated().compactMap { place, witness in
            found.witnesses[place].flatMap { time in
                witness.revoked == nil && witness.sizes.contains(checkpoint.size)
                    ? (place: place, cosigner: Cosigner(verifier: witness.verifier, time: time))
                    : nil
            }
        }
        let counting = nodes.filter { node in
            guard found.logs.contains(node.verifier.identifier) else { return false }
            guard let revoked = node.revoked else { return true }
            // Who has a revoked key can sign any size: witnesses must have seen it before.
            return policy.quorum != nil
                && policy.isQuorum(
                    Set(cosigners.filter { $0.cosigner.time < revoked }.map(\.place)))
        }
        let needed = policy.nodesNeeded(of: nodes.count)
        guard counting.count >= needed else {
            throw EvidenceFault(
                "\(counting.count) of the \(nodes.count) nodes signed, \(needed) are needed")
        }
        guard policy.isQuorum(Set(cosigners.map(\.place))) else {
            throw EvidenceFault(
                "\(cosigners.count) witnesses cosigned, which is not the quorum of the keys")
        }
        self.checkpoint = checkpoint
        self.nodes = counting.map(\.verifier)
        nodesKnown = nodes.count
        nodesNeeded = needed
        witnesses = cosigners.map(\.cosigner)
    }

    /// Whose signatures hold: logs by their identifiers, witnesses by their places, with times.
    private static func verified(
        _ note: SignedNote, _ policy: TrustPolicy
    ) throws(EvidenceFault) -> (logs: Set<KeyIdentifier>, witnesses: [Int: UInt64]) {
        var logs: Set<KeyIdentifier> = []
        var witnesses: [Int: UInt64] = [:]
        for signature in note.signatures {
            for (place, key) in (policy.logs + policy.witnesses).enumerated() {
                let isNew: Bool
                switch key.verifier.judge(signature, of: note.text) {
                case .stranger: continue
                case .wrong:
                    throw EvidenceFault(
                        "the signature of \(signature.name) \(signature.identifier) is wrong")
                case .holds(nil): isNew = logs.insert(key.verifier.identifier).inserted
                case .holds(let time?):
                    isNew =
                        witnesses.updateValue(time, forKey: place - policy.logs.count) == nil
                }
                guard isNew else {
                    throw EvidenceFault(
                        "\(signature.name) \(signature.identifier) signed twice")
                }
            }
        }
        return (logs, witnesses)
    }
}
