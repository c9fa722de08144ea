/// What followers and candidates do with messages.
extension Raft {
    mutating func stepAsFollower(_ message: Message) throws(Refusal) {
        switch message.kind {
        case .append:
            hear(from: message.from)
            takeEntries(message)
        case .heartbeat:
            hear(from: message.from)
            takeHeartbeat(message)
        case .snapshot:
            hear(from: message.from)
            takeSnapshot(message)
        case .propose:
            if leader == noNode { throw .noLeader }
            if options.refusesForwarding { throw .notForwarded }
            forward(message)
        case .transferLeader:
            if leader != noNode { forward(message) }
        case .readIndex:
            if leader == noNode { throw .noLeader }
            forward(message)
        case .readIndexResponse:
            readStates.append(ReadState(index: message.index, context: message.context))
        case .timeoutNow:
            // The leader is there and wants it: no need to ask first whether this node could win.
            startCampaign(preVote: false, isTransfer: true)
        case .appendResponse, .vote, .voteResponse, .preVote, .preVoteResponse,
            .heartbeatResponse, .storageAppend, .storageAppendResponse, .storageApply,
            .storageApplyResponse:
            break
        }
    }

    mutating func stepAsCandidate(_ message: Message) throws(Refusal) {
        switch message.kind {
        case .append, .heartbeat, .snapshot:
            // Of this very term: somebody else has won.
            becomeFollower(term: message.term, leader: message.from)
            try stepAsFollower(message)
        case .voteResponse where role == .candidate, .preVoteResponse where role == .preCandidate:
            countVote(message)
        case .propose, .readIndex:
            throw .noLeader
        case .vote, .voteResponse, .preVote, .preVoteResponse, .appendResponse,
            .heartbeatResponse, .timeoutNow, .transferLeader, .readIndexResponse,
            .storageAppend, .storageAppendResponse, .storageApply, .storageApplyResponse:
            break
        }
    }

    private mutating func forward(_ message: Message) {
        var message = message
        message.to = leader
        send(message)
    }

    private mutating func hear(from leader: NodeID) {
        electionElapsed = 0
        self.leader = leader
    }

    /// Appends if the entry before is in this log, and says how far the two logs agree; or says
    /// where they could.
    private mutating func takeEntries(_ message: Message) {
        if message.index < log.committed {
            send(Message(.appendResponse, to: message.from, index: log.committed))
            return
        }
        if safeguards.mayAppend(behindMatch: log.contains(message.logID)) {
            send(Message(.appendResponse, to: message.from, index: appendFromLeader(message)))
            return
        }
        let hint = log.lastPossibleMatch(
            min(message.index, log.lastIndex), term: message.logTerm)
        send(
            Message(
                .appendResponse, to: message.from, logTerm: hint.term, index: message.index,
                isRejected: true, hint: hint.index))
    }

    /// Takes entries over that follow what this log has, and commits as far as the two logs agree.
    ///
    /// - Returns: the index to acknowledge.
    private mutating func appendFromLeader(_ message: Message) -> UInt64 {
        let agreed = message.index + UInt64(message.entries.count)
        log.append(safeguards.news(log.unknown(of: message.entries), of: message.entries))
        let lastIndex = log.lastIndex
        log.commit(
            upTo: safeguards.commit(message.commit, agreed: agreed, lastIndex: lastIndex))
        return safeguards.acknowledged(agreed, lastIndex: lastIndex)
    }

    /// The leader names no commit index beyond what it knows this log to share.
    private mutating func takeHeartbeat(_ message: Message) {
        log.commit(upTo: message.commit)
        send(Message(.heartbeatResponse, to: message.from, context: message.context))
    }

    private mutating func takeSnapshot(_ message: Message) {
        guard let snapshot = message.snapshot else { return }
        let isInstalled = install(snapshot)
        send(
            Message(
                .appendResponse, to: message.from,
                index: isInstalled ? log.lastIndex : log.committed))
    }

    /// Puts a snapshot in place of the log, unless the log is ahead of it or agrees with it.
    private mutating func install(_ snapshot: Snapshot) -> Bool {
        if safeguards.keepsLog(snapshot.index <= log.committed) { return false }
        if !snapshot.membership.nodes.contains(id) { return false }
        if safeguards.keepsLog(log.contains(snapshot.id)) {
            log.commit(upTo: snapshot.index)
            return false
        }
        log.restore(snapshot)
        membershipIndex = snapshot.index
        if safeguards.installsMembership, !restoreMembership(snapshot.membership) {
            log.halt("the snapshot's membership cannot be: \(snapshot.membership)")
        }
        return true
    }
}

/// What a follower's owner may ask.
extension Raft {
    /// Forgets the leader, though it may be there, and so allows others to be elected; for an owner
    /// that knows of its end. Does nothing where reads trust the leader's lease.
    package mutating func forgetLeader() {
        if role == .follower, options.readPolicy == .safe { leader = noNode }
    }
}
