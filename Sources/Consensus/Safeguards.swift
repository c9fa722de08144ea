/// What keeps a cluster safe and alive, one small rule each, in the order of docs/consensus.md.
///
/// The steps of a node ask here, so that each rule stands once and has a name. A test can take one
/// away, to prove that it would notice: nothing else knows of `missing`, and a node that serves
/// anybody has it nil.
struct Safeguards {
    private let missing: PlantedDefect?

    init(without missing: PlantedDefect?) {
        self.missing = missing
    }
}

// MARK: 1. Durable before what depends on it

extension Safeguards {
    /// A promise to a peer is sent when what it rests on is durable; so is a node's word to itself.
    func waitsForDisk(toSelf: Bool) -> Bool { toSelf || missing != .sendsBeforeDurable }

    /// What is stored of a hard state: all of it, the vote too.
    func stored(_ state: HardState) -> HardState {
        var state = state
        if missing == .forgetsVote { state.vote = noNode }
        return state
    }

    /// A leader counts what it has on disk itself, like what any other has.
    var leadersWaitForDisk: Bool { missing != .leaderCountsItselfEarly }
}

// MARK: 2. No commit of an earlier term by counting

extension Safeguards {
    /// A majority commits.
    func commit(countedByMajority counted: UInt64, lastIndex: UInt64) -> UInt64 {
        missing == .minorityCommits ? lastIndex : counted
    }

    /// An entry of an earlier term could still be replaced, however many have it (Raft paper, 5.4.2
    /// and figure 8).
    func countsTowardsCommit(isOfOwnTerm: Bool) -> Bool {
        isOfOwnTerm || missing == .countsEarlierTerms
    }
}

// MARK: 3 to 5. Votes

extension Safeguards {
    /// One vote a term (Raft paper, 5.2), for a transfer of leadership as well.
    func mayVote(isFree: Bool, for request: Message) -> Bool {
        isFree || missing == .votesTwice
            || missing == .votesTwiceForTransfer && request.isForTransfer
    }

    /// Whoever leads has every commit: a voter grants nothing to a log behind its own, and no
    /// pre-vote either (Raft paper, 5.4.1; thesis, 9.6).
    func isFreshEnough(_ request: Message, beside own: EntryID) -> Bool {
        if request.kind == .preVote, missing == .preVoteIgnoresLog { return true }
        if missing == .voteIgnoresLog { return true }
        if missing == .voteComparesLengthOnly { return request.index >= own.index }
        return request.logID.isAtLeastAsFresh(as: own)
    }

    /// A majority elects.
    func result(_ counted: VoteResult, of role: Role) -> VoteResult {
        missing == .minorityElects && role == .candidate ? .won : counted
    }
}

// MARK: 6. Alive under asymmetric partitions

extension Safeguards {
    /// A leader that hears from no quorum steps down: others can be elected that hear from one.
    var leadersCheckQuorum: Bool { missing != .neverChecksQuorum }

    /// Whoever hears from a leader does not help to unseat it (Raft thesis, 6.4.1 and 9.6), but for
    /// a transfer that the leader wants.
    func protectsLeader(isInLease: Bool, from request: Message) -> Bool {
        isInLease && !request.isForTransfer && missing != .ignoresLease
    }

    /// A pre-vote asks about a term that does not exist yet.
    var preVotesKeepTerm: Bool { missing != .preVoteRaisesTerm }

    /// A node that campaigned in vain, alone, has a newer term than its leader. With leases or
    /// pre-votes nobody else would tell the leader, and the node would stay cut off.
    var tellsOldLeaders: Bool { missing != .silentToOldLeaders }
}

// MARK: 7 and 8. Changes of membership

extension Safeguards {
    /// A change waits until the one before is applied.
    func isChanging(_ pending: UInt64, applied: UInt64) -> Bool {
        pending > applied && missing != .changesWhileChanging
    }

    /// An earlier leader's change may be anywhere in the log; it has to be applied before the next.
    func inheritedChange(before lastIndex: UInt64) -> UInt64 {
        missing == .forgetsInheritedChange ? 0 : lastIndex
    }

    /// A configuration that a committed change replaces has majorities that no longer count.
    func mayCampaign(hasUnappliedChange: @autoclosure () -> Bool) -> Bool {
        missing == .campaignsBeforeApplyingChange || !hasUnappliedChange()
    }

    /// Every decision needs a majority of each half of a joint configuration.
    func quorum(of membership: Membership) -> JointQuorum {
        missing == .outgoingHalfIgnored
            ? JointQuorum(incoming: membership.voters, outgoing: []) : membership.quorum
    }

    /// A joint configuration does not stay when it is to be left by itself.
    var leavesJoint: Bool { missing != .staysJoint }

