package import Domain
internal import Evidence

/// Puts commands into the next batch and chains it to the log.
///
/// Invariants: batches are numbered in a row, their times strictly increase, and each names the
/// checksum of the one before.
package struct BatchBuilder {
    private var lastIndex: UInt64
    private var lastTimestamp: Timestamp
    private var lastChecksum: SHA256Digest
    private let term: UInt64

    /// The most bytes of one submission.
    package static let largestSubmission = Limits.bytesPerBatch - Batch.headerSize

    package init(after position: LogPosition, term: UInt64) {
        lastIndex = position.index
        lastTimestamp = position.timestamp
        lastChecksum = SHA256Digest(stored: position.checksum)
        self.term = term
    }

    /// Where in the log the next entry will stand.
    package var nextIndex: UInt64 { lastIndex + 1 }

    /// Makes the next entry of the log.
    ///
    /// - Parameters:
    ///   - rules: those that the ledger has then.
    ///   - now: the node's clock; the batch is stamped with it, or just after the last batch.
    ///   - stated: an earlier position whose state hash the batch states.
    package mutating func makeEntry(
        _ commands: [SealedCommands], rules: RuleVersion, now: Timestamp,
        stating stated: LedgerPosition
    ) -> (batch: Batch, entry: LogEntry) {
        let batch = Batch(
            packed: commands, rules: rules, timestamp: max(now, lastTimestamp + 1),
            hashedIndex: stated.logIndex, stateHash: stated.stateHash)
        let index = lastIndex + 1
        let checksum = LogChain.checksum(
            previous: lastChecksum, index: index, term: term, payload: batch.bytes)
        let entry = LogEntry(
            index: index, term: term, timestamp: batch.timestamp,
            commandCount: Int32(batch.commandCount), previousHash: lastChecksum.bytes,
            checksum: checksum.bytes, payload: batch.bytes,
            contents: batch.contents)
        lastIndex = index
        lastTimestamp = batch.timestamp
        lastChecksum = checksum
        return (batch, entry)
    }
}
