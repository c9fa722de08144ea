/// Defects that a simulation switches on, one at a time, to prove that it would find them.
///
/// Each takes one safeguard away; `asksBeforeDurable` is one of the owner's, which then forgets
/// `Ready.holdingVotes()`. Nothing outside of the package can switch one on; a node that
/// serves anybody has none.
package enum PlantedDefect: String, CaseIterable, Sendable {
    // Durability (1), votes (2-5).
    case sendsBeforeDurable, asksBeforeDurable, leaderCountsItselfEarly, forgetsVote
    case countsEarlierTerms, minorityCommits, minorityElects
    case votesTwice, votesTwiceForTransfer
    case voteIgnoresLog, voteComparesLengthOnly, preVoteIgnoresLog
    // Liveness under partitions (6).
    case neverChecksQuorum, ignoresLease, silentToOldLeaders, preVoteRaisesTerm
    // Membership (7, 8).
    case staysJoint, changesWhileChanging, forgetsInheritedChange, campaignsBeforeApplyingChange
    case outgoingHalfIgnored, removedCampaigns, learnersNeverVote
    // Replication (9-11).
    case acknowledgesWholeLog, skipsMatchCheck, heartbeatCommitsUnmatched, appendCutsLog
    case followerCommitsUnmatched, unboundedWindow, unboundedProposals, acceptsOldStorageAnswers
    case takesOverwrittenAsStored, proposesTwice, proposalsUncounted
    // Reads, snapshots, transfer (12-14).
    case readsBeforeTermCommit, readsWithoutQuorum, readsStayUnanswered
    case installsOldSnapshot, installForgetsMembership
    case proposesDuringTransfer, transferNeverEnds
}
