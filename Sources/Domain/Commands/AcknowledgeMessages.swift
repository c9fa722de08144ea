/// A bank has its messages up to a number; nothing shows them again unless it is asked.
public struct AcknowledgeMessages: DeclaredCommand {
    /// Whose messages; also whose certificate says so.
    public var participant = BIC.none
    /// The last that it has.
    public var number: UInt64 = 0

    public static let kind = CommandKind(rawValue: 37)
    public static let since = RuleVersion.v3
    public static let isOperators = false

    public init(participant: BIC, number: UInt64) {
        self.participant = participant
        self.number = number
    }

    public init() {}

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("participant", &participant)
        fields.field("number", &number)
    }
}
