/// Puts another certificate or key in the place of one on record, which is good for a while still.
/// Its attachment is kept as the new key's details.
public struct RotateKey: DeclaredCommand {
    public var old = KeyFingerprint.none
    public var fingerprint = KeyFingerprint.none
    /// When the old one ends.
    public var retires: Timestamp = 0
    /// When the new one ends by itself; 0 is never.
    public var until: Timestamp = 0

    public static let kind = CommandKind(rawValue: 52)
    public static let since = RuleVersion.v4

    public init(
        old: KeyFingerprint, to fingerprint: KeyFingerprint, retires: Timestamp,
        until: Timestamp = 0
    ) {
        self.old = old
        self.fingerprint = fingerprint
        self.retires = retires
        self.until = until
    }

    public init() {}

    public var governance: Governance { Governance(.security, .foundation) }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.fingerprint("old_fingerprint", &old)
        fields.fingerprint("fingerprint", &fingerprint)
        fields.field("retires_at", &retires, as: .time)
        fields.field("until", &until, as: .time)
    }
}
