/// Opens a corridor or replaces its parameters.
public struct ConfigureCorridor: DeclaredCommand {
    public var corridor: Corridor

    public static let kind = CommandKind(rawValue: 5)

    public init(_ corridor: Corridor) { self.corridor = corridor }

    public init() { self.init(.none) }

    public var governance: Governance { Governance(.limits, in: corridor.foreign) }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("foreign_currency", &corridor.foreign, as: .foreign)
        fields.field("self_match", &corridor.selfMatch)
        fields.field("weekdays", &corridor.weekdays, as: .weekdays)
        fields.reserved(bytes: 1)
        fields.field("utc_offset_minutes", &corridor.utcOffsetMinutes)
        fields.field("opens_at", &corridor.opensAtMinute, as: .minute)
        fields.field("cut_off_at", &corridor.cutOffMinute, as: .minute)
        fields.field("collar_basis_points", &corridor.collarBasisPoints)
        fields.field("fee_parts_per_million", &corridor.feePartsPerMillion)
        fields.field("tick", &corridor.tick)
        fields.field("reference_rate", &corridor.referenceRate)
        fields.field("minimum_size", &corridor.minimumSize, as: .amount(.cny))
        fields.field("maximum_size", &corridor.maximumSize, as: .amount(.cny))
        fields.reserved(bytes: 8)
    }
}
