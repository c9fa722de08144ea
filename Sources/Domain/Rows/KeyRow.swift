/// A certificate or key on record (R18).
public struct KeyRow: DeclaredRow {
    /// Given in log order from 1.
    public var id: UInt32
    public var owner: KeyOwner
    public var purpose: KeyPurpose
    public var state: KeyState
    public var fingerprint: KeyFingerprint
    public var from: Timestamp
    /// When it ends by itself; 0 is never.
    public var until: Timestamp
    /// When it was revoked; 0 while it is not.
    public var revokedAt: Timestamp
    /// Where the details lie in the batch; empty unless they came in it.
    public var attachment: AttachmentRange

    public static let table = "registered_keys"
    public static let hashSeed: UInt64 = 163
    public static var capacity: Int { Limits.registeredKeys }

    public init(
        id: UInt32, owner: KeyOwner, purpose: KeyPurpose, fingerprint: KeyFingerprint,
        from: Timestamp, until: Timestamp, attachment: AttachmentRange = .none
    ) {
        self.id = id
        self.owner = owner
        self.purpose = purpose
        state = .active
        self.fingerprint = fingerprint
        self.from = from
        self.until = until
        revokedAt = 0
        self.attachment = attachment
    }

    public init() {
        self.init(
            id: 0, owner: KeyOwner(.participant, .none), purpose: .tls, fingerprint: .none,
            from: 0, until: 0)
    }

    /// Whether it is good at this time.
    public func isGood(at now: Timestamp) -> Bool {
        state != .revoked && (until == 0 || until > now)
    }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("key_id", &id, hash: .word(0))
        fields.field("owner", &owner.kind, hash: .word(0, bit: 32))
        fields.field("name_beginning", &owner.name.beginning, hash: .word(1))
        fields.field("name_rest", &owner.name.rest, hash: .word(3))
        fields.field("purpose", &purpose, hash: .word(0, bit: 40))
        fields.field("state", &state, hash: .word(0, bit: 48))
        fields.field("fingerprint_high", &fingerprint.high, hash: .word(5))
        fields.field("fingerprint_low", &fingerprint.low, hash: .word(7))
        fields.instant("from_ns", shownAs: "valid_from", &from, hash: .word(9))
        fields.field("until_ns", &until, hash: .word(10))
        fields.field("revoked_ns", &revokedAt, hash: .word(11))
        fields.details(&attachment)
    }
}
