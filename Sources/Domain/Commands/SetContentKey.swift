/// Gives the ledger the key of its content hashes. The key comes as the attachment, as hexadecimal
/// digits: the chain has only its seal. A node gives it, nobody asks for it.
public struct SetContentKey: DeclaredCommand {
    /// 1: a ledger has one key.
    public var number: UInt32 = 0

    public static let kind = CommandKind(rawValue: 34)
    public static let since = RuleVersion.v3
    public static let isOperators = false
    /// It changes what orders are compared by, and so stands alone like these.
    public static let changesNames = true

    public init(number: UInt32) {
        self.number = number
    }

    public init() {}

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("number", &number, bytes: 8)
    }
}
