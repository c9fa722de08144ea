internal import Domain
internal import Engine
internal import Evidence
internal import Store

/// An engine at the end of the log.
struct Recovered: ~Copyable {
    var engine: Engine
    var history: StateHashHistory
    var recorded: RecordedUETRs
    var position: LogPosition
}

/// Brings the engine from its tables to the end of the log.
enum Recovery {
    /// Log entries that are replayed and written to the tables at a time.
    private static let group = 256
    /// Payments for which the engine takes memory at the start: 150 MB.
    private static let room = 1_000_000

    /// Loads the tables and replays the entries behind them, catching the tables up as well.
    ///
    /// - Parameters:
    ///   - last: where the log ends.
    ///   - directory: told who and what there is.
    /// - Throws: ``LogDamage``, ``StateDivergence``, `LoadError` or `StoreError`; the node must not
    ///   start then.
    static func recover(
        _ address: DatabaseAddress, upTo last: LogPosition, suspectsAll: Bool,
        directory: Directory
    ) throws -> Recovered {
        let reader = try LedgerReader(address)
        var recorded = RecordedUETRs(seed: .random(in: .min ... .max), suspectsAll: suspectsAll)
        let image = try reader.loadImage { recorded.insert($0) }
        let log = try LogReader(address)
        let ledger = try LedgerWriter(address)
        var engine = try Engine(loading: image, seed: .random(in: .min ... .max))
        // Only now is it certain that the tables make sense.
        directory.load(image)
        engine.makeRoom(payments: room)
        var history = StateHashHistory()
        history.add(image.position)
        var position = try startingPoint(image.position, log)
        var previous = SHA256Digest(stored: position.checksum)
        while position.index < last.index {
            let entries = try log.read(from: position.index + 1, limit: group)
            guard !entries.isEmpty else {
                throw LogDamage(index: position.index + 1, reason: "the entry is missing")
            }
            var group: [(batch: Batch, effects: Effects)] = []
            for entry in entries {
                let (batch, checksum) = try LogChain.decode(entry, after: position.index, previous)
                try history.check(batch)
                var effects = Effects()
                engine.apply(batch, at: entry.index, into: &effects)
                history.add(effects.position)
                directory.update(effects)
                for row in effects.payments where row.isNew { recorded.insert(row.uetr) }
                group.append((batch, effects))
                previous = checksum
                position = LogPosition(
                    index: entry.index, term: entry.term, timestamp: entry.timestamp,
                    checksum: checksum.bytes)
            }
            try ledger.write(group)
        }
        return Recovered(
            engine: engine, history: history, recorded: recorded, position: position)
    }

    /// The log's position at which the tables stand.
    private static func startingPoint(
        _ applied: LedgerPosition, _ log: LogReader
    ) throws -> LogPosition {
        guard applied.logIndex > 0 else { return .start }
        guard let entry = try log.read(from: applied.logIndex, limit: 1).first,
            entry.index == applied.logIndex
        else {
            throw LogDamage(
                index: applied.logIndex, reason: "the tables have applied it, the log lacks it")
        }
        return LogPosition(
            index: entry.index, term: entry.term, timestamp: entry.timestamp,
            checksum: entry.checksum)
    }
}
