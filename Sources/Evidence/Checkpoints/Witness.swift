/// What a witness remembers of a log.
package struct KnownTree: Equatable, Sendable {
    package var size: UInt64
    package var root: Digest

    package init(size: UInt64, root: Digest) {
        self.size = size
        self.root = root
    }
}

/// Decides what a witness cosigns (C2SP tlog-witness). A value: what it knows of a log comes in,
/// what it has to store goes out with the answer.
package struct Witness: Sendable {
    /// Keys that it believes, of any number of logs.
    private let logs: [VerifierKey]
    private let signers: [NoteSigner]
    private let suite: Suite

    /// - Precondition: the keys are of one suite, and the signers', at least one, cosign.
    package init(logs: [VerifierKey], signers: [NoteSigner]) {
        precondition(!signers.isEmpty, "a witness has a key")
        suite = signers[0].verifier.key.suite
        self.logs = logs
        self.signers = signers
        let suites = (logs + signers.map(\.verifier)).map(\.key.suite)
        precondition(suites.allSatisfy { [suite] in $0 == suite }, "a witness speaks one suite")
        precondition(signers.allSatisfy { $0.verifier.kind == .cosignature }, "a witness cosigns")
    }

    /// The log that a request is about; nil for one that cannot be read.
    package static func origin(of request: [UInt8]) -> KeyName? {
        (try? AddCheckpoint(request)).flatMap { try? Checkpoint($0.note.text) }?.origin
    }

    /// Answers a request.
    ///
    /// - Parameters:
    ///   - known: what is stored of the log that ``origin(of:)`` names; nil for nothing.
    ///   - time: now, seconds since 1970.
    /// - Complexity: a verification for each signature of a known key, 128 hashes at most.
    package func answer(_ request: [UInt8], known: KnownTree?, time: UInt64) -> WitnessAnswer {
        let asked: AddCheckpoint
        let checkpoint: Checkpoint
        do throws(EvidenceFault) {
            asked = try AddCheckpoint(request)
            checkpoint = try Checkpoint(asked.note.text)
        } catch { return .refused(.malformed(error)) }
        if let refusal = refusal(of: asked, checkpoint, known) { return .refused(refusal) }
        return .cosigned(
            signers.map { $0.signature(of: asked.note.text, time: time) },
            known: KnownTree(size: checkpoint.size, root: checkpoint.root))
    }

    private func refusal(
        of asked: AddCheckpoint, _ checkpoint: Checkpoint, _ known: KnownTree?
    ) -> WitnessRefusal? {
        let keys = logs.filter { $0.name == checkpoint.origin }
        guard !keys.isEmpty else { return .unknownOrigin }
        let isSigned = asked.note.signatures.contains { signature in
            keys.contains {
                if case .holds = $0.judge(signature, of: asked.note.text) { true } else { false }
            }
        }
        guard isSigned else { return .invalidSignature }
        guard asked.oldSize <= checkpoint.size else { return .oldSizeAboveSize }
        let last = known?.size ?? 0
        guard asked.oldSize == last else { return .otherSize(known: last) }
        let hasher = SuiteHasher(suite)
        if checkpoint.size == last {
            guard checkpoint.root == known?.root ?? hasher.emptyRoot else { return .otherRoot }
            return asked.proof.isEmpty ? nil : .invalidProof
        }
        guard let known, last > 0 else { return asked.proof.isEmpty ? nil : .invalidProof }
        let isConsistent = TreeProof.isConsistent(
            last, known.root, checkpoint.size, checkpoint.root, proof: asked.proof, with: hasher)
        return isConsistent ? nil : .invalidProof
    }
}
