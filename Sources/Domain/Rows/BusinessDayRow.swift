/// The number of a currency's business day, from 1 on; 0 before its first calendar.
public typealias DayNumber = UInt32

/// A business day of a currency: all batches from the one in which it began up to the one in which
/// the next began.
public struct BusinessDayRow: DeclaredRow {
    /// ``id(of:_:)``.
    public var id: UInt64
    public var currency: Currency
    public var number: DayNumber
    /// None while it runs and no working day is in force behind the last one.
    public var date: CivilDate
    /// Log index of the batch in which it began, which is the first of its batches.
    public var beganIn: UInt64
    /// Time of that batch. What is recorded with this time or a later one belongs to this day, or
    /// to one that began later.
    public var began: Timestamp

    public static let table = "business_days"
    public static let hashSeed: UInt64 = 172
    /// Each has a date of its own, and one may have none: the register is never full.
    public static let capacity = Currency.count << 16 + Currency.count

    public init(
        _ currency: Currency, _ number: DayNumber, date: CivilDate, beganIn: UInt64,
        at began: Timestamp
    ) {
        id = BusinessDayRow.id(of: currency, number)
        self.currency = currency
        self.number = number
        self.date = date
        self.beganIn = beganIn
        self.began = began
    }

    public init() {
        id = 0
        currency = .cny
        number = 0
        date = .none
        beganIn = 0
        began = 0
    }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("business_day_id", &id, hash: .word(0))
        fields.field("currency", &currency, hash: .word(1, bit: 48))
        fields.field("number", &number, hash: .word(1))
        fields.field("date", &date, hash: .word(1, bit: 32))
        fields.field("began_in", &beganIn, hash: .word(2))
        fields.instant("began_ns", shownAs: "began_at", &began, hash: .word(3))
    }

    /// The currency's number × 2³² and that of the day.
    public static func id(of currency: Currency, _ number: DayNumber) -> UInt64 {
        UInt64(currency.rawValue) << 32 | UInt64(number)
    }
}
