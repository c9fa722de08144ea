/// How far the ledger has come; written in the same transaction as the rows.
public struct LedgerPosition: BitwiseCopyable, Equatable, Sendable {
    /// The last batch applied; 0 before the first.
    public var logIndex: UInt64
    /// Timestamp of that batch.
    public var timestamp: Timestamp
    /// Hash of the whole state after that batch.
    public var stateHash: UInt64
    /// The part of `stateHash` that stands for all fills so far; fills are not loaded at start-up.
    public var fillsHash: UInt64
    /// The part of `stateHash` that stands for all final payments so far; old ones are not loaded.
    public var finalsHash: UInt64
    public var fillCount: UInt64
    public var paymentCount: UInt64

    public init(
        logIndex: UInt64 = 0, timestamp: Timestamp = 0, stateHash: UInt64 = 0,
        fillsHash: UInt64 = 0, finalsHash: UInt64 = 0, fillCount: UInt64 = 0,
        paymentCount: UInt64 = 0
    ) {
        self.logIndex = logIndex
        self.timestamp = timestamp
        self.stateHash = stateHash
        self.fillsHash = fillsHash
        self.finalsHash = finalsHash
        self.fillCount = fillCount
        self.paymentCount = paymentCount
    }
}
