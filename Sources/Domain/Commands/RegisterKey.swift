/// Puts a certificate or key on record. Its attachment is kept as the key's details.
public struct RegisterKey: DeclaredCommand {
    public var owner = KeyOwner(.participant, .none)
    public var purpose = KeyPurpose.tls
    public var fingerprint = KeyFingerprint.none
    /// When it ends by itself; 0 is never.
    public var until: Timestamp = 0

    public static let kind = CommandKind(rawValue: 51)
    public static let since = RuleVersion.v4

    public init(
        owner: KeyOwner, purpose: KeyPurpose, fingerprint: KeyFingerprint, until: Timestamp = 0
    ) {
        self.owner = owner
        self.purpose = purpose
        self.fingerprint = fingerprint
        self.until = until
    }

    public init() {}

    public var governance: Governance { Governance(.security, .foundation) }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.fingerprint("fingerprint", &fingerprint)
        fields.name("name", &owner.name)
        fields.field("until", &until, as: .time)
        fields.field("owner", &owner.kind)
        fields.field("purpose", &purpose, bytes: 7)
    }
}
