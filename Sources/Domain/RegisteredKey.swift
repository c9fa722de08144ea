/// Who shows a key, or signs with it.
public enum KeyOwnerKind: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    case participant = 0
    case `operator` = 1
    case node = 2
    case witness = 3
}

/// What a key is for.
public enum KeyPurpose: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// The certificate of an end of a connection.
    case tls = 0
    /// Signatures under messages and statements.
    case signing = 1
}

/// How a registered key stands. It never goes back.
public enum KeyState: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    case active = 0
    /// Another one has taken its place; it is good until its end.
    case retiring = 1
    case revoked = 2
}

/// SHA-256 of a certificate's DER form, or of a public key's.
public struct KeyFingerprint: BitwiseCopyable, Hashable, Sendable {
    /// The first 16 bytes, the first one most significant.
    public var high: UInt128
    /// The last 16 bytes.
    public var low: UInt128

    public init(high: UInt128, low: UInt128) {
        self.high = high
        self.low = low
    }

    /// - Precondition: there are 32.
    public init(bytes: UnsafeRawBufferPointer) {
        require(bytes.count == 32, "SHA-256 has 32 bytes")
        high = UInt128(bigEndian: bytes.loadUnaligned(as: UInt128.self))
        low = UInt128(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt128.self))
    }

    /// Of nothing.
    public static var none: KeyFingerprint { KeyFingerprint(high: 0, low: 0) }
}

/// Whose key it is: a participant's BIC, or the name of an operator, node or witness as
/// certificates give it.
public struct KeyOwner: BitwiseCopyable, Hashable, Sendable {
    public var kind: KeyOwnerKind
    public var name: OperatorName

    public init(_ kind: KeyOwnerKind, _ name: OperatorName) {
        self.kind = kind
        self.name = name
    }

    /// Of a key that was revoked before anybody had said whose it is.
    public static var unknown: KeyOwner { KeyOwner(.participant, .none) }
}

extension KeyOwnerKind: Worded {
    public var word: String {
        switch self {
        case .participant: "participant"
        case .operator: "operator"
        case .node: "node"
        case .witness: "witness"
        }
    }
}

extension KeyPurpose: Worded {
    public var word: String {
        switch self {
        case .tls: "tls"
        case .signing: "signing"
        }
    }
}

extension KeyState: Worded {
    public var word: String {
        switch self {
        case .active: "active"
        case .retiring: "retiring"
        case .revoked: "revoked"
        }
    }
}
