/// What the votes cast so far amount to.
package enum VoteResult: Equatable, Sendable {
    case pending, won, lost
}

/// A majority over one set of voters.
extension NodeSet {
    var majority: Int { count / 2 + 1 }

    /// The greatest index that a majority has acknowledged; a voter that said nothing counts as 0.
    ///
    /// No voters acknowledge everything (`.max`), so that an empty half of a joint configuration
    /// does not bind. O(n²), without allocation, for the few voters that there are.
    package func committedIndex(_ acknowledged: (NodeID) -> UInt64?) -> UInt64 {
        var committed: UInt64 = isEmpty ? .max : 0
        for id in ids {
            guard let index = acknowledged(id), index > committed else { continue }
            let followers = ids.count { (acknowledged($0) ?? 0) >= index }
            if followers >= majority { committed = index }
        }
        return committed
    }

    /// Won when a majority said yes, lost when it no longer can. No voters always win.
    package func voteResult(_ vote: (NodeID) -> Bool?) -> VoteResult {
        if isEmpty { return .won }
        let yes = ids.count { vote($0) == true }
        let missing = ids.count { vote($0) == nil }
        if yes >= majority { return .won }
        return yes + missing >= majority ? .pending : .lost
    }
}

/// Majorities of both halves: decisions of a joint configuration need each of them (Raft paper, 6).
package struct JointQuorum: Sendable {
    var incoming: NodeSet
    var outgoing: NodeSet

    package init(incoming: NodeSet, outgoing: NodeSet) {
        self.incoming = incoming
        self.outgoing = outgoing
    }

    package func committedIndex(_ acknowledged: (NodeID) -> UInt64?) -> UInt64 {
        min(incoming.committedIndex(acknowledged), outgoing.committedIndex(acknowledged))
    }

    package func voteResult(_ vote: (NodeID) -> Bool?) -> VoteResult {
        switch (incoming.voteResult(vote), outgoing.voteResult(vote)) {
        case (.lost, _), (_, .lost): .lost
        case (.won, .won): .won
        case (.pending, _), (_, .pending): .pending
        }
    }
}