    /// Only a voter leads, and only with a log of its own.
    func mayLead(_ isVoterWithLog: Bool) -> Bool { isVoterWithLog || missing == .removedCampaigns }

    /// A learner votes as well: it may have been made a voter by a change that it has not seen, and
    /// then the cluster can need its vote.
    func votes(isVoter: @autoclosure () -> Bool) -> Bool {
        missing != .learnersNeverVote || isVoter()
    }
}

// MARK: 9. Nothing but what was matched

extension Safeguards {
    /// Entries follow only what this log shares with the leader's.
    func mayAppend(behindMatch: Bool) -> Bool { behindMatch || missing == .skipsMatchCheck }

    /// What a message brings to a log: a late one must not cut off what came after it.
    func news(_ unknown: ArraySlice<Entry>, of entries: [Entry]) -> ArraySlice<Entry> {
        missing == .appendCutsLog ? entries[...] : unknown
    }

    /// Behind `agreed` the log may be another one than the leader's.
    func acknowledged(_ agreed: UInt64, lastIndex: UInt64) -> UInt64 {
        missing == .acknowledgesWholeLog ? lastIndex : agreed
    }

    /// The same for what the leader has committed.
    func commit(_ leaderCommit: UInt64, agreed: UInt64, lastIndex: UInt64) -> UInt64 {
        min(leaderCommit, missing == .followerCommitsUnmatched ? lastIndex : agreed)
    }

    /// Followers are told to commit only what they are known to have.
    func heartbeatCommit(_ committed: UInt64, match: UInt64) -> UInt64 {
        missing == .heartbeatCommitsUnmatched ? committed : min(match, committed)
    }

    /// A proposal is taken once.
    func once(_ entries: [Entry]) -> [Entry] {
        missing == .proposesTwice ? entries + entries.filter { $0.kind == .normal } : entries
    }
}

// MARK: 10. Windows bound memory

extension Safeguards {
    /// Nothing more is sent to a follower that has as much under way as it may.
    func isPaused(_ follower: Progress) -> Bool {
        follower.isPaused && !(missing == .unboundedWindow && follower.state == .replicate)
    }

    func isWindowFull(_ follower: Progress) -> Bool {
        follower.isWindowFull && missing != .unboundedWindow
    }

    /// Whether more bytes of proposals may wait. One is taken whatever its size when none waits.
    func hasRoom(for bytes: UInt64, beside waiting: UInt64, limit: UInt64) -> Bool {
        waiting == 0 || bytes == 0 || waiting + bytes <= limit || missing == .unboundedProposals
    }

    /// Every byte of a proposal counts.
    func counted(_ bytes: UInt64) -> UInt64 { missing == .proposalsUncounted ? 0 : bytes }
}

// MARK: 11. Storage answers of an older term

extension Safeguards {
    /// The end of the log that an answer of storage proves to be stored, if any. In a later term
    /// its entries may have been overwritten since, and overwritten back: not stable. Within its
    /// term the log itself knows when that end stands no longer.
    ///
    /// - Parameter ownTerm: of the log's entry at the index of the answer.
    func stored(
        by answer: Message, isOfPresentTerm: Bool, ownTerm: @autoclosure () -> UInt64?
    ) -> EntryID? {
        guard answer.index != 0, isOfPresentTerm || missing == .acceptsOldStorageAnswers else {
            return nil
        }
        var stored = answer.logID
        if missing == .takesOverwrittenAsStored, isOfPresentTerm {
            stored.term = ownTerm() ?? 0
        }
        return stored
    }
}

// MARK: 12. Reads

extension Safeguards {
    /// Before the first commit of its term a leader does not know how far its log is committed.
    func mayRead(hasCommittedInTerm: Bool) -> Bool {
        hasCommittedInTerm || missing == .readsBeforeTermCommit
    }

    /// Another leader may have been elected: a quorum says that none was.
    func isConfirmed(_ byQuorumOrLease: Bool) -> Bool {
        byQuorumOrLease || missing == .readsWithoutQuorum
    }

    /// Every confirmed read is answered.
    var answersReads: Bool { missing != .readsStayUnanswered }
}

// MARK: 13 and 14. Snapshots and transfers

extension Safeguards {
    /// A snapshot does not replace a log that has as much.
    func keepsLog(_ hasAsMuch: Bool) -> Bool { hasAsMuch && missing != .installsOldSnapshot }

    /// With a snapshot comes its membership.
    var installsMembership: Bool { missing != .installForgetsMembership }

    /// A leader that hands over takes no proposals: the other one has to have its whole log.
    func refusesProposals(isHandingOver: Bool) -> Bool {
        isHandingOver && missing != .proposesDuringTransfer
    }

    /// A transfer that takes longer than an election has failed.
    var givesUpTransfers: Bool { missing != .transferNeverEnds }
}
