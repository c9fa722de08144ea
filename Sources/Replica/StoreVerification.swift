internal import Domain
internal import Engine
internal import Foundation
internal import Node
package import Store

/// What checking the store against its own log found.
package struct VerificationReport: Sendable {
    /// Batches that were read and replayed.
    package var batches: UInt64
    /// Hash of the state that the log leads to, where the tables stand.
    package var stateHash: UInt64
    /// Batches behind the tables: durable, but not yet shown.
    package var batchesBehindTables: UInt64
    /// Batches that state the hash of a state older than those that are kept, and so prove nothing.
    package var uncomparedHashes: UInt64
    /// Attachments that were erased, which is no damage.
    package var erasedContents: Int
    package var comparison: ComparisonReport
    /// The gateway that served the ledger at the beginning or the end: what it wrote meanwhile is
    /// among the differences.
    package var writer: String?
}

/// Rebuilds the ledger from its log and compares every row of the tables with what came out.
package enum StoreVerification {
    /// Checks the chain of the log, replays it into a scratch schema and compares.
    ///
    /// It only reads the ledger's own schema, so it may run beside a serving node. The tables are
    /// compared as of the batch at which they stood when it began, so a node that goes on writing
    /// shows up as differences.
    ///
    /// - Parameter limit: how many differences are named; all are counted.
    /// - Throws: ``LogDamage``, ``StateDivergence`` or `StoreError`.
    package static func run(_ address: DatabaseAddress, limit: Int) throws -> VerificationReport {
        let log = try LogReader(address)
        let writer = try LogStore.writer(of: address)
        // The tables first: the log is never behind them.
        let stand = try LedgerReader(address).position()
        let last = try log.lastPosition()
        let scratch = try ScratchSchema.create(
            beside: address, suffix: "verify_\(ProcessInfo.processInfo.processIdentifier)")
        defer { try? ScratchSchema.drop(scratch) }  // a leftover schema harms nobody
        let follower = try replay(log, into: scratch, upTo: stand.logIndex)
        let comparison = try LedgerComparison.compare(
            expected: scratch, found: address, limit: limit)
        return VerificationReport(
            batches: stand.logIndex, stateHash: follower.engine.position.stateHash,
            batchesBehindTables: last.index - stand.logIndex,
            uncomparedHashes: follower.uncomparedHashes,
            erasedContents: follower.erasedContents,
            comparison: comparison, writer: try writer ?? LogStore.writer(of: address))
    }

    private static func replay(
        _ log: LogReader, into scratch: DatabaseAddress, upTo end: UInt64
    ) throws -> LedgerFollower {
        let writer = try LedgerWriter(scratch)
        var follower = LedgerFollower()
        while follower.end.index < end {
            let rest = min(UInt64(Recovery.group), end - follower.end.index)
            let applied = try follower.follow(log, limit: Int(rest))
            try writer.write(applied.map { ($0.batch, $0.effects) })
        }
        let unasked = follower.unaskedErasures.min { $0.value < $1.value }
        // A wish that the tables do not show yet is nobody's excuse: the eraser waits for them.
        if let (uetr, index) = unasked {
            throw LogDamage(
                index: index, reason: "the details of \(uetr) are erased, and nobody asked for it")
        }
        return follower
    }
}
