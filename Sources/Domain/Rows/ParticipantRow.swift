/// A participant as the ledger knows it.
public struct ParticipantRow: DeclaredRow {
    public var id: ParticipantID
    public var registration: ParticipantRegistration
    /// The participant through whose accounts this one settles: itself when direct.
    public var settlementParticipant: ParticipantID
    public var state: ParticipantState
    /// Where the registering command's attachment lies in the batch; empty unless new in it.
    public var attachment: AttachmentRange

    public static let table = "participants"
    public static let hashSeed: UInt64 = 1
    public static var capacity: Int { Limits.participants }

    public init(
        id: ParticipantID, registration: ParticipantRegistration,
        settlementParticipant: ParticipantID, state: ParticipantState,
        attachment: AttachmentRange = .none
    ) {
        self.id = id
        self.registration = registration
        self.settlementParticipant = settlementParticipant
        self.state = state
        self.attachment = attachment
    }

    /// Nobody.
    public init() {
        self.init(id: 0, registration: .nobody, settlementParticipant: 0, state: .suspended)
    }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("participant_id", &id, hash: .word(0))
        fields.field("bic", &registration.bic, hash: .word(1))
        fields.field("lei", &registration.lei, as: .optional, hash: .word(2))
        fields.field("country", &registration.country, hash: .word(5, bit: 40))
        fields.field("roles", &registration.roles, hash: .word(5))
        fields.field("settles_through", &registration.settlesThrough, as: .optional, hash: .word(4))
        fields.field(
            "settlement_participant_id", &settlementParticipant, hash: .word(0, bit: 32))
        fields.field("state", &state, hash: .word(5, bit: 8))
        fields.details(&attachment)
    }
}
