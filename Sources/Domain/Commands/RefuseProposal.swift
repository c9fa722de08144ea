/// Ends a proposal without carrying it out; its proposer withdraws it so. Its attachment, which
/// says why, is kept as the refusal's details.
public struct RefuseProposal: DeclaredCommand {
    public var number: ProposalID = 0
    /// As for ``ApproveProposal``.
    public var proposalHash: UInt128 = 0

    public static let kind = CommandKind(rawValue: 50)
    public static let since = RuleVersion.v4
    public static let isGoverned = false

    public init(number: ProposalID, proposalHash: UInt128) {
        self.number = number
        self.proposalHash = proposalHash
    }

    public init() {}

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("number", &number, bytes: 8)
        fields.field("proposal_hash", &proposalHash)
    }
}
