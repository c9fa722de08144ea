/// Which algorithms a ledger's evidence is made with. A ledger chooses when its tree begins, and
/// keeps to it.
package enum Suite: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// SHA-256 (FIPS 180-4) and Ed25519 (RFC 8032), in the forms of C2SP.
    case intl = 1
    /// SM3 (GB/T 32905) and SM2 (GB/T 32918.2), in forms of our own that stand beside those.
    case sm = 2

    package var name: String {
        switch self {
        case .intl: "intl"
        case .sm: "sm"
        }
    }

    /// The suite with this ``name``, or nil.
    package init?(name: String) {
        guard let suite = Suite.allCases.first(where: { $0.name == name }) else { return nil }
        self = suite
    }

    /// Bytes of a public key: of Ed25519 as RFC 8032 says, of SM2 the point as 04, x and y.
    package var publicKeySize: Int {
        switch self {
        case .intl: 32
        case .sm: 65
        }
    }

    /// Bytes of a signature: of Ed25519 as RFC 8032 says, of SM2 r and s, 32 bytes each.
    package static let signatureSize = 64

    /// Bytes of a private key: the seed of Ed25519, the scalar of SM2.
    package static let privateKeySize = 32

    /// By whom SM2 takes a key to be held: the identifier of GM/T 0009, which goes before every
    /// message that is signed.
    static let identifier = Array("1234567812345678".utf8)
}
