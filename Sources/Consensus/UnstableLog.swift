/// The tail of the log that storage has not acknowledged yet, or a snapshot that is to replace it.
///
/// `entries[i]` stands at `offset + i`. What is below `offsetInProgress` was handed over for
/// writing. An entry can be handed over, overwritten by a new leader and handed over again; only
/// an acknowledgement that names its term and index makes it stable.
struct UnstableLog: Sendable {
    private(set) var snapshot: Snapshot?
    private(set) var entries: [Entry] = []
    private(set) var offset: UInt64
    private(set) var offsetInProgress: UInt64
    private(set) var isSnapshotInProgress = false

    init(offset: UInt64) {
        self.offset = offset
        offsetInProgress = offset
    }

    var firstIndex: UInt64? { snapshot.map { $0.index + 1 } }

    /// The end of the whole log; what storage has behind it, unacknowledged, does not count.
    var lastIndex: UInt64 { offset + UInt64(entries.count) - 1 }

    /// Nil when the index is not here.
    func term(at index: UInt64) -> UInt64? {
        if index < offset { return snapshot.flatMap { $0.index == index ? $0.term : nil } }
        let place = index - offset
        return place < UInt64(entries.count) ? entries[Int(place)].term : nil
    }

    /// Entries of a range that begins at `offset` or later and ends in the log.
    func slice(_ range: Range<UInt64>) -> ArraySlice<Entry> {
        entries[Int(range.lowerBound - offset)..<Int(range.upperBound - offset)]
    }
}

/// Handing over to storage, and its answers.
extension UnstableLog {
    /// Entries that were not handed over yet.
    var nextEntries: ArraySlice<Entry> { entries.dropFirst(Int(offsetInProgress - offset)) }

    /// The snapshot, if it was not handed over yet.
    var nextSnapshot: Snapshot? { isSnapshotInProgress ? nil : snapshot }

    mutating func acceptInProgress() {
        offsetInProgress = offset + UInt64(entries.count)
        if snapshot != nil { isSnapshotInProgress = true }
    }

    /// Storage has the log up to this entry. Ignored when the entry was overwritten meanwhile.
    mutating func stable(upTo id: EntryID) {
        if id.index < offset || term(at: id.index) != id.term { return }
        entries.removeFirst(Int(id.index + 1 - offset))
        offset = id.index + 1
        offsetInProgress = max(offsetInProgress, offset)
    }

    mutating func stableSnapshot(at index: UInt64) {
        if snapshot?.index != index { return }
        snapshot = nil
        isSnapshotInProgress = false
    }
}

/// Changes of the log.
extension UnstableLog {
    /// The snapshot replaces everything.
    mutating func restore(_ new: Snapshot) {
        snapshot = new
        isSnapshotInProgress = false
        entries = []
        offset = new.index + 1
        offsetInProgress = offset
    }

    /// Appends entries without a gap; whatever stands at their indices or behind them goes.
    mutating func truncateAndAppend(_ new: ArraySlice<Entry>) {
        guard let from = new.first?.index else { return }
        if from <= offset {
            offset = from
            entries = Array(new)
        } else {
            entries.removeSubrange(Int(from - offset)...)
            entries.append(contentsOf: new)
        }
        // What was handed over before the first new entry stays so.
        offsetInProgress = max(offset, min(offsetInProgress, from))
    }
}
