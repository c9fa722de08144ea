/// A proof that a leaf is in a log's tree, as a text file: C2SP `tlog-proof@v1`, and for the suite
/// `sm` the same under a header of our own.
package struct InclusionFile: Equatable, Sendable {
    package let suite: Suite
    /// Bytes of whose meaning the form says nothing, and which nobody signed; nil for none.
    package let extra: [UInt8]?
    /// The leaf's place in the tree.
    package let index: UInt64
    /// From the leaf's sibling upwards.
    package let hashes: [Digest]
    /// The signed checkpoint as it stands there.
    package let checkpoint: [UInt8]

    package static let mostBytes = 1 << 20

    package init(
        suite: Suite, extra: [UInt8]?, index: UInt64, hashes: [Digest], checkpoint: [UInt8]
    ) {
        self.suite = suite
        self.extra = extra
        self.index = index
        self.hashes = hashes
        self.checkpoint = checkpoint
    }

    /// Reads a file. The checkpoint is not read yet.
    ///
    /// - Throws: for anything that ``bytes`` would not write.
    package init(_ bytes: [UInt8]) throws(EvidenceFault) {
        guard bytes.count <= InclusionFile.mostBytes else {
            throw EvidenceFault("the file has more than \(InclusionFile.mostBytes) bytes")
        }
        var lines = TextLines(bytes[...])
        let header = lines.next()
        guard let suite = Suite.allCases.first(where: { header?.elementsEqual($0.header) ?? false })
        else { throw EvidenceFault("the first line is not that of a proof") }
        var extra: [UInt8]?
        if let text = lines.next(after: "extra ") {
            guard let bytes = Base64.bytes(text) else {
                throw EvidenceFault("what stands behind 'extra' is not base64")
            }
            extra = bytes
        }
        guard let index = lines.next(after: "index ").flatMap({ PlainNumber(utf8: $0)?.value })
        else { throw EvidenceFault("the leaf's index is not there, or not a plain number") }
        var hashes: [Digest] = []
        while let line = lines.next(), !line.isEmpty {
            guard let hash = Base64.bytes(line).flatMap({ Digest($0) }),
                hashes.count < TreeProof.longest
            else { throw EvidenceFault("a hash of the proof is not 32 bytes, or one too many") }
            hashes.append(hash)
        }
        self.init(
            suite: suite, extra: extra, index: index, hashes: hashes, checkpoint: Array(lines.rest))
        guard self.bytes == bytes else {
            throw EvidenceFault("no empty line stands before the checkpoint")
        }
    }

    package var bytes: [UInt8] {
        var bytes = suite.header + [lineFeed]
        if let extra { bytes += Array("extra ".utf8) + Base64.text(extra) + [lineFeed] }
        bytes += Array("index \(index)\n".utf8)
        for hash in hashes { bytes += Base64.text(hash.bytes) + [lineFeed] }
        return bytes + [lineFeed] + checkpoint
    }
}

extension Suite {
    /// The first line of a proof.
    var header: [UInt8] {
        switch self {
        case .intl: Array("c2sp.org/tlog-proof@v1".utf8)
        case .sm: Array("langqiao-tlog-proof-sm@v1".utf8)
        }
    }
}
