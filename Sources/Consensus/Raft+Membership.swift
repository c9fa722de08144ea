/// Configuration changes, in force when their entry is applied.
extension Raft {
    /// Puts a committed change in force. To be called for every change in `Ready.committed`, in
    /// order, before the entry is reported as applied.
    ///
    /// - Parameter index: where the change stands in the log.
    /// - Returns: the membership from here on, for the owner's next snapshot; nil when a snapshot
    ///   came meanwhile and contains the change already. A change that does not fit changes
    ///   nothing, on every node alike.
    @discardableResult
    package mutating func applyChange(_ change: MembershipChange, at index: UInt64) -> Membership? {
        if index <= membershipIndex { return nil }
        membershipIndex = index
        var changer = MembershipChanger(tracker, lastIndex: log.lastIndex)
        do { try changer.apply(change) } catch { return tracker.membership }
        adopt(changer)
        return tracker.membership
    }

    /// Leaves a joint configuration that is to be left by itself, once it is applied, or when the
    /// transfer of leadership that prevented it has failed.
    mutating func leaveJointWhenDue() {
        guard role == .leader, tracker.membership.autoLeave, transferee == noNode,
            log.applied >= pendingChangeIndex, safeguards.leavesJoint
        else { return }
        try? propose(MembershipChange())
    }

    /// Starts anew from a stored membership. False when no sequence of changes leads there.
    mutating func restoreMembership(_ membership: Membership) -> Bool {
        var changer = MembershipChanger(
            ProgressTracker(window: options.window), lastIndex: log.lastIndex)
        if membership != Membership() {
            do { try changer.restore(membership) } catch { return false }
            if changer.membership != membership { return false }
        }
        adopt(changer)
        return true
    }

    private mutating func adopt(_ changer: MembershipChanger) {
        tracker.adopt(changer)
        guard role == .leader else { return }
        guard let own = tracker.place(of: id), !tracker[own].isLearner else {
            if options.stepsDownOnRemoval { becomeFollower(term: term, leader: noNode) }
            return
        }
        if commitByCounting() {
            // A smaller majority may be enough for what is there.
            releasePostponedReads()
            broadcastAppend()
        } else {
            for place in tracker.progress.indices where tracker[place].id != id {
                sendAppend(to: place, evenIfEmpty: false)
            }
        }
        if !tracker.membership.allVoters.contains(transferee) { transferee = noNode }
    }
}
