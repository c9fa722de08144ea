/// What a leader does with messages.
extension Raft {
    mutating func stepAsLeader(_ message: Message) throws(Refusal) {
        switch message.kind {
        case .propose:
            try proposeAsLeader(message.entries)
        case .readIndex:
            try readAsLeader(message)
        case .appendResponse:
            guard let place = tracker.place(of: message.from) else { return }
            tracker[place].isRecentlyActive = true
            if message.isRejected {
                takeRejection(message, from: place)
            } else {
                takeAcknowledgement(message, from: place)
            }
        case .heartbeatResponse:
            takeHeartbeatResponse(message)
        case .transferLeader:
            transferAsLeader(to: message.from)
        case .append, .vote, .voteResponse, .preVote, .preVoteResponse, .heartbeat, .snapshot,
            .timeoutNow, .readIndexResponse, .storageAppend, .storageAppendResponse,
            .storageApply, .storageApplyResponse:
            break
        }
    }

    private mutating func takeRejection(_ message: Message, from place: Int) {
        // The follower's log ends with some term at the hint. Whatever in this log has a later
        // term there cannot agree, so whole terms are skipped at a time.
        let possible =
            message.logTerm > 0
            ? log.lastPossibleMatch(message.hint, term: message.logTerm).index : message.hint
        guard tracker[place].reject(message.index, hint: possible) else { return }
        if tracker[place].state == .replicate { tracker[place].becomeProbe() }
        sendAppend(to: place)
    }

    private mutating func takeAcknowledgement(_ message: Message, from place: Int) {
        if message.index > log.lastIndex {
            log.halt("node \(message.from) acknowledged \(message.index), behind the log's end")
            return
        }
        let isNews = tracker[place].acknowledge(message.index)
        // A probed follower that repeats its match is ready to replicate.
        let state = tracker[place].state
        guard isNews || state == .probe && tracker[place].match == message.index else { return }
        switch state {
        case .probe:
            tracker[place].becomeReplicate()
        case .snapshot where tracker[place].match + 1 >= log.firstIndex:
            // Wherever it got its state from, the log can take it on from there.
            tracker[place].becomeProbe()
            tracker[place].becomeReplicate()
        case .snapshot:
            break
        case .replicate:
            tracker[place].releaseWindow()
        }
        if commitByCounting() {
            releasePostponedReads()
            broadcastAppend()
        } else if message.from != id, tracker[place].canUseCommit(log.committed) {
            sendAppend(to: place)
        }
        if message.from != id {
            while sendAppend(to: place, evenIfEmpty: false) {}
        }
        if message.from == transferee, tracker[place].match == log.lastIndex {
            send(Message(.timeoutNow, to: transferee))
        }
    }

    private mutating func takeHeartbeatResponse(_ message: Message) {
        guard let place = tracker.place(of: message.from) else { return }
        tracker[place].isRecentlyActive = true
        // Lets a message through even if the window is full of lost ones.
        tracker[place].isFlowPaused = false
        if tracker[place].match < log.lastIndex || tracker[place].state == .probe {
            sendAppend(to: place)
        }
        if options.readPolicy == .safe, !message.context.isEmpty {
            for read in reads.confirm(message.context, by: message.from, quorum: quorum) {
                answerRead(read.message, index: read.index)
            }
        }
    }

    /// Commits what a majority has, if it is of this term.
    mutating func commitByCounting() -> Bool {
        let index = safeguards.commit(
            countedByMajority: tracker.committedIndex(quorum), lastIndex: log.lastIndex)
        guard index > log.committed, index <= log.lastIndex else { return false }
        let isOfOwnTerm = log.contains(EntryID(term: term, index: index))
        guard safeguards.countsTowardsCommit(isOfOwnTerm: isOfOwnTerm) else { return false }
        log.commit(upTo: index)
        return true
    }
}

