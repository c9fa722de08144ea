/// Says whether the sessions of a corridor follow the calendars of its two currencies, or the hours
/// that its configuration states.
public struct SetCorridorCalendars: DeclaredCommand {
    public var foreign = Currency.cny
    public var follows = false

    public static let kind = CommandKind(rawValue: 62)
    public static let since = RuleVersion.v4

    public init(foreign: Currency, follows: Bool) {
        self.foreign = foreign
        self.follows = follows
    }

    public var governance: Governance { Governance(.limits, .lifting, in: foreign) }

    public init() {}

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("foreign_currency", &foreign, as: .foreign)
        fields.field("follows_calendars", &follows, bytes: 7)
    }
}
