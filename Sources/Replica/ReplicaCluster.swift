internal import Chance
package import Consensus
package import Node

/// The others of a node's cluster, and how time is counted there.
package struct ReplicaCluster: Sendable {
    package var id: NodeID
    /// All voters, this node among them.
    package var voters: NodeSet
    package var network: PeerNetwork
    /// Nanoseconds of a tick. A leader is heard of with each; after 10 to 20 without one somebody
    /// else asks for votes.
    package var tick: UInt64 = 50_000_000
    /// Bytes of applied entries that stay in memory for nodes that lag a little: 64 MiB.
    package var keptBytes: UInt64 = 64 << 20
    /// For tests only.
    package var defect: NodeDefect?

    package init(id: NodeID, voters: NodeSet, network: PeerNetwork) {
        self.id = id
        self.voters = voters
        self.network = network
    }

    func options(_ chance: SplitMix64) -> NodeOptions {
        var options = NodeOptions(id: id, membership: Membership(voters: voters), chance: chance)
        options.window = 4
        options.leaderPatience = 2 * UInt64(options.electionTicks) * 2 * tick
        options.keptBytes = keptBytes
        options.defect = defect
        return options
    }
}

/// Counts ticks by the steady clock.
struct TickClock {
    /// After a standstill so many are counted at most: fewer than make an election.
    private static let most = 3
    private let length: UInt64
    /// When the next one is due.
    private(set) var next: UInt64

    init(_ length: UInt64, from now: UInt64) {
        self.length = length
        next = now + length
    }

    /// How many are due.
    mutating func take(_ now: UInt64) -> Int {
        guard now >= next else { return 0 }
        let due = (now - next) / length + 1
        guard due <= UInt64(TickClock.most) else {
            next = now + length
            return TickClock.most
        }
        next += due * length
        return Int(due)
    }
}
