/// The whole log of a node: what storage has, then what it does not have yet.
///
/// Invariants: `applied <= applying <= committed <= lastIndex`. None of the four goes back, but
/// `lastIndex`, down to `committed` at most. A step that would break them is not taken; it halts
/// the node with a reason, since its storage or its peers have broken their word.
struct RaftLog<Storage: LogStorage>: Sendable {
    var storage: Storage
    private(set) var unstable: UnstableLog
    private(set) var committed: UInt64
    /// Handed over for applying.
    private(set) var applying: UInt64
    /// Reported as applied.
    private(set) var applied: UInt64
    /// Why the node has to stop, if it has to.
    private(set) var halted: String?

    /// Bytes that may be handed over and not yet reported as applied; the entry that passes the
    /// bound is still handed over.
    private let maxApplyingBytes: UInt64
    private var applyingBytes: UInt64 = 0
    private var isApplyingPaused = false

    init(_ storage: Storage, maxApplyingBytes: UInt64) {
        self.storage = storage
        self.maxApplyingBytes = maxApplyingBytes
        unstable = UnstableLog(offset: storage.lastIndex + 1)
        committed = storage.firstIndex - 1
        applying = committed
        applied = committed
    }

    /// Remembers the first reason only.
    mutating func halt(_ reason: String) {
        if halted == nil { halted = reason }
    }
}

/// Reading.
extension RaftLog {
    var firstIndex: UInt64 { unstable.firstIndex ?? storage.firstIndex }
    var lastIndex: UInt64 { unstable.lastIndex }
    var lastID: EntryID { EntryID(term: term(at: lastIndex).known ?? 0, index: lastIndex) }

    func term(at index: UInt64) -> TermLookup {
        if let term = unstable.term(at: index) { return .term(term) }
        if index + 1 < firstIndex { return .compacted }
        if index > lastIndex { return .unavailable }
        return storage.term(at: index)
    }

    func contains(_ id: EntryID) -> Bool { term(at: id.index) == .term(id.term) }

    /// Entries from an index to the end, as many as fit; nil when the first one was compacted.
    func entries(from index: UInt64, maxBytes: UInt64) -> [Entry]? {
        index > lastIndex ? [] : slice(index..<lastIndex + 1, maxBytes: maxBytes)
    }

    /// Entries of a range up to the last index, as many as fit, at least one.
    func slice(_ range: Range<UInt64>, maxBytes: UInt64) -> [Entry]? {
        if range.lowerBound < firstIndex { return nil }
        if range.lowerBound >= unstable.offset {
            return Array(unstable.slice(range)).limited(to: maxBytes)
        }
        let stored = range.clamped(to: range.lowerBound..<unstable.offset)
        guard let found = storage.entries(stored, maxBytes: maxBytes) else { return nil }
        if range.upperBound <= unstable.offset || found.count < stored.count { return found }
        return (found + unstable.slice(unstable.offset..<range.upperBound)).limited(to: maxBytes)
    }

    /// The entries from the first one on that is not in this log.
    func unknown(of entries: [Entry]) -> ArraySlice<Entry> {
        entries[(entries.firstIndex { !contains($0.id) } ?? entries.endIndex)...]
    }

    /// The last index at or before `index` whose term is at most `term`, with its term: nothing
    /// behind it can agree with a log that has `term` at `index`. The term is 0 when it is unknown.
    func lastPossibleMatch(_ index: UInt64, term: UInt64) -> EntryID {
        var candidate = index
        while candidate > 0 {
            guard let own = self.term(at: candidate).known else {
                return EntryID(term: 0, index: candidate)
            }
            if own <= term { return EntryID(term: own, index: candidate) }
            candidate -= 1
        }
        return EntryID(term: 0, index: 0)
    }
}

/// Appending.
extension RaftLog {
    /// Appends entries, whose indices follow each other; what stands at them or behind them goes.
    mutating func append(_ entries: ArraySlice<Entry>) {
        guard let first = entries.first else { return }
        if first.index <= committed || first.index > lastIndex + 1 {
            halt("entry \(first.index) would overwrite committed \(committed) or leave a gap")
            return
        }
        unstable.truncateAndAppend(entries)
    }

    mutating func restore(_ snapshot: Snapshot) {
        committed = snapshot.index
        unstable.restore(snapshot)
    }

    mutating func accept() {
        unstable.acceptInProgress()
    }

    mutating func stable(upTo id: EntryID) {
        unstable.stable(upTo: id)
    }

    mutating func stableSnapshot(at index: UInt64) {
        unstable.stableSnapshot(at: index)
    }
}

/// Committing.
extension RaftLog {
    mutating func commit(upTo index: UInt64) {
        if index <= committed { return }
        if index > lastIndex {
            halt("commit index \(index) is behind the end of the log, \(lastIndex)")
            return
        }
        committed = index
    }
}

/// Applying.
extension RaftLog {
    /// Whether a snapshot has to be installed before anything can be applied.
    var awaitsSnapshot: Bool { unstable.snapshot != nil }

    /// Committed entries to apply next, as many as fit. Empty while earlier ones fill the bound.
    ///
    /// - Parameter includingUnstable: whether entries may be applied that storage has not
    ///   acknowledged; right when the owner writes before it applies.
    mutating func nextCommitted(includingUnstable: Bool) -> [Entry] {
        if !hasNextCommitted(includingUnstable: includingUnstable) { return [] }
        let range = applying + 1..<maxAppliable(includingUnstable) + 1
        let free = maxApplyingBytes - min(applyingBytes, maxApplyingBytes)
        guard let entries = slice(range, maxBytes: free), !entries.isEmpty else {
            halt("storage has not got entry \(range.lowerBound), which is to be applied")
            return []
        }
        return entries
    }

    func hasNextCommitted(includingUnstable: Bool) -> Bool {
        !isApplyingPaused && !awaitsSnapshot && applying < maxAppliable(includingUnstable)
    }

    /// The owner was handed these entries. When the bound cut them short, no more are handed over
    /// until some are reported, so that the next portion is a full one.
    mutating func acceptApplying(_ entries: [Entry], includingUnstable: Bool) {
        guard let last = entries.last else { return }
        applying = last.index
        applyingBytes += entries.byteCount
        isApplyingPaused =
            applyingBytes >= maxApplyingBytes || applying < maxAppliable(includingUnstable)
    }

    mutating func didApply(upTo index: UInt64, bytes: UInt64) {
        if index > committed || index < applied {
            halt("applied index \(index) is not in \(applied)...\(committed)")
            return
        }
        applied = index
        applying = max(applying, index)
        applyingBytes -= min(applyingBytes, bytes)
        isApplyingPaused = applyingBytes >= maxApplyingBytes
    }

    private func maxAppliable(_ includingUnstable: Bool) -> UInt64 {
        includingUnstable ? committed : min(committed, unstable.offset - 1)
    }
}
