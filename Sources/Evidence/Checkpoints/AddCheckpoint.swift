/// What a log asks of a witness (C2SP tlog-witness, add-checkpoint): to cosign a checkpoint, with
/// the proof that it goes on where the last one ended.
package struct AddCheckpoint: Equatable, Sendable {
    /// The size of the tree that the witness cosigned last, as the log knows it.
    package let oldSize: UInt64
    package let proof: [Digest]
    /// The signed checkpoint as it stands there.
    package let checkpoint: [UInt8]

    /// C2SP's bound.
    package static let mostHashes = 63

    package static let mostBytes = 131_072

    package init(oldSize: UInt64, proof: [Digest], checkpoint: [UInt8]) {
        self.oldSize = oldSize
        self.proof = proof
        self.checkpoint = checkpoint
    }

    /// Reads the body of a request. The checkpoint is not read yet.
    ///
    /// - Throws: for anything that ``bytes`` would not write; the answer is 400 then.
    package init(_ bytes: [UInt8]) throws(EvidenceFault) {
        guard bytes.count <= AddCheckpoint.mostBytes else {
            throw EvidenceFault("the request has more than \(AddCheckpoint.mostBytes) bytes")
        }
        var lines = TextLines(bytes[...])
        guard let oldSize = lines.next(after: "old ").flatMap({ PlainNumber(utf8: $0)?.value })
        else { throw EvidenceFault("the old size is not there, or not a plain number") }
        var proof: [Digest] = []
        while true {
            guard let line = lines.next() else {
                throw EvidenceFault("no empty line stands before the checkpoint")
            }
            guard !line.isEmpty else { break }
            guard let hash = Base64.bytes(line).flatMap({ Digest($0) }),
                proof.count < AddCheckpoint.mostHashes
            else { throw EvidenceFault("a hash of the proof is not 32 bytes, or one too many") }
            proof.append(hash)
        }
        self.init(oldSize: oldSize, proof: proof, checkpoint: Array(lines.rest))
    }

    package var bytes: [UInt8] {
        var bytes = Array("old \(oldSize)\n".utf8)
        for hash in proof { bytes += Base64.text(hash.bytes) + [lineFeed] }
        return bytes + [lineFeed] + checkpoint
    }
}

/// What a witness answers.
package enum WitnessAnswer: Equatable, Sendable {
    /// It cosigned; what it now knows of the log is to be stored before the answer goes out.
    case cosigned([NoteSignature], known: KnownTree)
    case refused(WitnessRefusal)

    /// The status of HTTP.
    package var status: Int {
        switch self {
        case .cosigned: 200
        case .refused(let refusal): refusal.status
        }
    }

    /// The body of the answer.
    package var body: [UInt8] {
        switch self {
        case .cosigned(let signatures, _): signatures.flatMap(\.line)
        case .refused(.otherSize(let known)): Array("\(known)\n".utf8)
        case .refused(let refusal): Array("\(refusal.words)\n".utf8)
        }
    }

    package var contentType: String {
        if case .refused(.otherSize) = self { "text/x.tlog.size" } else { "text/plain" }
    }

    /// The cosignatures in the body of an answer of status 200.
    ///
    /// - Throws: for a body that is not lines of signatures, at least one.
    package static func cosignatures(_ body: [UInt8]) throws(EvidenceFault) -> [NoteSignature] {
        guard body.count <= SignedNote.mostBytes else {
            throw EvidenceFault("the answer has more than \(SignedNote.mostBytes) bytes")
        }
        var lines = TextLines(body[...])
        var signatures: [NoteSignature] = []
        repeat {
            guard let line = lines.next() else {
                throw EvidenceFault("the answer's last line has no end")
            }
            signatures.append(try NoteSignature(line))
        } while !lines.isAtEnd
        return signatures
    }

    /// What a log learns from an answer of status 409; nil when it names no size.
    package static func knownSize(_ body: [UInt8]) -> UInt64? {
        var lines = TextLines(body[...])
        let size = lines.next().flatMap { PlainNumber(utf8: $0)?.value }
        return lines.isAtEnd ? size : nil
    }
}

/// Why a witness does not cosign.
package enum WitnessRefusal: Equatable, Sendable {
    case malformed(EvidenceFault)
    case unknownOrigin
    case invalidSignature
    case oldSizeAboveSize
    /// Its last cosignature is of a tree of this size.
    case otherSize(known: UInt64)
    /// Of the size that it cosigned last, but with another root: the log has two histories.
    case otherRoot
    case invalidProof

    var status: Int {
        switch self {
        case .malformed, .oldSizeAboveSize: 400
        case .unknownOrigin: 404
        case .invalidSignature: 403
        case .otherSize, .otherRoot: 409
        case .invalidProof: 422
        }
    }

    var words: String {
        switch self {
        case .malformed(let fault): fault.description
        case .unknownOrigin: "unknown log"
        case .invalidSignature: "invalid signature"
        case .oldSizeAboveSize: "the old size is above the checkpoint's"
        case .otherSize(let known): "the last size is \(known)"
        case .otherRoot: "another root was cosigned for this size"
        case .invalidProof: "the consistency proof does not hold"
        }
    }
}
