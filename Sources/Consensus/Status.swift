/// A look at a node, for people and metrics.
package struct Status: Equatable, Sendable {
    /// The node that was looked at.
    package var id: NodeID
    /// As it is in memory; the stored one may be older.
    package var hardState: HardState
    /// Leader and role, as this node sees them.
    package var softState: SoftState
    /// The last index that the owner has reported as applied.
    package var applied: UInt64
    /// The end of the log, durable or not.
    package var lastIndex: UInt64
    /// In force on this node, which may be behind the log.
    package var membership: Membership
    /// To whom leadership is being handed over, or 0.
    package var transferee: NodeID
    /// How far each member is, in the order of ids; on a leader only.
    package var progress: [Progress]
}

extension Raft {
    /// O(members).
    package var status: Status {
        Status(
            id: id, hardState: hardState, softState: SoftState(leader: leader, role: role),
            applied: log.applied, lastIndex: log.lastIndex, membership: tracker.membership,
            transferee: transferee, progress: role == .leader ? tracker.progress : [])
    }
}
