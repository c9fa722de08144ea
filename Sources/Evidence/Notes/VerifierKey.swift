internal import Hexadecimal

/// What a key signs.
package enum SignatureKind: BitwiseCopyable, Hashable, Sendable {
    /// A note's text, as a log signs its checkpoints.
    case note
    /// A checkpoint and the time, as a witness does (C2SP tlog-cosignature).
    case cosignature

    /// What says the kind in a key's text and goes into its identifier. C2SP gives numbers to
    /// Ed25519; the types of SM2 are ours, behind the number that is left for such.
    func type(_ suite: Suite) -> [UInt8] {
        switch (suite, self) {
        case (.intl, .note): [0x01]
        case (.intl, .cosignature): [0x04]
        case (.sm, .note): [0xFF] + Array("langqiao-sm2-log@v1".utf8)
        case (.sm, .cosignature): [0xFF] + Array("langqiao-sm2-cosignature@v1".utf8)
        }
    }
}

/// A public key with its name and what it signs: `name+identifier+base64(type ‖ key)`.
package struct VerifierKey: Equatable, Sendable {
    package let name: KeyName
    package let kind: SignatureKind
    package let key: PublicKey
    /// The first four bytes of H(name, LF, type, key), with the suite's hash function.
    package let identifier: KeyIdentifier

    package init(name: KeyName, kind: SignatureKind, key: PublicKey) {
        self.name = name
        self.kind = kind
        self.key = key
        let hashed = name.bytes + [lineFeed] + kind.type(key.suite) + key.bytes
        let digest = SuiteHasher(key.suite).hash(hashed)
        identifier = KeyIdentifier(
            rawValue: digest.bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) })
    }

    /// Reads the text of a key, in UTF-8.
    ///
    /// - Throws: for another form, a type that is not of a suite, and an identifier that is not the
    ///   key's.
    package init(_ text: some Collection<UInt8>) throws(EvidenceFault) {
        let parts = text.split(
            separator: UInt8(ascii: "+"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let name = KeyName(utf8: parts[0]),
            let stated = KeyIdentifier(utf8: parts[1])
        else { throw EvidenceFault("a key is not of the form name+identifier+key") }
        guard let bytes = Base64.bytes(parts[2]) else {
            throw EvidenceFault("the key of \(name) is not base64")
        }
        for suite in Suite.allCases {
            for kind in [SignatureKind.note, .cosignature] {
                let type = kind.type(suite)
                guard bytes.starts(with: type),
                    bytes.count == type.count + suite.publicKeySize
                else { continue }
                guard let key = PublicKey(suite, Array(bytes.dropFirst(type.count))) else {
                    throw EvidenceFault("the key of \(name) is no point of its curve")
                }
                self.init(name: name, kind: kind, key: key)
                guard identifier == stated else {
                    throw EvidenceFault("the identifier of \(name) is not that of its key")
                }
                return
            }
        }
        throw EvidenceFault("the key of \(name) is of a type that is not known here")
    }

    /// As it is read.
    package var text: String {
        let bytes = Base64.text(kind.type(key.suite) + key.bytes)
        return "\(name)+\(identifier)+\(String(decoding: bytes, as: UTF8.self))"
    }
}

/// Eight hexadecimal digits that tell keys of one name apart.
package struct KeyIdentifier: RawRepresentable, BitwiseCopyable, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Reads eight lower-case digits.
    package init?(utf8 digits: some Collection<UInt8>) {
        let text = String(decoding: digits, as: UTF8.self)
        guard digits.count == 8, let value = UInt32(text, radix: 16) else { return nil }
        rawValue = value
        guard description == text else { return nil }
    }

    var bytes: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: rawValue >> (24 - 8 * $0)) } }
}

extension KeyIdentifier: CustomStringConvertible {
    package var description: String { hexadecimal(bytes) }
}
