/// Puts staged dates of a currency's calendar in force, all from one date to another.
public struct AdoptCalendar: DeclaredCommand {
    public var currency = Currency.cny
    public var first = CivilDate.none
    public var last = CivilDate.none
    /// How many dates, and the digest of them (``CalendarDay/digest(of:)``): what whoever adopts
    /// them has seen.
    public var days: UInt16 = 0
    public var digest = RowsDigest.none

    public static let kind = CommandKind(rawValue: 61)
    public static let since = RuleVersion.v4

    public init(
        _ currency: Currency, from first: CivilDate, through last: CivilDate, days: UInt16,
        digest: RowsDigest
    ) {
        self.currency = currency
        self.first = first
        self.last = last
        self.days = days
        self.digest = digest
    }

    public var governance: Governance { Governance(.limits, .lifting, in: currency) }

    public init() {}

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("currency", &currency, bytes: 2)
        fields.field("first_date", &first)
        fields.field("last_date", &last)
        fields.field("days", &days)
        fields.field("digest", &digest)
    }
}
