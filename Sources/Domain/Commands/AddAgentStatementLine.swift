/// Adds the next line to a statement that is received. Its attachment, what the agent says of it in
/// words, is kept as the line's details.
public struct AddAgentStatementLine: DeclaredCommand {
    /// The payment that the agent names; 0 where it names none.
    public var uetr = UETR(bits: 0)
    /// Minor units; positive came in at the agent, negative went out.
    public var amount: Int64 = 0
    public var statement: AgentStatementID = 0
    /// Among the lines of the statement, from 1.
    public var position: UInt32 = 0
    /// The agent's calendar dates; none where it states none.
    public var bookingDate = CivilDate.none
    public var valueDate = CivilDate.none
    /// That of the statement.
    public var currency = Currency.cny
    /// Whether the agent says that it takes another line back; the amount is signed all the same.
    public var reversal = false

    public static let kind = CommandKind(rawValue: 77)
    public static let since = RuleVersion.v4

    public init(
        _ position: UInt32, of statement: AgentStatementID, _ amount: Money,
        booked bookingDate: CivilDate, value valueDate: CivilDate = .none, reversal: Bool = false,
        uetr: UETR = UETR(bits: 0)
    ) {
        self.uetr = uetr
        self.amount = amount.minorUnits
        self.statement = statement
        self.position = position
        self.bookingDate = bookingDate
        self.valueDate = valueDate
        currency = amount.currency
        self.reversal = reversal
    }

    public init() {}

    public var governance: Governance { Governance(.reconciliation, in: currency) }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("uetr", &uetr, as: .optional)
        fields.field("amount", &amount, as: .amount(currency))
        fields.field("statement", &statement)
        fields.field("position", &position)
        fields.field("booking_date", &bookingDate, as: .optional)
        fields.field("value_date", &valueDate, as: .optional)
        fields.field("currency", &currency)
        fields.field("reversal", &reversal, bytes: 3)
    }
}
