/// What a node must find again after a crash, besides entries and snapshot.
public struct HardState: Equatable, Hashable, Sendable {
    public var term: UInt64
    /// For whom the node voted in `term`, or 0.
    public var vote: NodeID
    public var commit: UInt64

    public init(term: UInt64 = 0, vote: NodeID = noNode, commit: UInt64 = 0) {
        self.term = term
        self.vote = vote
        self.commit = commit
    }

    public var isEmpty: Bool { self == HardState() }
}

/// The part that a node plays in its term.
public enum Role: UInt8, Equatable, Sendable {
    case follower, preCandidate, candidate, leader
}

/// What may be lost in a crash.
public struct SoftState: Equatable, Sendable {
    public var leader: NodeID
    public var role: Role
}

/// The answer to a read request: once the node has applied `index`, its state may be read.
public struct ReadState: Equatable, Sendable {
    public var index: UInt64
    /// What the caller gave to `requestRead`.
    public var context: [UInt8]
}

/// The state of everything up to an index, in place of the entries.
public struct Snapshot: Equatable, Sendable {
    public var index: UInt64
    public var term: UInt64
    public var membership: Membership
    /// Opaque bytes of the owner: the state, or where to fetch it.
    public var data: [UInt8]

    public init(index: UInt64, term: UInt64, membership: Membership, data: [UInt8] = []) {
        self.index = index
        self.term = term
        self.membership = membership
        self.data = data
    }

    public var id: EntryID { EntryID(term: term, index: index) }
}
