/// The number of an operator, from 1 on in log order.
public typealias OperatorID = UInt32

/// A person, or a program of theirs, that gives commands to the ledger.
public struct OperatorRow: DeclaredRow {
    public var id: OperatorID
    public var name: OperatorName
    public var roles: OperatorRoles
    public var state: OperatorState
    /// Where the details lie in the batch; empty unless they came in it.
    public var attachment: AttachmentRange

    public static let table = "operators"
    public static let hashSeed: UInt64 = 40
    public static var capacity: Int { Limits.operators }

    public init(
        id: OperatorID, name: OperatorName, roles: OperatorRoles, state: OperatorState = .active,
        attachment: AttachmentRange = .none
    ) {
        self.id = id
        self.name = name
        self.roles = roles
        self.state = state
        self.attachment = attachment
    }

    public init() { self.init(id: 0, name: .none, roles: []) }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("operator_id", &id, hash: .word(0))
        fields.field("name_beginning", &name.beginning, hash: .word(1))
        fields.field("name_rest", &name.rest, hash: .word(3))
        fields.field("roles", &roles, hash: .word(0, bit: 32))
        fields.field("state", &state, hash: .word(0, bit: 40))
        fields.details(&attachment)
    }
}
