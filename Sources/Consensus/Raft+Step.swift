/// Why a call or a message changed nothing.
package enum Refusal: Error, Equatable, Sendable {
    /// Nobody is known to lead; try again later.
    case noLeader
    /// This follower does not send proposals on.
    case notForwarded
    /// The leader was removed from the cluster.
    case notMember
    /// The leader is handing over; try again later.
    case transferring
    /// Too many bytes wait for their commit; try again later.
    case tooMuchUncommitted
    /// Too many reads wait; try again later.
    case tooManyReads
    /// The change does not fit the present membership.
    case changeDoesNotFit(MembershipError)
    /// An answer from a node that is not a member.
    case unknownPeer
    /// No correct peer sends such a message.
    case malformed
    /// The node must be stopped.
    case halted

    /// Whether a proposal was refused that may succeed later or elsewhere.
    package var dropsProposal: Bool {
        switch self {
        case .noLeader, .notForwarded, .notMember, .transferring, .tooMuchUncommitted: true
        case .tooManyReads, .changeDoesNotFit, .unknownPeer, .malformed, .halted: false
        }
    }
}

extension Raft {
    /// Takes a message of a peer. The owner has made sure who sent it: `from` is believed.
    ///
    /// - Throws: a `Refusal`; the node is then as it was before.
    package mutating func step(_ message: Message) throws(Refusal) {
        if halted != nil { throw .halted }
        // What is sent on may come back to where it began: two nodes can believe for a while that
        // the other leads, and the origin may lead by then.
        let isOwn = message.from == id && !message.kind.isForwarded
        if message.kind.isLocal || isOwn || message.from == noNode { throw .malformed }
        if StorageThread.contains(message.from) || !message.isWellFormed { throw .malformed }
        if message.kind.isResponse, !tracker.contains(message.from) { throw .unknownPeer }
        try handle(message)
    }

    /// Takes an answer of this node's own storage: a message of `responses` that is for this node,
    /// once the work that it came with is durable or applied. Never a message from the network.
    package mutating func stepOwn(_ response: Message) {
        if halted != nil { return }
        // Nothing that a node tells itself is refused.
        try? handle(response)
    }

    /// `step` without the checks on the sender, for messages of this node to itself.
    mutating func handle(_ message: Message) throws(Refusal) {
        if message.term > term, message.term != 0, !takeNewerTerm(message) { return }
        if message.term < term, message.term != 0 {
            answerOldTerm(message)
            return
        }
        switch message.kind {
        case .storageAppendResponse:
            didStore(message)
        case .storageApplyResponse:
            didApply(message.entries)
        case .vote, .preVote:
            answerVote(message)
        case .propose, .append, .appendResponse, .voteResponse, .preVoteResponse, .heartbeat,
            .heartbeatResponse, .snapshot, .timeoutNow, .transferLeader, .readIndex,
            .readIndexResponse, .storageAppend, .storageApply:
            switch role {
            case .leader: try stepAsLeader(message)
            case .candidate, .preCandidate: try stepAsCandidate(message)
            case .follower: try stepAsFollower(message)
            }
        }
    }

    /// Follows a newer term. False when the message is to be ignored.
    private mutating func takeNewerTerm(_ message: Message) -> Bool {
        switch message.kind {
        case .vote, .preVote:
            if safeguards.protectsLeader(isInLease: isInLease, from: message) { return false }
            if message.kind == .preVote, safeguards.preVotesKeepTerm { return true }
            becomeFollower(term: message.term, leader: noNode)
        case .preVoteResponse where !message.isRejected:
            // Granted for the term that this node will have once a quorum has granted it.
            break
        case .append, .heartbeat, .snapshot:
            becomeFollower(term: message.term, leader: message.from)
        case .propose, .appendResponse, .voteResponse, .preVoteResponse, .heartbeatResponse,
            .timeoutNow, .transferLeader, .readIndex, .readIndexResponse, .storageAppend,
            .storageAppendResponse, .storageApply, .storageApplyResponse:
            becomeFollower(term: message.term, leader: noNode)
        }
        return true
    }

    /// Messages of an earlier term have no effect but these.
    private mutating func answerOldTerm(_ message: Message) {
        switch message.kind {
        case .heartbeat, .append:
            if options.checkQuorum || options.preVote, safeguards.tellsOldLeaders {
                send(Message(.appendResponse, to: message.from))
            }
        case .preVote:
            // Lets a node with an older term catch up, where silence would leave it campaigning.
            send(Message(.preVoteResponse, to: message.from, term: term, isRejected: true))
        case .storageAppendResponse:
            didStore(message)
        case .propose, .appendResponse, .vote, .voteResponse, .preVoteResponse,
            .heartbeatResponse, .snapshot, .timeoutNow, .transferLeader, .readIndex,
            .readIndexResponse, .storageAppend, .storageApply, .storageApplyResponse:
            break
        }
    }

    /// A snapshot is committed state and stays valid in every term, entries do not.
    private mutating func didStore(_ answer: Message) {
        let isOfPresentTerm = answer.term >= term || answer.term == 0
        let stored = safeguards.stored(
            by: answer, isOfPresentTerm: isOfPresentTerm,
            ownTerm: log.term(at: answer.index).known)
        if let stored { log.stable(upTo: stored) }
        if let snapshot = answer.snapshot { didInstall(snapshot) }
    }

    private mutating func didInstall(_ snapshot: Snapshot) {
        log.stableSnapshot(at: snapshot.index)
        didApply(upTo: max(snapshot.index, log.applied), bytes: 0)
    }

    private mutating func didApply(_ entries: [Entry]) {
        guard let last = entries.last else { return }
        didApply(upTo: max(last.index, log.applied), bytes: entries.byteCount)
        // What an earlier leader has left was never counted.
        let own = entries.lazy.filter { [term] in $0.term == term }
        uncommittedBytes -= min(uncommittedBytes, own.payloadBytes)
    }

    private mutating func didApply(upTo index: UInt64, bytes: UInt64) {
        log.didApply(upTo: index, bytes: bytes)
        leaveJointWhenDue()
    }
}

extension Message {
    /// Whether the fields can belong together, as far as that shows without knowing the log.
    var isWellFormed: Bool {
        // Far from where sums would overflow; no cluster gets there.
        if (term | logTerm | index | commit | hint) >> 62 != 0 { return false }
        if let snapshot, (snapshot.index | snapshot.term) >> 62 != 0 { return false }
        switch kind {
        case .append:
            if term == 0 { return false }
            var before = logID
            for entry in entries {
                if entry.index != before.index + 1 || entry.term < before.term { return false }
                if entry.term > term { return false }
                before = entry.id
            }
            return logTerm <= term
        case .propose: return term == 0 && !entries.isEmpty
        case .snapshot:
            guard let snapshot else { return false }
            return term > 0 && snapshot.term <= term && snapshot.index > 0
                && snapshot.membership.isPossible
        case .readIndex: return term == 0 && !context.isEmpty
        case .vote, .preVote, .appendResponse, .voteResponse, .preVoteResponse, .heartbeat,
            .heartbeatResponse, .timeoutNow, .transferLeader, .readIndexResponse:
            return term > 0
        case .storageAppend, .storageAppendResponse, .storageApply, .storageApplyResponse:
            return true
        }
    }
}
