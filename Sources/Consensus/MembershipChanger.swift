/// Why a change does not fit the configuration that it meets.
package enum MembershipError: Error, Equatable, Sendable {
    case alreadyJoint, notJoint, jointNow, noVotersToLeave, removesAllVoters, tooManyVotersChanged

    package var message: String {
        switch self {
        case .alreadyJoint: "config is already joint"
        case .notJoint: "can't leave a non-joint config"
        case .jointNow: "can't apply simple config change in joint config"
        case .noVotersToLeave: "can't make a zero-voter config joint"
        case .removesAllVoters: "removed all voters"
        case .tooManyVotersChanged: "more than one voter changed without entering joint config"
        }
    }
}

/// Makes the next configuration out of the present one. After an error the value is to be dropped.
package struct MembershipChanger {
    package private(set) var membership: Membership
    /// Who is followed how far; in the order of ids.
    package private(set) var progress: [Progress]
    private let lastIndex: UInt64
    private let window: InflightWindow

    package init(_ tracker: ProgressTracker, lastIndex: UInt64) {
        membership = tracker.membership
        progress = tracker.progress
        window = tracker.window
        self.lastIndex = lastIndex
    }

    /// Applies whatever the change asks for, in the way that it asks for.
    package mutating func apply(_ change: MembershipChange) throws(MembershipError) {
        if change.leavesJoint {
            try leaveJoint()
        } else if change.entersJoint {
            try enterJoint(change.steps, autoLeave: change.leavesByItself)
        } else {
            try simple(change.steps)
        }
    }

    /// Changes one voter at most, so that old and new majorities overlap.
    package mutating func simple(_ steps: [MembershipChange.Step]) throws(MembershipError) {
        if membership.isJoint { throw .jointNow }
        let before = membership.voters
        try carryOut(steps)
        if before.symmetricDifferenceCount(membership.voters) > 1 { throw .tooManyVotersChanged }
    }

    /// The present voters become the outgoing half; the steps change the incoming one.
    package mutating func enterJoint(
        _ steps: [MembershipChange.Step], autoLeave: Bool
    ) throws(MembershipError) {
        if membership.isJoint { throw .alreadyJoint }
        if membership.voters.isEmpty { throw .noVotersToLeave }
        membership.votersOutgoing = membership.voters
        try carryOut(steps)
        membership.autoLeave = autoLeave
    }

    /// The incoming half decides alone from here on.
    package mutating func leaveJoint() throws(MembershipError) {
        if !membership.isJoint { throw .notJoint }
        for id in membership.learnersNext {
            membership.learners.insert(id)
            update(id) { $0.isLearner = true }
        }
        membership.learnersNext = []
        let left = membership.votersOutgoing
        membership.votersOutgoing = []
        membership.autoLeave = false
        for id in left where !membership.nodes.contains(id) { forget(id) }
    }

    /// Builds a configuration from nothing, for a node that starts or installs a snapshot.
    package mutating func restore(_ target: Membership) throws(MembershipError) {
        let incoming =
            target.votersOutgoing.map { MembershipChange.Step(.remove, $0) }
            + target.voters.map { .init(.addVoter, $0) }
            + target.learners.map { .init(.addLearner, $0) }
            + target.learnersNext.map { .init(.addLearner, $0) }
        if target.isJoint {
            for id in target.votersOutgoing { try simple([.init(.addVoter, id)]) }
            try enterJoint(incoming, autoLeave: target.autoLeave)
        } else {
            for step in incoming { try simple([step]) }
        }
    }

    private mutating func carryOut(_ steps: [MembershipChange.Step]) throws(MembershipError) {
        for step in steps where step.node != noNode && !StorageThread.contains(step.node) {
            switch step.action {
            case .addVoter: addVoter(step.node)
            case .addLearner: addLearner(step.node)
            case .remove: remove(step.node)
            case .update: break
            }
        }
        if membership.voters.isEmpty { throw .removesAllVoters }
    }

    private mutating func addVoter(_ id: NodeID) {
        membership.learners.remove(id)
        membership.learnersNext.remove(id)
        membership.voters.insert(id)
        follow(id, asLearner: false)
        update(id) { $0.isLearner = false }
    }

    /// An outgoing voter stays one until the joint configuration is left.
    private mutating func addLearner(_ id: NodeID) {
        membership.voters.remove(id)
        if membership.votersOutgoing.contains(id) {
            membership.learnersNext.insert(id)
        } else {
            membership.learners.insert(id)
            follow(id, asLearner: true)
            update(id) { $0.isLearner = true }
        }
    }

    private mutating func remove(_ id: NodeID) {
        membership.voters.remove(id)
        membership.learners.remove(id)
        membership.learnersNext.remove(id)
        if !membership.votersOutgoing.contains(id) { forget(id) }
    }

    /// A new peer is probed from the last entry. It counts as active, so that the leader does not
    /// step down before it had a chance to answer.
    private mutating func follow(_ id: NodeID, asLearner: Bool) {
        let place = progress.firstIndex { $0.id >= id } ?? progress.count
        if place < progress.count, progress[place].id == id { return }
        var new = Progress(id: id, next: max(lastIndex, 1), isLearner: asLearner, window: window)
        new.isRecentlyActive = true
        progress.insert(new, at: place)
    }

    private mutating func forget(_ id: NodeID) {
        progress.removeAll { $0.id == id }
    }

    private mutating func update(_ id: NodeID, _ change: (inout Progress) -> Void) {
        if let place = progress.firstIndex(where: { $0.id == id }) { change(&progress[place]) }
    }
}