/// Proposals.
extension Raft {
    /// Proposes an entry. It is carried out if, and only if, it appears in `Ready.committed`.
    ///
    /// - Throws: why it was not taken. A follower sends it on to the leader and cannot tell.
    package mutating func propose(_ data: [UInt8]) throws(Refusal) {
        try propose([Entry(data: data)])
    }

    /// Proposes a change of membership. A leader that cannot take a change now, because another
    /// one is not applied yet, puts an empty entry in its place.
    ///
    /// - Throws: why it was not taken; `changeDoesNotFit` when it could never be carried out.
    package mutating func propose(_ change: MembershipChange) throws(Refusal) {
        if change.steps.count > Int(UInt16.max) { throw .malformed }
        try propose([Entry(kind: .change, data: change.encoded)])
    }

    package mutating func propose(_ entries: [Entry]) throws(Refusal) {
        if halted != nil { throw .halted }
        try handle(Message(.propose, from: id, to: noNode, entries: entries))
    }

    private mutating func proposeAsLeader(_ proposed: [Entry]) throws(Refusal) {
        guard tracker.contains(id) else { throw .notMember }
        if safeguards.refusesProposals(isHandingOver: transferee != noNode) { throw .transferring }
        let hasRoom = safeguards.hasRoom(
            for: proposed.payloadBytes, beside: uncommittedBytes,
            limit: options.maxUncommittedBytes)
        if !hasRoom { throw .tooMuchUncommitted }
        var entries = proposed
        var changeIndex = pendingChangeIndex
        for place in entries.indices where entries[place].kind.changesMembership {
            guard let change = MembershipChange(encoded: entries[place].data) else {
                throw .malformed
            }
            if try accepts(change, pending: changeIndex) {
                changeIndex = log.lastIndex + UInt64(place) + 1
            } else {
                entries[place] = Entry()
            }
        }
        pendingChangeIndex = changeIndex
        appendAsLeader(safeguards.once(entries))
        broadcastAppend()
    }

    /// Whether a change may follow the present state; false when it may later.
    private func accepts(_ change: MembershipChange, pending: UInt64) throws(Refusal) -> Bool {
        if options.skipsChangeValidation { return true }
        if safeguards.isChanging(pending, applied: log.applied) { return false }
        if tracker.membership.isJoint != change.leavesJoint { return false }
        var trial = MembershipChanger(tracker, lastIndex: log.lastIndex)
        do { try trial.apply(change) } catch { throw .changeDoesNotFit(error) }
        return true
    }

    /// Gives entries their places and notes that this node has them once they are durable.
    mutating func appendAsLeader(_ proposed: [Entry]) {
        var entries = proposed
        let last = log.lastIndex
        for place in entries.indices {
            entries[place].term = term
            entries[place].index = last + 1 + UInt64(place)
        }
        uncommittedBytes += safeguards.counted(entries.payloadBytes)
        log.append(entries[...])
        send(Message(.appendResponse, to: id, index: log.lastIndex))
        if !safeguards.leadersWaitForDisk, let own = tracker.place(of: id) {
            _ = tracker[own].acknowledge(log.lastIndex)
        }
    }
}

/// Transfer of leadership (Raft thesis, 3.10).
extension Raft {
    /// Asks the leader to hand over to a voter. It takes no proposals until the voter leads or an
    /// election timeout has passed. Nothing happens where that cannot be.
    package mutating func transferLeadership(to node: NodeID) {
        if halted != nil { return }
        switch role {
        case .leader:
            transferAsLeader(to: node)
        case .follower where leader != noNode:
            send(Message(.transferLeader, from: node, to: leader))
        case .follower, .candidate, .preCandidate:
            break
        }
    }

    private mutating func transferAsLeader(to node: NodeID) {
        guard let place = tracker.place(of: node), !tracker[place].isLearner else { return }
        if node == transferee { return }
        transferee = noNode
        if node == id { return }
        electionElapsed = 0
        transferee = node
        if tracker[place].match == log.lastIndex {
            send(Message(.timeoutNow, to: node))
        } else {
            sendAppend(to: place)
        }
    }
}
