package import Domain

/// How a node stands in its cluster, and what it knows of the others, at one moment.
package struct NodeStanding: Equatable, Sendable {
    package enum Role: Equatable, Sendable, CaseIterable {
        case follower
        /// It asks for votes, or whether it would get them.
        case candidate
        case leader
    }

    /// On the disk of its database: for everything, too little for callers' commands, or for
    /// anything that others write.
    package enum Room: Equatable, Sendable {
        case enough, little, none
    }

    /// Empty for a gateway that runs as one node.
    package var cluster = ""
    package var id: UInt64
    package var role: Role
    package var term: UInt64
    /// Who leads as far as the node knows; 0 for nobody.
    package var leader: UInt64
    /// Log indices: agreed on, applied, shown by the tables, and the last one, durable or not.
    package var committed: UInt64 = 0
    package var applied: UInt64 = 0
    package var inTables: UInt64 = 0
    package var lastIndex: UInt64 = 0
    /// How many nanoseconds its clock is ahead of the median of the nodes' clocks; nil when that is
    /// not known.
    package var clockOffset: Int64?
    /// Elections that it stood for since it was started.
    package var elections: UInt64 = 0
    /// Batches that are on their way to a majority.
    package var proposalsInFlight = 0
    /// Nil where it is not known.
    package var room: Room?
    /// What its program knows.
    package var rules = RuleVersion.oldest...RuleVersion.current
    /// All of the cluster, the node too, by number.
    package var members: [MemberStanding] = []

    package init(id: UInt64, role: Role, term: UInt64, leader: UInt64) {
        self.id = id
        self.role = role
        self.term = term
        self.leader = leader
    }

    /// Log indices that are agreed on and not applied yet.
    package var lag: UInt64 { committed > applied ? committed - applied : 0 }
}

/// What a node knows of one of its cluster.
package struct MemberStanding: Equatable, Sendable {
    package enum State: Equatable, Sendable {
        /// The node that looks.
        case itself
        case unreachable
        /// There is a connection; only a leader knows more.
        case reachable
        /// Its disk has no room: it takes nothing new.
        case full
        /// The leader looks for where the logs agree.
        case probing
        case replicating
        /// The leader sends a snapshot.
        case installing
    }

    package var id: UInt64
    /// Host and port.
    package var address: String
    package var state: State
    /// Up to where its log is known to agree with the leader's; nil but on a leader.
    package var matched: UInt64?
    /// When the node that looks heard from it last; nil for never.
    package var lastContact: Timestamp?

    package init(
        id: UInt64, address: String, state: State, matched: UInt64? = nil,
        lastContact: Timestamp? = nil
    ) {
        self.id = id
        self.address = address
        self.state = state
        self.matched = matched
        self.lastContact = lastContact
    }
}

/// What became of the wish that another node leads.
package enum TransferResult: Equatable, Sendable {
    /// It leads, in this term.
    case leads(term: UInt64)
    /// The cluster has no such node.
    case unknownNode
    /// It does not lead; why, in words.
    case failed(String)
    /// There is one node and always will be.
    case unsupported
}

extension SettlementNode {
    package var standing: NodeStanding? { nil }

    package func transferLeadership(to node: UInt64) async -> TransferResult { .unsupported }
}
