internal import Domain
internal import Engine
internal import Evidence
internal import Foundation
public import Store

/// What checking the store against its own log found.
public struct VerificationReport: Sendable {
    /// Batches that were read and replayed.
    public var batches: UInt64
    /// Hash of the state that the log leads to, where the tables stand.
    public var stateHash: UInt64
    /// Batches behind the tables: durable, but not yet shown.
    public var batchesBehindTables: UInt64
    public var comparison: ComparisonReport
}

/// Rebuilds the ledger from its log and compares every row of the tables with what came out.
public enum StoreVerification {
    private static let group = 256

    /// Checks the chain of the log, replays it into a scratch schema and compares.
    ///
    /// It only reads the ledger's own schema, so it may run beside a serving node. The tables are
    /// compared as of the batch at which they stood when it began, so a node that goes on writing
    /// shows up as differences.
    ///
    /// - Parameter limit: how many differences are named; all are counted.
    /// - Throws: ``LogDamage``, ``StateDivergence`` or `StoreError`.
    public static func run(_ address: DatabaseAddress, limit: Int) throws -> VerificationReport {
        let log = try LogReader(address)
        // The tables first: the log is never behind them.
        let stand = try LedgerReader(address).position()
        let last = try log.lastPosition()
        let scratch = try ScratchSchema.create(
            beside: address, suffix: "verify_\(ProcessInfo.processInfo.processIdentifier)")
        defer { try? ScratchSchema.drop(scratch) }  // a leftover schema harms nobody
        let stateHash = try replay(log, into: scratch, upTo: stand.logIndex)
        return VerificationReport(
            batches: stand.logIndex, stateHash: stateHash,
            batchesBehindTables: last.index - stand.logIndex,
            comparison: try LedgerComparison.compare(
                expected: scratch, found: address, limit: limit))
    }

    private static func replay(
        _ log: LogReader, into scratch: DatabaseAddress, upTo end: UInt64
    ) throws -> UInt64 {
        let writer = try LedgerWriter(scratch)
        var engine = Engine()
        var history = StateHashHistory()
        var index: UInt64 = 0
        var previous = SHA256Digest.zero
        while index < end {
            let entries = try log.read(
                from: index + 1, limit: Int(min(UInt64(group), end - index)))
            guard !entries.isEmpty else {
                throw LogDamage(index: index + 1, reason: "the entry is missing")
            }
            var batches: [(batch: Batch, effects: Effects)] = []
            for entry in entries {
                let (batch, checksum) = try LogChain.decode(entry, after: index, previous)
                try history.check(batch)
                var effects = Effects()
                engine.apply(batch, at: entry.index, into: &effects)
                history.add(effects.position)
                batches.append((batch, effects))
                previous = checksum
                index = entry.index
            }
            try writer.write(batches)
        }
        return engine.position.stateHash
    }
}
