/// Who belongs to the cluster and who decides.
///
/// In a joint configuration decisions need a majority of `voters` and one of `votersOutgoing`.
package struct Membership: Equatable, Hashable, Sendable {
    /// Decide by majority; the incoming half of a joint configuration.
    package var voters: NodeSet
    /// Voters of the configuration that is being left; empty when it is not joint.
    package var votersOutgoing: NodeSet
    /// Receive the log and do not vote.
    package var learners: NodeSet
    /// Outgoing voters that become learners when the joint configuration is left.
    package var learnersNext: NodeSet
    /// Whether the leader leaves the joint configuration by itself once it is applied.
    package var autoLeave: Bool

    /// Without arguments: nobody, for a node that waits to be let in.
    package init(
        voters: NodeSet = [], votersOutgoing: NodeSet = [], learners: NodeSet = [],
        learnersNext: NodeSet = [], autoLeave: Bool = false
    ) {
        self.voters = voters
        self.votersOutgoing = votersOutgoing
        self.learners = learners
        self.learnersNext = learnersNext
        self.autoLeave = autoLeave
    }

    /// Whether decisions need two majorities (Raft paper, 6).
    package var isJoint: Bool { !votersOutgoing.isEmpty }
    /// Voters of either half.
    package var allVoters: NodeSet { voters.union(votersOutgoing) }
    /// Everybody who receives the log.
    package var nodes: NodeSet { allVoters.union(learners) }

    package var quorum: JointQuorum { JointQuorum(incoming: voters, outgoing: votersOutgoing) }
}

/// A change of membership, as it stands in the log.
package struct MembershipChange: Equatable, Sendable {
    /// What is done with a node; the raw values stand in the log.
    package enum Action: UInt8, Equatable, Sendable {
        /// Also turns a learner into a voter.
        case addVoter = 0
        /// An outgoing voter still votes until the joint configuration is left.
        case remove = 1
        /// Changes nothing here; carries news about a node to the owner.
        case update = 2
        /// Also takes the vote from a voter; an outgoing one keeps it until the joint configuration
        /// is left.
        case addLearner = 3
    }

    /// How the cluster gets from the old configuration to the new one.
    package enum Transition: UInt8, Equatable, Sendable {
        /// At once if it is one step, else jointly, leaving by itself.
        case auto = 0
        /// Jointly, leaving by itself.
        case jointImplicit = 1
        /// Jointly, until somebody proposes to leave.
        case jointExplicit = 2
    }

    /// The part of a change that is about one node.
    package struct Step: Equatable, Sendable {
        /// What becomes of `node`.
        package var action: Action
        /// Nothing is done about 0 and the storage threads.
        package var node: NodeID

        /// Without labels, as in `Step(.addVoter, 4)`.
        package init(_ action: Action, _ node: NodeID) {
            self.action = action
            self.node = node
        }
    }

    /// Whether the change takes the joint way, and who ends that.
    package var transition: Transition
    /// In their order. Without steps and with `.auto` the change leaves the joint configuration.
    package var steps: [Step]
    /// Opaque bytes of the owner.
    package var context: [UInt8]

    /// Without arguments: leaves the joint configuration.
    package init(
        _ steps: [Step] = [], transition: Transition = .auto, context: [UInt8] = []
    ) {
        self.transition = transition
        self.steps = steps
        self.context = context
    }

    var leavesJoint: Bool { steps.isEmpty && transition == .auto }
    var entersJoint: Bool { steps.count > 1 || transition != .auto }
    var leavesByItself: Bool { transition != .jointExplicit }
}

/// Bytes in an entry: transition, number of steps (2), steps of action and node (1 + 8), context.
///
/// Integers are little-endian. To leave a joint configuration takes no bytes at all, so that the
/// leader can always propose it.
extension MembershipChange {
    /// O(bytes). Wrong for more than 65,535 steps, which `Raft.propose` refuses.
    package var encoded: [UInt8] {
        if leavesJoint, context.isEmpty { return [] }
        var bytes: [UInt8] = [transition.rawValue]
        bytes.append(UInt8(truncatingIfNeeded: steps.count))
        bytes.append(UInt8(truncatingIfNeeded: steps.count >> 8))
        for step in steps {
            bytes.append(step.action.rawValue)
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: step.node >> shift))
            }
        }
        return bytes + context
    }

    /// Nil when the bytes are not what `encoded` makes.
    package init?(encoded bytes: [UInt8]) {
        self.init()
        if bytes.isEmpty { return }
        guard bytes.count >= 3, let transition = Transition(rawValue: bytes[0]) else { return nil }
        self.transition = transition
        let count = Int(bytes[1]) | Int(bytes[2]) << 8
        guard bytes.count >= 3 + count * 9 else { return nil }
        for place in stride(from: 3, to: 3 + count * 9, by: 9) {
            guard let action = Action(rawValue: bytes[place]) else { return nil }
            let node = (1...8).reduce(NodeID(0)) {
                $0 | NodeID(bytes[place + $1]) << (8 * ($1 - 1))
            }
            steps.append(Step(action, node))
        }
        context = Array(bytes[(3 + count * 9)...])
        if leavesJoint, context.isEmpty { return nil }
    }
}

extension Membership {
    /// Whether changes can lead here: some voter, no node in two parts that exclude each other.
    var isPossible: Bool {
        if voters.isEmpty { return self == Membership() }
        return learners.allSatisfy { !allVoters.contains($0) }
            && learnersNext.allSatisfy { votersOutgoing.contains($0) && !voters.contains($0) }
            && (isJoint || !autoLeave) && !nodes.contains(noNode)
            && nodes.allSatisfy { !StorageThread.contains($0) }
    }
}
