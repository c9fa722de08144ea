/// That a business day has ended, and which of the accounts that were open then have a statement of
/// it so far (R14.11).
public struct StatementRunRow: DeclaredRow {
    /// Counts the business days that ended, of all currencies, in the order in which they ended.
    public var number: UInt32
    public var currency: Currency
    /// The day that ended.
    public var day: DayNumber
    /// The last account that was open then; those of higher numbers have no such day.
    public var accounts: AccountID
    /// The last account that was looked at; as many as ``accounts`` when all statements are told.
    public var told: AccountID

    public static let table = "statement_runs"
    public static let hashSeed: UInt64 = 184
    /// One for each business day that has ended.
    public static let capacity = BusinessDayRow.capacity

    public init(_ number: UInt32, of day: DayNumber, in currency: Currency, accounts: AccountID) {
        self.number = number
        self.currency = currency
        self.day = day
        self.accounts = accounts
        told = 0
    }

    public init() { self.init(0, of: 0, in: .cny, accounts: 0) }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("number", &number, hash: .word(0))
        fields.field("currency", &currency, hash: .word(0, bit: 32))
        fields.field("day", &day, hash: .word(1))
        fields.field("accounts", &accounts, hash: .word(1, bit: 32))
        fields.field("told", &told, hash: .word(2))
    }

    /// Whether accounts are left whose bank was not told.
    public var isOpen: Bool { told < accounts }
}
