/// The ledger as the tables hold it at one log index: what an engine starts from.
public struct LedgerImage: Sendable {
    public var position = LedgerPosition()
    /// Participants in order of id, the rest in any order. Of those that leave memory only the ones
    /// of the last batches, those about an open case, the last case, and the last day of
    /// each account.
    public var declared = DeclaredRowLists()
    /// What came with the commands that wait as proposals, where anything did.
    public var proposalAttachments: [ProposalID: [UInt8]] = [:]
    /// In order of id.
    public var accounts: [AccountRow] = []
    /// In order of id: the open ones, and the final ones that the engine still knows.
    public var payments: [PaymentRow] = []
    /// Timestamps of the last batches up to `position`, at most ``Limits/finalBatches``, ascending.
    public var recentTimestamps: [Timestamp] = []
    /// The key of the content hashes.
    public var contentKey = ContentKey.none

    public init() {}
}
