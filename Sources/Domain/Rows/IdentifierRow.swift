/// Which participant a clearing system means by a code.
public struct IdentifierRow: DeclaredRow {
    public var identifier: ClearingCode
    /// 0 when the code was taken away and nobody has it.
    public var participant: ParticipantID

    public static let table = "identifiers"
    public static let hashSeed: UInt64 = 30
    public static var capacity: Int { Limits.identifiers }

    public init(identifier: ClearingCode, participant: ParticipantID) {
        self.identifier = identifier
        self.participant = participant
    }

    public init() { self.init(identifier: ClearingCode(packed: 0), participant: 0) }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("identifier", &identifier, hash: .word(0))
        fields.field("participant_id", &participant, hash: .word(2))
    }
}
