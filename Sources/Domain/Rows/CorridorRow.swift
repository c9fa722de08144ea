/// A corridor with its state.
public struct CorridorRow: DeclaredRow {
    public var corridor: Corridor
    public var state: CorridorState
    /// Whether its sessions are those of both currencies' calendars (R4.7).
    public var followsCalendars: Bool

    public static let table = "corridors"
    public static let hashSeed: UInt64 = 2
    public static var capacity: Int { Currency.count }

    public init(corridor: Corridor, state: CorridorState, followsCalendars: Bool = false) {
        self.corridor = corridor
        self.state = state
        self.followsCalendars = followsCalendars
    }

    public init() { self.init(corridor: .none, state: .closed) }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("foreign_currency", &corridor.foreign, hash: .word(0))
        fields.field("state", &state, hash: .word(0, bit: 24))
        fields.field("self_match", &corridor.selfMatch, hash: .word(0, bit: 8))
        fields.field("weekdays", &corridor.weekdays, as: .weekdays, hash: .word(0, bit: 16))
        fields.field("utc_offset_minutes", &corridor.utcOffsetMinutes, hash: .word(1))
        fields.field("opens_at_minute", &corridor.opensAtMinute, hash: .word(2))
        fields.field("cut_off_minute", &corridor.cutOffMinute, hash: .word(2, bit: 16))
        fields.field("collar_basis_points", &corridor.collarBasisPoints, hash: .word(0, bit: 40))
        fields.field(
            "fee_parts_per_million", &corridor.feePartsPerMillion, column: .int8, hash: .word(3))
        fields.field("tick", &corridor.tick, hash: .word(4))
        fields.field("reference_rate", &corridor.referenceRate, hash: .word(5))
        fields.field("minimum_size", &corridor.minimumSize, as: .amount(.cny), hash: .word(6))
        fields.field("maximum_size", &corridor.maximumSize, as: .amount(.cny), hash: .word(7))
        fields.field("follows_calendars", &followsCalendars, hash: .word(0, bit: 32))
    }
}
