/// What a node has to do and to send, with what it owes to whom.
///
/// **Without `asyncStorageWrites`** the owner, in this order:
/// 1. stores `hardState`, `entries` and `snapshot` in one transaction, durably if `mustSync` or if
///    there is a snapshot;
/// 2. sends `messages`: not before, since they promise what was stored;
/// 3. installs `snapshot`, then applies `committed`, with `applyChange` for changes;
/// 4. calls `advance()`.
///
/// **With `asyncStorageWrites`** the messages of `holdingVotes()` can leave at once. Those to
/// `StorageThread.append` and `.apply` ask for the steps 1 and 3, each thread in order, and carry
/// in `responses` what must not leave before that work is durable or applied. The owner delivers
/// them, to other nodes and, by `stepOwn`, to this one; there is no `advance()`. A snapshot comes
/// to `StorageThread.append` alone: its responses also say that the state is installed, and that
/// entries of earlier requests up to its index are applied or passed over.
package struct Ready: Equatable, Sendable {
    /// Leader and role, when they changed. For information; not to be stored.
    package var softState: SoftState?

    /// Term, vote and commit, when they changed; else empty. **Store before sending.** A vote that
    /// was sent and forgotten would let this node vote twice in a term.
    package var hardState: HardState

    /// Reads that may be answered once their index is applied.
    package var readStates: [ReadState]

    /// New entries. **Store before sending.** They replace what storage has at their indices and
    /// behind them. An acknowledgement that was sent for lost entries would lose commits.
    package var entries: [Entry]

    /// Replaces the whole stored log. **Store together with `hardState`**: a log from before with a
    /// commit index from behind it cannot be started from. It must reach the disk whatever
    /// `mustSync` says: the leader is told that this node has it, and never sends what is before
    /// it again.
    package var snapshot: Snapshot?

    /// Entries to apply now. With `asyncStorageWrites` they are durable here already; without,
    /// they may be among `entries` and are to be stored first.
    package var committed: [Entry]

    /// To be sent once everything above is stored; see above for `asyncStorageWrites`. They can be
    /// lost, doubled and reordered. A `.snapshot` wants `reportSnapshot` when its fate is known.
    package var messages: [Message]

    /// Whether `hardState` and `entries` must reach the disk before messages leave. False when only
    /// the commit index changed: it can be found again. A snapshot does not count here, as in
    /// etcd's Raft.
    package var mustSync: Bool

    package var isEmpty: Bool {
        softState == nil && hardState.isEmpty && readStates.isEmpty && entries.isEmpty
            && snapshot == nil && committed.isEmpty && messages.isEmpty
    }
}

extension Ready {
    /// The same with requests for votes among the responses of the append, which they then await.
    ///
    /// They stand in `messages`, as with etcd's Raft, but a candidate whose term or log is not
    /// durable must not ask. If it forgot the term in a crash and asked again, it could lead that
    /// term twice, or be elected with votes for entries that it has lost.
    package func holdingVotes() -> Ready {
        guard let append = messages.firstIndex(where: { $0.kind == .storageAppend }) else {
            return self
        }
        var held = self
        held.messages[append].responses += messages.filter { $0.kind == .vote }
        held.messages.removeAll { $0.kind == .vote }
        return held
    }
}
