package import Chance
package import Consensus
package import Domain

/// What a node is told at its start.
package struct NodeOptions: Sendable {
    package var id: NodeID
    /// In force where the ledger stands.
    package var membership: Membership
    /// Ticks of its owner without a leader until it campaigns; up to twice as many, by chance.
    package var electionTicks = 10
    package var heartbeatTicks = 1
    /// Where the lengths of election timeouts come from.
    package var chance: SplitMix64
    /// Batches that are proposed and not committed yet.
    package var window = 1
    /// Nanoseconds for which somebody waits who needs a leader, about two election timeouts.
    package var leaderPatience: UInt64 = 2_000_000_000
    /// The command that gives a ledger the key of its content hashes, sealed, and what else a new
    /// one begins with; nil when it is to have none.
    package var contentKey: SealedCommands?
    /// Bytes of entries that a follower holds before it has applied them; it takes no more, and the
    /// leader sends them again: 64 MiB.
    package var backlogBytes: UInt64 = 64 << 20
    /// Bytes of applied entries that stay in memory for nodes that lag a little: 64 MiB.
    package var keptBytes: UInt64 = 64 << 20
    /// For simulations only.
    package var defect: NodeDefect?

    package init(id: NodeID, membership: Membership, chance: SplitMix64) {
        self.id = id
        self.membership = membership
        self.chance = chance
    }

    /// Whether there is nobody else.
    var isAlone: Bool { membership.nodes == [id] && !membership.isJoint }

    /// A cluster of one.
    package static func alone(_ chance: SplitMix64) -> NodeOptions {
        NodeOptions(id: 1, membership: Membership(voters: [1]), chance: chance)
    }
}

/// What a node finds when it starts: the log from where its ledger stands on.
package struct NodeStart: Sendable {
    /// Commit: at most where the ledger stands.
    package var hardState: HardState
    /// Behind the ledger, in order: what may be committed or not.
    package var rest: [LogEntry]
    /// Where the tables stand.
    package var tables: LedgerPosition

    package init(hardState: HardState, rest: [LogEntry], tables: LedgerPosition) {
        self.hardState = hardState
        self.rest = rest
        self.tables = tables
    }
}
