internal import Consensus

/// The part of the log that is in memory: what is not applied yet, and what was applied lately, as
/// far as a bound on bytes allows. Older entries are read from the database, a page for each node
/// that lags so far behind.
///
/// Invariant: entries follow each other from `base` on without a gap.
struct RecentLog: LogStorage {
    /// Bytes of applied entries that are kept for others.
    let keptBytes: UInt64
    let initialState: (hardState: HardState, membership: Membership)
    /// The entry before the first one in memory.
    private(set) var base: EntryID
    private var entries: ArraySlice<Entry>
    private(set) var byteCount: UInt64
    private var pages: [NodeID: Page] = [:]

    /// Entries that a node which lags behind is sent.
    fileprivate struct Page {
        var previous: EntryID
        var entries: [Entry]
    }

    /// - Parameters:
    ///   - base: the entry before them.
    ///   - entries: all that the log has behind it.
    ///   - keptBytes: of applied entries that are kept for others.
    init(
        _ hardState: HardState, _ membership: Membership, base: EntryID, entries: [Entry],
        keptBytes: UInt64
    ) {
        self.keptBytes = keptBytes
        initialState = (hardState, membership)
        self.base = base
        self.entries = entries[...]
        byteCount = entries.reduce(0) { $0 + $1.byteCount }
    }

    /// The log is never cut: what is not in memory can be read.
    var firstIndex: UInt64 { 1 }
    var lastIndex: UInt64 { base.index + UInt64(entries.count) }
    /// There is none; whoever lags behind is sent the log.
    var snapshot: Snapshot? { nil }

    func term(at index: UInt64) -> TermLookup {
        if index == 0 { return .term(0) }
        if index == base.index { return .term(base.term) }
        if index > base.index {
            return index > lastIndex ? .unavailable : .term(entries[place(index)].term)
        }
        for page in pages.values {
            if let id = page.id(at: index) { return .term(id.term) }
        }
        return .unavailable
    }

    func entries(_ range: Range<UInt64>, maxBytes: UInt64) -> [Entry]? {
        guard range.upperBound <= lastIndex + 1 else { return nil }
        if range.lowerBound > base.index {
            return Array(entries[place(range.lowerBound)..<place(range.upperBound)])
                .limited(to: maxBytes)
        }
        for page in pages.values {
            if let found = page.entries(in: range) { return found.limited(to: maxBytes) }
        }
        return nil
    }

    /// Takes entries that were handed over for writing; whatever stood at their places goes.
    mutating func append(_ new: [Entry]) {
        guard let first = new.first else { return }
        precondition(
            first.index > base.index && first.index <= lastIndex + 1, "entries follow the log")
        for entry in entries[place(first.index)...] { byteCount -= entry.byteCount }
        entries.removeSubrange(place(first.index)...)
        entries.append(contentsOf: new)
        for entry in new { byteCount += entry.byteCount }
    }

    /// Drops the oldest entries beyond the bound, none behind `applied`.
    mutating func trim(applied: UInt64) {
        while byteCount > keptBytes, let first = entries.first, first.index <= applied {
            byteCount -= first.byteCount
            base = first.id
            // What the slice leaves behind stays until it is copied.
            entries[entries.startIndex].data = []
            entries.removeFirst()
        }
    }

    private func place(_ index: UInt64) -> Int {
        entries.startIndex + Int(index - base.index - 1)
    }

    // MARK: Nodes that lag behind

    /// Whether a node can be sent what follows `index`.
    func reaches(_ next: UInt64) -> Bool {
        next > base.index || pages.values.contains { $0.holds(next) }
    }

    /// Takes what was read for a node. The first entry is the one before those that it is sent,
    /// unless they begin at 1.
    mutating func lend(_ found: [Entry], to node: NodeID) {
        guard let first = found.first else {
            pages[node] = nil
            return
        }
        pages[node] =
            first.index == 1
            ? Page(previous: EntryID(term: 0, index: 0), entries: found)
            : Page(previous: first.id, entries: Array(found.dropFirst()))
    }

    /// The node needs its page no more.
    mutating func takeBack(from node: NodeID) { pages[node] = nil }

    var hasLent: Bool { !pages.isEmpty }
}

extension RecentLog.Page {
    fileprivate func holds(_ index: UInt64) -> Bool {
        index > previous.index && index <= previous.index + UInt64(entries.count)
    }

    fileprivate func id(at index: UInt64) -> EntryID? {
        if index == previous.index { return previous }
        return holds(index) ? entries[Int(index - previous.index - 1)].id : nil
    }

    fileprivate func entries(in range: Range<UInt64>) -> [Entry]? {
        guard holds(range.lowerBound) else { return nil }
        let first = Int(range.lowerBound - previous.index - 1)
        let count = Int(range.upperBound - range.lowerBound)
        return Array(entries[first...].prefix(count))
    }
}
