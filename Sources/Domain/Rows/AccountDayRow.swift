/// The balance with which a business day began for an account, written when it first changed on
/// that day. On days without a row the balance stayed as it was.
public struct AccountDayRow: DeclaredRow {
    /// ``id(of:_:)``.
    public var id: UInt64
    public var account: AccountID
    /// Of the account's currency.
    public var day: DayNumber
    /// Minor units, as the last batch before the day left it.
    public var opening: Int64

    public static let table = "account_days"
    public static let hashSeed: UInt64 = 173
    public static let isFinal = true
    public static let isForgotten = true
    public static let capacity = Int.max

    public init(account: AccountID, day: DayNumber, opening: Int64) {
        id = AccountDayRow.id(of: account, day)
        self.account = account
        self.day = day
        self.opening = opening
    }

    public init() {
        id = 0
        account = 0
        day = 0
        opening = 0
    }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("account_day_id", &id, hash: .word(0))
        fields.field("account_id", &account, hash: .word(1))
        fields.field("day", &day, hash: .word(1, bit: 32))
        fields.field("opening_balance", &opening, hash: .word(2))
    }

    /// The account's number × 2³² and that of the day.
    public static func id(of account: AccountID, _ day: DayNumber) -> UInt64 {
        UInt64(account) << 32 | UInt64(day)
    }
}
