/// The way out.
extension Raft {
    private var softState: SoftState { SoftState(leader: leader, role: role) }
    package var hardState: HardState { HardState(term: term, vote: vote, commit: log.committed) }
    /// Without asynchronous writes the owner stores entries before it applies them.
    private var appliesUnstable: Bool { !options.asyncStorageWrites }

    /// Whether `ready()` would return something. Never while the node is halted. O(1).
    package var hasReady: Bool {
        if halted != nil { return false }
        return softState != lastSoftState || hardState != lastHardState
            || log.unstable.nextSnapshot != nil || !log.unstable.nextEntries.isEmpty
            || log.hasNextCommitted(includingUnstable: appliesUnstable)
            || !messages.isEmpty || !messagesAfterAppend.isEmpty || !readStates.isEmpty
    }

    /// Takes what is to be done. The owner does it and then calls `advance()`, before the next
    /// `ready()`; with `asyncStorageWrites` there is no such call.
    package mutating func ready() -> Ready {
        let hardState = hardState
        var ready = Ready(
            softState: softState == lastSoftState ? nil : softState,
            hardState: hardState == lastHardState ? HardState() : safeguards.stored(hardState),
            readStates: readStates, entries: Array(log.unstable.nextEntries),
            snapshot: log.unstable.nextSnapshot,
            committed: log.nextCommitted(includingUnstable: appliesUnstable),
            messages: messages, mustSync: false)
        ready.mustSync =
            !ready.entries.isEmpty || hardState.vote != lastHardState.vote
            || hardState.term != lastHardState.term
        if halted != nil { return Ready.nothing }
        if options.asyncStorageWrites {
            if let append = storageAppend(for: ready) { ready.messages.append(append) }
            if !ready.committed.isEmpty {
                ready.messages.append(storageApply(ready.committed))
            }
        } else {
            ready.messages += messagesAfterAppend.filter { $0.to != id }
            acknowledgements = messagesAfterAppend.filter { $0.to == id }
            if needsAppendResponse(ready) { acknowledgements.append(appendResponse(for: ready)) }
            if !ready.committed.isEmpty {
                acknowledgements.append(applyResponse(for: ready.committed))
            }
        }
        accept(ready, hardState: hardState)
        return ready
    }

    /// The last `Ready` was stored, sent and applied. Without `asyncStorageWrites` only.
    package mutating func advance() {
        let done = acknowledgements
        acknowledgements = []
        // Nothing that this node tells itself is ever refused.
        for message in done { try? handle(message) }
    }

    private mutating func accept(_ ready: Ready, hardState: HardState) {
        lastSoftState = softState
        lastHardState = hardState
        readStates = []
        messages = []
        messagesAfterAppend = []
        log.accept()
        log.acceptApplying(ready.committed, includingUnstable: appliesUnstable)
    }
}

/// Messages to the storage threads and their answers.
extension Raft {
    /// Nil when nothing is to be stored and nothing waits for what is being stored.
    private func storageAppend(for ready: Ready) -> Message? {
        if ready.entries.isEmpty, ready.hardState.isEmpty, ready.snapshot == nil,
            messagesAfterAppend.isEmpty
        {
            return nil
        }
        var responses = messagesAfterAppend
        // Last, so that a leader counts its entries while they are still at hand.
        if needsAppendResponse(ready) { responses.append(appendResponse(for: ready)) }
        return Message(
            .storageAppend, from: id, to: StorageThread.append, term: ready.hardState.term,
            commit: ready.hardState.commit, vote: ready.hardState.vote, entries: ready.entries,
            snapshot: ready.snapshot, responses: responses)
    }

    private func needsAppendResponse(_ ready: Ready) -> Bool {
        !log.unstable.entries.isEmpty || ready.snapshot != nil
    }

    /// Names the end of the log at the time of writing, so that the answer is recognised as stale
    /// when that end was overwritten meanwhile. It is dropped in a later term, when the same entry
    /// may have been overwritten and overwritten back.
    private func appendResponse(for ready: Ready) -> Message {
        let last = log.unstable.entries.isEmpty ? EntryID(term: 0, index: 0) : log.lastID
        return Message(
            .storageAppendResponse, from: StorageThread.append, to: id, term: term,
            logTerm: last.term, index: last.index, snapshot: ready.snapshot)
    }

    /// Applying belongs to no term.
    private func storageApply(_ entries: [Entry]) -> Message {
        Message(
            .storageApply, from: id, to: StorageThread.apply, entries: entries,
            responses: [applyResponse(for: entries)])
    }

    private func applyResponse(for entries: [Entry]) -> Message {
        Message(.storageApplyResponse, from: StorageThread.apply, to: id, entries: entries)
    }
}

extension Ready {
    static var nothing: Ready {
        Ready(
            softState: nil, hardState: HardState(), readStates: [], entries: [], snapshot: nil,
            committed: [], messages: [], mustSync: false)
    }
}
