package import Domain

/// Puts commands into the next batch and chains it to the log.
///
/// Invariants: batches are numbered in a row, their times strictly increase, and each names the
/// checksum of the one before.
package struct BatchBuilder {
    private var last: LogPosition
    private let term: UInt64

    package init(after position: LogPosition, term: UInt64) {
        last = position
        self.term = term
    }

    /// Where in the log the next entry will stand.
    package var nextIndex: UInt64 { last.index + 1 }

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
            packed: commands, rules: rules, timestamp: max(now, last.timestamp + 1),
            hashedIndex: stated.logIndex, stateHash: stated.stateHash)
        let entry = LogEntry(batch, after: last, term: term)
        last = LogPosition(of: entry)
        return (batch, entry)
    }
}
