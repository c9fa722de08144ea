/// A line of the policy; see ``SetPolicy``. Kind, currency and amount tell it from others.
public struct PolicyLineRow: DeclaredRow {
    /// Given in log order from 1.
    public var id: UInt32
    public var command: CommandKind
    public var currency: PolicyScope
    /// Minor units.
    public var from: Int64
    public var roles: OperatorRoles
    public var persons: UInt8
    /// 0 is the usual time.
    public var hours: UInt16
    public var removed: Bool
    /// Where the details lie in the batch; empty unless they came in it.
    public var attachment: AttachmentRange

    public static let table = "policy_lines"
    public static let hashSeed: UInt64 = 160
    public static var capacity: Int { Limits.policyLines }

    public init(id: UInt32, _ line: SetPolicy, attachment: AttachmentRange = .none) {
        self.id = id
        command = line.command
        currency = line.currency
        from = line.from
        roles = line.roles
        persons = line.persons
        hours = line.hours
        removed = line.removed
        self.attachment = attachment
    }

    public init() { self.init(id: 0, SetPolicy()) }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("policy_line_id", &id, hash: .word(0))
        fields.field("command", &command, hash: .word(0, bit: 32))
        fields.field("currency", &currency, hash: .word(0, bit: 40))
        fields.field("from_amount", &from, hash: .word(1))
        fields.field("roles", &roles, hash: .word(0, bit: 48))
        fields.field("persons", &persons, hash: .word(0, bit: 56))
        fields.field("hours", &hours, hash: .word(2))
        fields.field("removed", &removed, hash: .word(2, bit: 16))
        fields.details(&attachment)
    }
}
