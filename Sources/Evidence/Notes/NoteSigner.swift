/// Signs notes under a name.
package struct NoteSigner: Sendable {
    package let verifier: VerifierKey
    private let key: PrivateKey

    package init(name: KeyName, kind: SignatureKind, key: PrivateKey) {
        self.key = key
        verifier = VerifierKey(name: name, kind: kind, key: key.publicKey)
    }

    /// A signature of a note's text.
    ///
    /// - Parameter time: seconds since 1970; only a cosignature says it.
    /// - Precondition: a key of kind ``SignatureKind/note`` signs no time, the other one not
    ///   without.
    package func signature(of text: [UInt8], time: UInt64? = nil) -> NoteSignature {
        precondition((time != nil) == (verifier.kind == .cosignature), "a cosignature has a time")
        let stamp = time.map(CosignedMessage.stamp) ?? []
        let message = time.map { CosignedMessage.bytes(text, at: $0) } ?? text
        return NoteSignature(
            name: verifier.name, identifier: verifier.identifier,
            bytes: stamp + key.signature(of: message))
    }
}

/// What a cosignature covers (C2SP tlog-cosignature): two lines and the whole text of the
/// checkpoint. SM2 signs the same lines.
enum CosignedMessage {
    static let latest = UInt64(Int64.max)

    static func bytes(_ text: [UInt8], at time: UInt64) -> [UInt8] {
        Array("cosignature/v1\ntime \(time)\n".utf8) + text
    }

    /// The eight bytes that go before the signature, the most significant one first.
    static func stamp(_ time: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: time >> (56 - 8 * $0)) }
    }
}

extension VerifierKey {
    /// What a signature of this key is worth.
    package enum Verdict: Equatable, Sendable {
        /// It is of another key.
        case stranger
        case wrong
        /// It holds; of a cosignature with its time, seconds since 1970.
        case holds(time: UInt64?)
    }

    package func judge(_ signature: NoteSignature, of text: [UInt8]) -> Verdict {
        guard signature.name == name, signature.identifier == identifier else { return .stranger }
        switch kind {
        case .note:
            return key.verifies(signature.bytes, of: text) ? .holds(time: nil) : .wrong
        case .cosignature:
            guard signature.bytes.count == 8 + Suite.signatureSize else { return .wrong }
            let time = signature.bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            let message = CosignedMessage.bytes(text, at: time)
            guard time <= CosignedMessage.latest,
                key.verifies(Array(signature.bytes.dropFirst(8)), of: message)
            else { return .wrong }
            return .holds(time: time)
        }
    }
}
