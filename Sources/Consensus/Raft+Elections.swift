/// Campaigns and votes (Raft paper, 5.2 and 5.4.1; thesis, 9.6).
extension Raft {
    /// Whether this node may become leader by its own configuration.
    var isPromotable: Bool {
        let isVoter = tracker.place(of: id).map { !tracker[$0].isLearner } ?? false
        return safeguards.mayLead(isVoter && !log.awaitsSnapshot)
    }

    /// Starts an election now, as if the election timeout had passed.
    package mutating func campaign() {
        if halted != nil { return }
        startCampaign(preVote: options.preVote, isTransfer: false)
    }

    mutating func startCampaign(preVote: Bool, isTransfer: Bool) {
        if role == .leader || !isPromotable { return }
        guard safeguards.mayCampaign(hasUnappliedChange: hasUnappliedChange) else { return }
        requestVotes(preVote: preVote, isTransfer: isTransfer)
    }

    private mutating func requestVotes(preVote: Bool, isTransfer: Bool) {
        if preVote { becomePreCandidate() } else { becomeCandidate() }
        let (request, response): (MessageKind, MessageKind) =
            preVote ? (.preVote, .preVoteResponse) : (.vote, .voteResponse)
        let campaignTerm = preVote ? term + 1 : term
        for voter in tracker.membership.allVoters {
            if voter == id {
                // Counts once this node's own vote is durable.
                send(Message(response, to: id, term: campaignTerm))
                continue
            }
            let last = log.lastID
            send(
                Message(
                    request, to: voter, term: campaignTerm, logTerm: last.term, index: last.index,
                    context: isTransfer ? Message.transferContext : []))
        }
    }

    private var hasUnappliedChange: Bool {
        var next = log.applied + 1
        while next <= log.committed {
            guard
                let page = log.slice(next..<log.committed + 1, maxBytes: options.maxCommittedBytes),
                !page.isEmpty
            else { return true }
            if page.contains(where: { $0.kind.changesMembership }) { return true }
            next += UInt64(page.count)
        }
        return false
    }

    /// Grants or refuses a vote.
    mutating func answerVote(_ message: Message) {
        let response: MessageKind = message.kind == .vote ? .voteResponse : .preVoteResponse
        let isRepeated = vote == message.from
        let isFree = vote == noNode && leader == noNode
        let isLaterTerm = message.kind == .preVote && message.term > term
        if safeguards.mayVote(isFree: isRepeated || isFree || isLaterTerm, for: message),
            safeguards.isFreshEnough(message, beside: log.lastID),
            safeguards.votes(isVoter: tracker.membership.allVoters.contains(id))
        {
            send(Message(response, to: message.from, term: message.term))
            if message.kind == .vote {
                electionElapsed = 0
                vote = message.from
            }
        } else {
            var refusal = Message(response, to: message.from, term: term, isRejected: true)
            // A node that was removed or demoted may have a longer log than all voters, and cannot
            // lead to share it. What it knows to be committed, the change that took its vote among
            // it, lets the others go on without that vote.
            if !tracker.membership.allVoters.contains(id),
                let committed = log.term(at: log.committed).known
            {
                refusal.commit = log.committed
                refusal.logTerm = committed
            }
            send(refusal)
        }
    }

    /// Counts an answer to the present campaign.
    mutating func countVote(_ message: Message) {
        tracker.record(message.from, granted: !message.isRejected)
        let known = EntryID(term: message.logTerm, index: message.commit)
        if message.isRejected, known.index > log.committed, log.contains(known) {
            // A change may be among it, and a campaign by an outdated membership must not go on.
            log.commit(upTo: known.index)
            becomeFollower(term: term, leader: noNode)
            return
        }
        switch safeguards.result(tracker.voteResult(quorum), of: role) {
        case .won where role == .preCandidate:
            requestVotes(preVote: false, isTransfer: false)
        case .won:
            becomeLeader()
            broadcastAppend()
        case .lost:
            // The message of a pre-vote can name a later term; this node stays in its own.
            becomeFollower(term: term, leader: noNode)
        case .pending:
            break
        }
    }

    /// The majorities that every decision needs.
    var quorum: JointQuorum { safeguards.quorum(of: tracker.membership) }
}

extension Message {
    /// Marks the vote requests of a node that the leader told to take over.
    static var transferContext: [UInt8] { Array("CampaignTransfer".utf8) }

    var isForTransfer: Bool { context == Message.transferContext }
}
