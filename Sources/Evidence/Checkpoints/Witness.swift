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
        (try? Asked(request))?.checkpoint.origin
    }

    /// A request whose signatures nobody has read.
    private struct Asked {
        let request: AddCheckpoint
        let text: [UInt8]
        let checkpoint: Checkpoint

        init(_ bytes: [UInt8]) throws(EvidenceFault) {
            request = try AddCheckpoint(bytes)
            text = try SignedNote.text(of: request.checkpoint)
            checkpoint = try Checkpoint(text)
        }
    }

    /// Answers a request.
    ///
    /// - Parameters:
    ///   - known: what is stored of the log that ``origin(of:)`` names; nil for nothing.
    ///   - time: now, seconds since 1970.
    /// - Complexity: a verification for each signature of a known key, 128 hashes at most.
    package func answer(_ request: [UInt8], known: KnownTree?, time: UInt64) -> WitnessAnswer {
        let asked: Asked
        do throws(EvidenceFault) {
            asked = try Asked(request)
        } catch { return .refused(.malformed(error)) }
        if let refusal = refusal(of: asked, known) { return .refused(refusal) }
        return .cosigned(
            signers.map { $0.signature(of: asked.text, time: time) },
            known: KnownTree(size: asked.checkpoint.size, root: asked.checkpoint.root))
    }

    private func refusal(of asked: Asked, _ known: KnownTree?) -> WitnessRefusal? {
        let checkpoint = asked.checkpoint
        let keys = logs.filter { $0.name == checkpoint.origin }
        guard !keys.isEmpty else { return .unknownOrigin }
        // What cannot be read as a signature signs nothing.
        let note = try? SignedNote(asked.request.checkpoint)
        let isSigned = (note?.signatures ?? []).contains { signature in
            keys.contains {
                if case .holds = $0.judge(signature, of: asked.text) { true } else { false }
            }
        }
        guard isSigned else { return .invalidSignature }
        guard asked.request.oldSize <= checkpoint.size else { return .oldSizeAboveSize }
        let last = known?.size ?? 0
        guard asked.request.oldSize == last else { return .otherSize(known: last) }
        let hasher = SuiteHasher(suite)
        if checkpoint.size == last {
            guard checkpoint.root == known?.root ?? hasher.emptyRoot else { return .otherRoot }
            return asked.request.proof.isEmpty ? nil : .invalidProof
        }
        guard let known, last > 0 else { return asked.request.proof.isEmpty ? nil : .invalidProof }
        let isConsistent = TreeProof.isConsistent(
            last, known.root, checkpoint.size, checkpoint.root, proof: asked.request.proof,
            with: hasher)
        return isConsistent ? nil : .invalidProof
    }
}
