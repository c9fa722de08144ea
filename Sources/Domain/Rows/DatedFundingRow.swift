/// When what a bank's payments for a later date can cost is held; at acceptance without a row.
public struct DatedFundingRow: DeclaredRow {
    public var participant: ParticipantID
    public var funding: DatedFunding

    public static let table = "dated_funding"
    public static let hashSeed: UInt64 = 183
    public static var capacity: Int { Limits.participants }

    public init(participant: ParticipantID, funding: DatedFunding) {
        self.participant = participant
        self.funding = funding
    }

    public init() { self.init(participant: 0, funding: .atAcceptance) }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("participant_id", &participant, hash: .word(0))
        fields.field("funding", &funding, hash: .word(0, bit: 32))
    }
}
