/// What was booked on an account whose bank wants to be told, and was not told yet.
public struct NotificationRow: DeclaredRow {
    public var account: AccountID
    /// Entries up to this time are told, or were not wanted; 0 while there is none behind it.
    public var since: Timestamp
    /// When the first of those that are not was booked; 0 while there is none.
    public var first: Timestamp
    /// How many are not.
    public var entries: UInt32

    public static let table = "notifications"
    public static let hashSeed: UInt64 = 65
    public static var capacity: Int { Limits.accounts }

    public init(account: AccountID) {
        self.account = account
        since = 0
        first = 0
        entries = 0
    }

    public init() { self.init(account: 0) }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("account_id", &account, hash: .word(0))
        fields.field("entries", &entries, hash: .word(0, bit: 32))
        fields.field("since_ns", &since, hash: .word(1))
        fields.field("first_ns", &first, hash: .word(2))
    }
}
