/// What a leader sends of its own accord.
extension Raft {
    mutating func broadcastAppend() {
        for place in tracker.progress.indices where tracker[place].id != id {
            sendAppend(to: place)
        }
    }

    /// Sends the next entries, or a snapshot where they are gone. False when nothing was sent.
    @discardableResult
    mutating func sendAppend(to place: Int, evenIfEmpty: Bool = true) -> Bool {
        let follower = tracker[place]
        if safeguards.isPaused(follower) { return false }
        guard let previousTerm = log.term(at: follower.next - 1).known else {
            return sendSnapshot(to: place)
        }
        var entries: [Entry] = []
        // With a full window an empty append still goes out, so that lost ones are noticed.
        if follower.state != .replicate || !safeguards.isWindowFull(follower) {
            guard let found = log.entries(from: follower.next, maxBytes: options.maxMessageBytes)
            else { return sendSnapshot(to: place) }
            entries = found
        }
        if entries.isEmpty, !evenIfEmpty { return false }
        let payload = entries.payloadBytes
        tracker[place].didSend(entries: entries.count, bytes: payload)
        tracker[place].didSend(commit: log.committed)
        send(
            Message(
                .append, to: follower.id, logTerm: previousTerm, index: follower.next - 1,
                commit: log.committed, entries: entries))
        return true
    }

    private mutating func sendSnapshot(to place: Int) -> Bool {
        // Sent to a silent node it would be lost, and a node installs none that does not know it.
        guard tracker[place].isRecentlyActive, let snapshot = log.storage.snapshot,
            snapshot.membership.nodes.contains(tracker[place].id)
        else { return false }
        if snapshot.index + 1 < log.firstIndex {
            log.halt("snapshot \(snapshot.index) leaves a gap before the log's first entry")
            return false
        }
        tracker[place].becomeSnapshot(snapshot.index)
        send(Message(.snapshot, to: tracker[place].id, snapshot: snapshot))
        return true
    }

    mutating func broadcastHeartbeat(context: [UInt8]) {
        for place in tracker.progress.indices where tracker[place].id != id {
            let commit = safeguards.heartbeatCommit(log.committed, match: tracker[place].match)
            send(Message(.heartbeat, to: tracker[place].id, commit: commit, context: context))
            tracker[place].didSend(commit: commit)
        }
    }
}

/// News from the owner's connections.
extension Raft {
    /// Messages to a node could not be sent: what was in flight is probably lost.
    package mutating func reportUnreachable(_ node: NodeID) {
        guard role == .leader, let place = tracker.place(of: node) else { return }
        if tracker[place].state == .replicate { tracker[place].becomeProbe() }
    }

    /// Entries that storage could not give for a node are there now: sends it what may be sent.
    package mutating func sendMore(to node: NodeID) {
        guard halted == nil, role == .leader, node != id, let place = tracker.place(of: node) else {
            return
        }
        while sendAppend(to: place, evenIfEmpty: false) {}
    }

    /// A snapshot was delivered, or could not be. Without this report the follower would be sent
    /// nothing until it acknowledges something by itself.
    package mutating func reportSnapshot(to node: NodeID, delivered: Bool) {
        guard role == .leader, let place = tracker.place(of: node),
            tracker[place].state == .snapshot
        else { return }
        if !delivered { tracker[place].pendingSnapshot = 0 }
        tracker[place].becomeProbe()
        // Delivered: wait for its answer. Not delivered: wait for a heartbeat before the next try.
        tracker[place].isFlowPaused = true
    }
}
