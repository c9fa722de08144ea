/// Ends a certificate or key for good: nobody believes it from this batch on. Its attachment, if
/// there is one, is kept as the key's details in place of what was there.
public struct RevokeKey: DeclaredCommand {
    public var fingerprint = KeyFingerprint.none

    public static let kind = CommandKind(rawValue: 53)
    public static let since = RuleVersion.v4

    public init(fingerprint: KeyFingerprint) { self.fingerprint = fingerprint }

    public init() {}

    public var governance: Governance { Governance(.security, .restriction) }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.fingerprint("fingerprint", &fingerprint)
    }
}
