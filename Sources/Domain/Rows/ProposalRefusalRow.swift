/// That a proposal was refused or withdrawn, with the words that say why.
public struct ProposalRefusalRow: DeclaredRow {
    public var proposal: ProposalID
    public var timestamp: Timestamp
    /// Where the words lie in the batch.
    public var attachment: AttachmentRange

    public static let table = "proposal_refusals"
    public static let hashSeed: UInt64 = 162
    public static let isFinal = true
    public static let isForgotten = true
    public static let capacity = Int.max

    public init(
        proposal: ProposalID, timestamp: Timestamp, attachment: AttachmentRange = .none
    ) {
        self.proposal = proposal
        self.timestamp = timestamp
        self.attachment = attachment
    }

    public init() { self.init(proposal: 0, timestamp: 0) }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("proposal_id", &proposal, hash: .word(0))
        fields.instant("timestamp_ns", shownAs: "refused_at", &timestamp, hash: .word(1))
        fields.details(&attachment)
    }
}
