package import Consensus
package import Domain

/// What a node is among others and how far it has come, for people and metrics.
package struct NodeStatus: Sendable {
    package struct Member: Sendable {
        package var id: NodeID
        /// How far its log is known to agree; only a leader knows.
        package var match: UInt64?
        /// Whether it was heard from lately; only a leader knows.
        package var isActive: Bool?
        /// By how many nanoseconds its clock is ahead, if that is known.
        package var clockAhead: Timestamp?
    }

    package var id: NodeID
    package var role: NodeRole
    package var committed: UInt64
    package var applied: UInt64
    /// What the tables show.
    package var inTables: UInt64
    /// The end of the log, durable or not.
    package var end: UInt64
    /// To whom leadership is being handed over, or 0.
    package var transferee: NodeID
    /// Voters, this node among them.
    package var members: [Member]
    /// Batches that are proposed and not applied.
    package var proposed: Int
    /// How often the node has asked for votes since it started.
    package var elections: UInt64 = 0
}

extension Node {
    /// - Complexity: O(members).
    package var standing: NodeStatus {
        let progress = progress
        let members = raft.membership.voters.map { id in
            let known = progress.first { $0.id == id }
            return NodeStatus.Member(
                id: id, match: known?.match,
                isActive: id == raft.id ? true : known?.isRecentlyActive,
                clockAhead: id == raft.id ? 0 : clockAhead(of: id))
        }
        return NodeStatus(
            id: raft.id, role: role, committed: committed, applied: ledger.end.index,
            inTables: tables.logIndex, end: end.index, transferee: raft.transferee,
            members: members, proposed: proposals.count)
    }
}
