/// A look at a node, for people and metrics.
public struct Status: Equatable, Sendable {
    public var id: NodeID
    public var hardState: HardState
    public var softState: SoftState
    public var applied: UInt64
    public var lastIndex: UInt64
    public var membership: Membership
    /// To whom leadership is being handed over, or 0.
    public var transferee: NodeID
    /// How far each member is, in the order of ids; on a leader only.
    public var progress: [Progress]
}

extension Raft {
    /// O(members).
    public var status: Status {
        Status(
            id: id, hardState: hardState, softState: SoftState(leader: leader, role: role),
            applied: log.applied, lastIndex: log.lastIndex, membership: tracker.membership,
            transferee: transferee, progress: role == .leader ? tracker.progress : [])
    }
}
