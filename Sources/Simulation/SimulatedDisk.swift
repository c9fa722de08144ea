internal import Chance
internal import Consensus

/// One thing that a node asked its disk to store, in one transaction.
struct DiskWrite {
    var hardState: HardState
    var entries: [Entry]
    var snapshot: Snapshot?
}

/// A node's disk: what a crash leaves, and what was handed over and is not synced yet.
///
/// Term and vote are written first, then entry by entry, the commit index last, so that a torn
/// write leaves a beginning of it. A snapshot and what comes with it are one record. Every entry
/// has a checksum, which is looked at when the node starts.
struct SimulatedDisk {
    private(set) var durable: MemoryLog
    private(set) var checksums: [UInt64] = []
    /// Oldest first.
    var writes: [DiskWrite] = []
    /// Commit indices alone are not synced: a crash may take the disk back to this one.
    private var syncedCommit: UInt64 = 0

    init(_ snapshot: Snapshot?) {
        durable = MemoryLog(snapshot)
    }

    /// Whether the entry, or a snapshot that contains it, survives a crash.
    func contains(_ id: EntryID) -> Bool {
        id.index <= durable.base.index || durable.term(at: id.index) == .term(id.term)
    }

    /// The oldest write is synced.
    mutating func complete() -> DiskWrite {
        let write = writes.removeFirst()
        store(write)
        return write
    }

    private mutating func store(_ write: DiskWrite) {
        if let snapshot = write.snapshot {
            durable.install(snapshot)
            checksums = []
        }
        append(write.entries)
        let old = durable.hardState
        let new = write.hardState
        if !new.isEmpty { durable.hardState = new }
        let isSynced =
            !write.entries.isEmpty || write.snapshot != nil
            || new.term != old.term || new.vote != old.vote
        if isSynced { syncedCommit = durable.hardState.commit }
    }

    private mutating func append(_ entries: [Entry]) {
        guard let first = entries.first else { return }
        let kept = Int(max(first.index, durable.firstIndex) - durable.firstIndex)
        durable.append(entries)
        checksums.removeSubrange(min(kept, checksums.count)...)
        checksums += durable.entries[checksums.count...].map(\.checksum)
    }

    /// The owner's state was saved, with everything that it rests on.
    mutating func save(_ snapshot: Snapshot, keeping: UInt64) {
        durable.snapshot = snapshot
        durable.membership = snapshot.membership
        durable.hardState.commit = max(durable.hardState.commit, snapshot.index)
        syncedCommit = max(syncedCommit, snapshot.index)
        let end = snapshot.index - min(snapshot.index, keeping)
        if end > durable.base.index {
            checksums.removeFirst(Int(end - durable.base.index))
            durable.compact(upTo: end)
        }
    }
}

/// Crashes.
extension SimulatedDisk {
    /// What becomes of the writes under way: the first few are whole, one may be torn, the rest is
    /// lost. Returns the faults that this was.
    mutating func crash(_ random: inout SplitMix64) -> [FaultKind] {
        var faults: [FaultKind] = []
        var survivors = random.below(writes.count + 1)
        while survivors > 0 {
            _ = complete()
            survivors -= 1
        }
        if let torn = writes.first, torn.snapshot == nil, torn.entries.count > 1,
            random.below(2) == 0
        {
            if !torn.hardState.isEmpty {
                durable.hardState.term = torn.hardState.term
                durable.hardState.vote = torn.hardState.vote
            }
            append(Array(torn.entries.prefix(1 + random.below(torn.entries.count - 1))))
            faults.append(.tornWrite)
        } else if !writes.isEmpty {
            faults.append(.lostTail)
        }
        writes = []
        let commit = durable.hardState.commit
        if commit > syncedCommit {
            let lost = random.below(Int(commit - syncedCommit) + 1)
            durable.hardState.commit = commit - UInt64(lost)
        }
        return faults
    }

    /// Flips a bit of a stored entry. False when there is none.
    mutating func rot(_ random: inout SplitMix64) -> Bool {
        if durable.entries.isEmpty { return false }
        var entries = durable.entries
        let place = random.below(entries.count)
        if entries[place].data.isEmpty {
            // Not the term, by which the checkers know what was stored here.
            entries[place].kind = entries[place].kind == .normal ? .change : .normal
        } else {
            entries[place].data[random.below(entries[place].data.count)] ^= 1
        }
        durable.append(entries)
        return true
    }

    /// Whether every entry is what was written.
    var isSound: Bool { durable.entries.map(\.checksum) == checksums }
}
