/// What a node must find again after a crash, besides entries and snapshot.
package struct HardState: Equatable, Hashable, Sendable {
    /// The latest term that the node has seen (Raft paper, figure 2).
    package var term: UInt64
    /// For whom the node voted in `term`, or 0.
    package var vote: NodeID
    /// All entries up to here are committed; a stored one may lag behind.
    package var commit: UInt64

    /// Without arguments: that of a node which has seen no term.
    package init(term: UInt64 = 0, vote: NodeID = noNode, commit: UInt64 = 0) {
        self.term = term
        self.vote = vote
        self.commit = commit
    }

    /// Whether nothing is set; in `Ready`, that nothing changed.
    package var isEmpty: Bool { self == HardState() }
}

/// The part that a node plays in its term.
package enum Role: UInt8, Equatable, Sendable {
    /// As in the Raft paper, 5.1; a pre-candidate asks whether it could win before it raises its
    /// term (thesis, 9.6).
    case follower, preCandidate, candidate, leader
}

/// What may be lost in a crash.
package struct SoftState: Equatable, Sendable {
    /// Who leads the present term, as far as this node knows, or 0.
    package var leader: NodeID
    /// What this node itself is in the present term.
    package var role: Role
}

/// The answer to a read request: once the node has applied `index`, its state may be read.
package struct ReadState: Equatable, Sendable {
    /// A read is linearizable once this is applied (Raft thesis, 6.4).
    package var index: UInt64
    /// What the caller gave to `requestRead`.
    package var context: [UInt8]
}

/// The state of everything up to an index, in place of the entries.
package struct Snapshot: Equatable, Sendable {
    /// The last index that it stands for.
    package var index: UInt64
    /// Term of the entry at `index`.
    package var term: UInt64
    /// In force at `index`.
    package var membership: Membership
    /// Opaque bytes of the owner: the state, or where to fetch it.
    package var data: [UInt8]

    /// The caller vouches that the entries up to `index` are committed and applied.
    package init(index: UInt64, term: UInt64, membership: Membership, data: [UInt8] = []) {
        self.index = index
        self.term = term
        self.membership = membership
        self.data = data
    }

    /// The last entry that it stands for.
    package var id: EntryID { EntryID(term: term, index: index) }
}
