/// How far a node has come.
public struct LedgerProgress: BitwiseCopyable, Equatable, Sendable {
    /// The log index of the last batch applied.
    public var applied: UInt64
    /// The log index of the last batch that the tables show.
    public var inTables: UInt64
    /// Batches that stated the hash of a state that the node did not know any more, since it
    /// started: nothing is wrong with them, but they prove nothing.
    public var uncomparedHashes: UInt64

    public init(applied: UInt64 = 0, inTables: UInt64 = 0, uncomparedHashes: UInt64 = 0) {
        self.applied = applied
        self.inTables = inTables
        self.uncomparedHashes = uncomparedHashes
    }
}
