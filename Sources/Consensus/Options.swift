package import Chance

/// How reads are kept linearizable.
package enum ReadPolicy: UInt8, Equatable, Sendable {
    /// A quorum confirms every read, or a later one with it.
    case safe
    /// The leader answers at once, trusting that nobody else leads; needs `checkQuorum`.
    ///
    /// **Not linearizable**, not even with equal clocks: it looks at its quorum once in
    /// `electionTicks`, and for up to twice as long after its last contact, or after a transfer
    /// whose outcome it has not heard, another leader may have committed more. As in etcd's Raft.
    /// For values that may be a few seconds old.
    case leaseBased
}

/// What a node is told at its start. Times are counted in ticks.
package struct Options: Sendable {
    package var id: NodeID
    /// Ticks without a leader until a follower campaigns; up to twice as many, by chance.
    package var electionTicks: Int
    package var heartbeatTicks: Int
    /// Where the lengths of election timeouts come from; nodes of one cluster should draw different
    /// ones. One with a seed makes runs repeatable.
    package var chance: SplitMix64
    /// The last index that the owner's state already contains, at which the stored membership is
    /// in force: of the snapshot that it starts from, or later; 0 with an empty log. The stored
    /// commit index may lag behind it.
    package var applied: UInt64 = 0
    /// Bytes of entries in one append; a single larger entry is still sent.
    package var maxMessageBytes: UInt64 = 1 << 20
    /// Bytes of committed entries in one `Ready`; a single larger entry is still handed over.
    package var maxCommittedBytes: UInt64 = 8 << 20
    /// Bytes of proposals that the leader has taken and not applied; more are refused. One is taken
    /// whatever its size when none waits. What an earlier leader has left is not counted.
    package var maxUncommittedBytes: UInt64 = 64 << 20
    package var window = InflightWindow()
    /// Reads that may wait at the leader; more are refused.
    package var maxPendingReads = 4096
    /// A leader that hears from no quorum steps down; voters that hear from a leader do not vote.
    package var checkQuorum = true
    /// A node asks whether it could win before it raises its term.
    package var preVote = true
    package var readPolicy = ReadPolicy.safe
    /// `Ready` names storage messages, whose answers come back later, instead of `advance()`.
    package var asyncStorageWrites = false
    /// A follower refuses proposals instead of sending them on to the leader.
    package var refusesForwarding = false
    /// A leader that was removed or became a learner steps down at once. It is to go on running for
    /// a while: the others may have to learn from its refusals that the change is committed.
    package var stepsDownOnRemoval = true
    /// Lets changes into the log that do not fit; they change nothing when they are applied.
    package var skipsChangeValidation = false
    /// For tests of the tests: a defect to switch on.
    package var defect: PlantedDefect?

    package init(
        id: NodeID, electionTicks: Int = 10, heartbeatTicks: Int = 1,
        chance: SplitMix64
    ) {
        self.id = id
        self.electionTicks = electionTicks
        self.heartbeatTicks = heartbeatTicks
        self.chance = chance
    }

    /// What is wrong with these options; nil when nothing is.
    var fault: String? {
        if id == noNode || StorageThread.contains(id) { return "\(id) cannot name a node" }
        if heartbeatTicks < 1 { return "heartbeatTicks must be positive" }
        if electionTicks <= heartbeatTicks { return "electionTicks must exceed heartbeatTicks" }
        if window.messages < 1 { return "the window must have room for a message" }
        if maxCommittedBytes < 1 || window.bytes < 1 { return "byte limits must be positive" }
        if readPolicy == .leaseBased, !checkQuorum { return "lease-based reads need checkQuorum" }
        return nil
    }
}

/// A node that cannot start: its options or its storage are wrong.
package struct StartError: Error, Equatable, Sendable {
    package var message: String
}
