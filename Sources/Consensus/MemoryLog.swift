/// A log in memory: for tests, simulations, and as the cache before a durable one.
package struct MemoryLog: LogStorage, Equatable {
    /// What the owner stored last.
    package var hardState = HardState()
    /// What stands for everything before `firstIndex`.
    package private(set) var base: EntryID
    /// From `firstIndex` on, without gaps.
    package private(set) var entries: [Entry] = []
    /// In force at the index from which the owner starts to apply.
    package var membership: Membership
    /// What other nodes are given.
    package var snapshot: Snapshot?

    /// An empty log, or one that begins behind a snapshot.
    package init(_ snapshot: Snapshot? = nil) {
        base = snapshot?.id ?? EntryID(term: 0, index: 0)
        membership = snapshot?.membership ?? Membership()
        self.snapshot = snapshot
    }

    /// What a node that starts on this log takes up.
    package var initialState: (hardState: HardState, membership: Membership) {
        (hardState, membership)
    }

    /// Where the first entry stands, or will.
    package var firstIndex: UInt64 { base.index + 1 }
    /// `base.index` when there are no entries.
    package var lastIndex: UInt64 { base.index + UInt64(entries.count) }

    /// Known from `base` to the end. O(1).
    package func term(at index: UInt64) -> TermLookup {
        if index < base.index { return .compacted }
        if index == base.index { return .term(base.term) }
        return index > lastIndex ? .unavailable : .term(entries[place(index)].term)
    }

    /// As many as fit, at least one; nil when the range leaves the log. O(range).
    package func entries(_ range: Range<UInt64>, maxBytes: UInt64) -> [Entry]? {
        if range.lowerBound < firstIndex || range.upperBound > lastIndex + 1 { return nil }
        return Array(entries[place(range.lowerBound)..<place(range.upperBound)])
            .limited(to: maxBytes)
    }

    /// Writes entries; whatever stood at their indices or behind them goes.
    ///
    /// They must not leave a gap. Entries that a snapshot has replaced are passed over.
    package mutating func append(_ new: [Entry]) {
        let kept = new.drop { $0.index < firstIndex }
        guard let first = kept.first else { return }
        precondition(first.index <= lastIndex + 1, "entries would leave a gap in the log")
        entries.removeSubrange(place(first.index)...)
        entries.append(contentsOf: kept)
    }

    /// Replaces the whole log. An older snapshot than what is here changes nothing.
    package mutating func install(_ new: Snapshot) {
        if new.index <= base.index { return }
        base = new.id
        entries = []
        membership = new.membership
        snapshot = new
    }

    /// Drops the entries up to an index, which must have been applied.
    package mutating func compact(upTo index: UInt64) {
        if index <= base.index { return }
        precondition(index <= lastIndex, "cannot compact behind the end of the log")
        let dropped = place(index) + 1
        base = entries[dropped - 1].id
        entries.removeFirst(dropped)
    }

    private func place(_ index: UInt64) -> Int { Int(index - firstIndex) }
}
