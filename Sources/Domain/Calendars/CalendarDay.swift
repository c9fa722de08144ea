/// What a date is in the calendar of a currency.
public enum CalendarDayKind: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    case working = 0
    /// A working day on a weekend, in return for a holiday.
    case makeUp = 1
    /// A weekend or holiday: no opening, no cut-off, no turn.
    case closed = 2
}

extension CalendarDayKind: Worded {
    public var word: String {
        switch self {
        case .working: "working"
        case .makeUp: "make-up"
        case .closed: "closed"
        }
    }
}

/// One date of a currency's calendar, in instants: local times, daylight saving and holidays became
/// these before they entered the log.
public struct CalendarDay: Declared, BitwiseCopyable {
    public var currency: Currency
    public var date: CivilDate
    public var kind: CalendarDayKind
    /// UTC, as all times of the ledger; 0 on a closed day. Orders are taken from then on.
    public var opens: Timestamp
    /// From then on none are taken.
    public var cutOff: Timestamp
    /// The business day of this date ends, the next one begins.
    public var turn: Timestamp

    public init(
        _ currency: Currency, _ date: CivilDate, kind: CalendarDayKind = .working,
        opens: Timestamp, cutOff: Timestamp, turn: Timestamp
    ) {
        self.currency = currency
        self.date = date
        self.kind = kind
        self.opens = opens
        self.cutOff = cutOff
        self.turn = turn
    }

    /// A closed day.
    public init(closed date: CivilDate, _ currency: Currency) {
        self.init(currency, date, kind: .closed, opens: 0, cutOff: 0, turn: 0)
    }

    public init() { self.init(closed: .none, .cny) }

    /// 32 bytes; as the commands have it, and the digest.
    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("currency", &currency)
        fields.field("kind", &kind)
        fields.field("date", &date)
        fields.reserved(bytes: 4)
        fields.field("opens", &opens, as: .instant)
        fields.field("cut_off", &cutOff, as: .instant)
        fields.field("turn", &turn, as: .instant)
    }

    public var isClosed: Bool { kind == .closed }

    /// By which a table knows it: the currency's number × 2¹⁶ and the date.
    public var key: UInt32 { CalendarDay.key(currency, date) }

    public static func key(_ currency: Currency, _ date: CivilDate) -> UInt32 {
        UInt32(currency.rawValue) << 16 | UInt32(date.rawValue)
    }

    /// R19.1 Whether its instants fit each other and its date. Local days of that date lie between
    /// 14 hours before and 36 hours behind its midnight UTC; a business day may begin the evening
    /// before and turn in the night after.
    public var isValid: Bool {
        guard date != .none else { return false }
        guard !isClosed else { return opens == 0 && cutOff == 0 && turn == 0 }
        return opens >= date.midnight - 36 * .hour && opens < cutOff && cutOff <= turn
            && turn <= date.midnight + 60 * .hour
    }

    /// What a person who adopts these days states of them, in the order of their dates.
    ///
    /// - Complexity: O(days).
    public static func digest(of days: [CalendarDay]) -> RowsDigest {
        let bytes = [UInt8](capacity: days.count * byteCount) { writer in
            for day in days { day.encode(into: &writer) }
        }
        return RowsDigest(of: bytes)
    }
}

extension Timestamp {
    fileprivate static let hour: Timestamp = 3_600_000_000_000
}
