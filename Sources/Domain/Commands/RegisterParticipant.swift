/// Puts a bank on record. Its attachment is kept as the participant's details.
public struct RegisterParticipant: DeclaredCommand {
    public var registration: ParticipantRegistration

    public static let kind = CommandKind(rawValue: 3)
    public static let changesNames = true

    public init(_ registration: ParticipantRegistration) { self.registration = registration }

    public init() { self.init(.nobody) }

    public var governance: Governance { Governance(.limits) }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("bic", &registration.bic)
        fields.field("settles_through", &registration.settlesThrough, as: .optional)
        fields.field("lei", &registration.lei, as: .optional)
        fields.field("country", &registration.country)
        fields.field("roles", &registration.roles, bytes: 2)
        fields.reserved(bytes: 4)
    }
}
