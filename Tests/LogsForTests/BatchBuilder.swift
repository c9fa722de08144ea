package import Domain
internal import Node

/// Makes a log without a node: puts commands into the next batch and chains it to the last.
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
