/// Verifies signatures of one key.
package struct PublicKey: Sendable, Equatable {
    package let suite: Suite
    /// 32 bytes of Ed25519; 65 of SM2.
    package let bytes: [UInt8]
    private let object: KeyObject

    /// Nil for bytes that are no key of the suite.
    package init?(_ suite: Suite, _ bytes: [UInt8]) {
        guard let object = KeyObject(suite, publicKey: bytes) else { return nil }
        self.suite = suite
        self.bytes = bytes
        self.object = object
    }

    fileprivate init(_ suite: Suite, of object: KeyObject) {
        self.suite = suite
        self.object = object
        bytes = object.publicKey
    }

    /// - Parameter signature: 64 bytes; another number is no signature.
    package func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        guard signature.count == Suite.signatureSize else { return false }
        switch suite {
        case .intl: return object.verifies(signature, of: message)
        case .sm: return object.verifies(SignatureForm.der(of: signature), of: message)
        }
    }

    package static func == (a: PublicKey, b: PublicKey) -> Bool {
        a.suite == b.suite && a.bytes == b.bytes
    }
}

/// Signs with one key.
package struct PrivateKey: Sendable {
    package let publicKey: PublicKey
    private let object: KeyObject

    /// A key of its 32 bytes, the seed of Ed25519 or the scalar of SM2.
    ///
    /// Nil for another number of bytes, and for a scalar that SM2 does not allow.
    package init?(_ suite: Suite, _ bytes: [UInt8]) {
        guard let object = KeyObject(suite, privateKey: bytes) else { return nil }
        self.object = object
        publicKey = PublicKey(suite, of: object)
    }

    package var suite: Suite { publicKey.suite }

    /// 64 bytes.
    ///
    /// - Precondition: OpenSSL has memory and randomness; a node without must not go on.
    package func signature(of message: [UInt8]) -> [UInt8] {
        let made = object.signature(of: message)
        let signature = suite == .sm ? made.flatMap(SignatureForm.plain) : made
        guard let signature, signature.count == Suite.signatureSize else {
            preconditionFailure("a message can be signed")
        }
        return signature
    }
}

/// The two forms of a signature of SM2: r and s one after the other, which is stored, and DER,
/// which OpenSSL speaks.
enum SignatureForm {
    static func der(of signature: [UInt8]) -> [UInt8] {
        let body = integer(signature.prefix(32)) + integer(signature.dropFirst(32))
        return [0x30, UInt8(body.count)] + body
    }

    private static func integer(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var digits = Array(bytes.drop { $0 == 0 })
        if digits.first.map({ $0 >= 0x80 }) ?? true { digits.insert(0, at: 0) }
        return [0x02, UInt8(digits.count)] + digits
    }

    /// Nil for what OpenSSL would not make.
    static func plain(_ der: [UInt8]) -> [UInt8]? {
        guard der.count > 2, der[0] == 0x30, Int(der[1]) == der.count - 2 else { return nil }
        var rest = der[2...]
        guard let r = number(&rest), let s = number(&rest), rest.isEmpty else { return nil }
        return r + s
    }

    private static func number(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        guard rest.count > 2, rest.popFirst() == 0x02, let count = rest.popFirst(),
            rest.count >= Int(count)
        else { return nil }
        let digits = rest.prefix(Int(count)).drop { $0 == 0 }
        rest = rest.dropFirst(Int(count))
        guard digits.count <= 32 else { return nil }
        return [UInt8](repeating: 0, count: 32 - digits.count) + digits
    }
}
