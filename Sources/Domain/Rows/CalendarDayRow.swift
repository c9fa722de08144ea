/// A date of a currency's calendar that is in force. Once its business day has begun it never
/// changes.
public struct CalendarDayRow: DeclaredRow {
    /// ``CalendarDay/key``.
    public var id: UInt32
    public var day: CalendarDay

    public static let table = "calendar_days"
    public static let hashSeed: UInt64 = 170
    /// A row for each date that there is: the register is never full.
    public static let capacity = Currency.count << 16

    public init(_ day: CalendarDay) {
        id = day.key
        self.day = day
    }

    public init() {
        id = 0
        day = CalendarDay()
    }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("calendar_day_id", &id, hash: .word(0))
        day.visitColumns(&fields)
    }
}

/// Whether a staged date waits for somebody to adopt it.
public enum StagingState: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    case staged = 0
    case adopted = 1
    /// Whoever staged it has taken it back.
    case removed = 2
}

extension StagingState: Worded {
    public var word: String {
        switch self {
        case .staged: "staged"
        case .adopted: "adopted"
        case .removed: "removed"
        }
    }
}

/// A date of a currency's calendar as it was staged last.
public struct StagedDayRow: DeclaredRow {
    /// ``CalendarDay/key``.
    public var id: UInt32
    public var day: CalendarDay
    public var state: StagingState

    public static let table = "calendar_stages"
    public static let hashSeed: UInt64 = 171
    public static let capacity = Currency.count << 16

    public init(_ day: CalendarDay, _ state: StagingState) {
        id = day.key
        self.day = day
        self.state = state
    }

    public init() {
        id = 0
        day = CalendarDay()
        state = .staged
    }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("calendar_day_id", &id, hash: .word(0))
        day.visitColumns(&fields)
        fields.field("state", &state, hash: .word(4))
    }
}

extension CalendarDay {
    /// As a table has it, behind a key of 32 bits.
    fileprivate mutating func visitColumns(_ fields: inout some FieldVisitor) {
        fields.field("currency", &currency, hash: .word(0, bit: 32))
        fields.field("date", &date, hash: .word(0, bit: 48))
        fields.field("kind", &kind, hash: .word(0, bit: 40))
        fields.field("opens_ns", &opens, as: .instant, hash: .word(1))
        fields.field("cut_off_ns", &cutOff, as: .instant, hash: .word(2))
        fields.field("turn_ns", &turn, as: .instant, hash: .word(3))
    }
}
