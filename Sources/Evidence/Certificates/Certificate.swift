/// What somebody holds of a payment, or of another leaf: a record, what he may see of it, and the
/// proof that it is in the ledger's tree. It needs no network and no database.
///
/// As text it is an ``InclusionFile`` whose extra bytes are 01, 2 bytes of length, the record, and
/// ``Disclosures``.
package struct Certificate: Equatable, Sendable {
    package let suite: Suite
    package let record: Record
    package let disclosures: Disclosures
    /// The leaf's place in the tree of the checkpoint.
    package let index: UInt64
    /// From the leaf's sibling upwards.
    package let path: [Digest]
    package let note: SignedNote

    static let version: UInt8 = 1

    /// - Throws: when a payment's record is to be given away without the payer, or a fill's without
    ///   the payment; and for disclosures that are not the record's.
    package init(
        suite: Suite, record: Record, disclosures: Disclosures, index: UInt64, path: [Digest],
        note: SignedNote
    ) throws(EvidenceFault) {
        self.suite = suite
        self.record = record
        self.disclosures = disclosures
        self.index = index
        self.path = path
        self.note = note
        try disclosures.verify(against: record, suite: suite)
        let shown = Set(disclosures.fields.map(\.field))
        guard !record.place.kind.isOfPayment || shown.contains(.payer) else {
            throw EvidenceFault("the payer is always shown")
        }
        guard record.place.kind != .fill || shown.contains(.uetr) else {
            throw EvidenceFault("of a fill the payment is always shown")
        }
    }

    /// Reads a file, of which nothing is believed yet.
    ///
    /// - Throws: for anything that ``bytes`` would not write.
    package init(_ file: [UInt8]) throws(EvidenceFault) {
        let proof = try InclusionFile(file)
        guard let extra = proof.extra else {
            throw EvidenceFault("the file has no record; it proves a leaf of whom nothing is known")
        }
        var reader = ByteReader(extra[...])
        guard reader.byte() == Certificate.version, let bytes = reader.bytes(sized: UInt16.self)
        else { throw EvidenceFault("the record is of a version that is not known here") }
        suite = proof.suite
        record = try Record(Array(bytes))
        disclosures = try Disclosures(&reader)
        index = proof.index
        path = proof.hashes
        note = try SignedNote(proof.checkpoint)
    }

    /// The file.
    package var bytes: [UInt8] {
        let count = record.bytes.count
        let extra =
            [Certificate.version, UInt8(count >> 8), UInt8(count & 0xFF)] + record.bytes
            + disclosures.bytes
        return InclusionFile(
            suite: suite, extra: extra, index: index, hashes: path, checkpoint: note.bytes
        ).bytes
    }

    /// Verifies a file by the keys that somebody believes.
    ///
    /// - Throws: what exactly is wrong, the first of it.
    /// - Complexity: a verification for each signature of a known key; O(bytes).
    package static func verify(
        _ file: [UInt8], by policy: TrustPolicy
    ) throws(EvidenceFault) -> CertificateFindings {
        let certificate = try Certificate(file)
        guard certificate.suite == policy.suite else {
            throw EvidenceFault(
                "the file is of suite \(certificate.suite.name), the keys are of suite "
                    + policy.suite.name)
        }
        let judgement = try CheckpointJudgement(certificate.note, by: policy)
        try certificate.verify(in: judgement.checkpoint)
        return CertificateFindings(certificate: certificate, judgement: judgement)
    }

    private func verify(in checkpoint: Checkpoint) throws(EvidenceFault) {
        guard record.ledger == checkpoint.origin else {
            throw EvidenceFault(
                "the record is of ledger \(record.ledger), the checkpoint of \(checkpoint.origin)")
        }
        guard (record.place.kind == .start) == (index == 0) else {
            throw EvidenceFault("leaf 0, and no other one, is the ledger's start")
        }
        let hasher = SuiteHasher(suite)
        let isIncluded = TreeProof.includes(
            hasher.leaf(record.bytes), at: index, in: checkpoint.size, root: checkpoint.root,
            proof: path, with: hasher)
        guard isIncluded else {
            throw EvidenceFault("the record is not leaf \(index) of the signed tree")
        }
        try disclosures.verify(against: record, suite: suite)
    }
}
