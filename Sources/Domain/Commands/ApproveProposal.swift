/// A second person's word that a proposal be carried out. Its attachment is what came with the
/// proposed command, so that the command finds it in its own batch.
public struct ApproveProposal: DeclaredCommand {
    public var number: ProposalID = 0
    /// The content hash of the proposed command: what was read before it was approved.
    public var proposalHash: UInt128 = 0

    public static let kind = CommandKind(rawValue: 49)
    public static let since = RuleVersion.v4
    /// The proposed command may do so.
    public static let changesNames = true
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
