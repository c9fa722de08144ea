/// Puts a date of a currency's calendar on record as somebody means it to be, or takes that back.
/// It is not in force before it is adopted.
public struct StageCalendarDay: DeclaredCommand {
    public var day = CalendarDay()
    /// Takes back what was staged for the date; the rest is not looked at.
    public var removed = false

    public static let kind = CommandKind(rawValue: 60)
    public static let since = RuleVersion.v4

    public init(_ day: CalendarDay, removed: Bool = false) {
        self.day = day
        self.removed = removed
    }

    public var governance: Governance { Governance(.limits, in: day.currency) }

    public init() {}

    public mutating func visit(_ fields: inout some FieldVisitor) {
        day.visit(&fields)
        fields.field("removed", &removed, bytes: 8)
    }
}
