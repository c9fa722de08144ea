package import Consensus
package import Domain

/// What happens to a node.
package enum NodeEvent: Sendable {
    /// So much time has passed as its options count by.
    case tick
    /// Somebody wants commands carried out.
    case submission(Submission)
    /// From another node, whose name the owner has made sure of.
    case message(Message)
    /// From the leader that a submission was sent to.
    case reply(ForwardReply)
    /// The owner could not send a submission on; nobody has it.
    case notSent(ticket: UInt64)
    /// The way to a node, or from it, is broken: what was on it may be lost.
    case unreachable(NodeID)
    /// Somebody wants to read what was answered until now; waits until then, by the steady clock.
    case readAsked(ticket: UInt64, deadline: UInt64)
    /// He waits no longer, and is not answered any more.
    case readGivenUp(ticket: UInt64)
    /// The clock of another node is so many nanoseconds ahead of this one's.
    case clock(of: NodeID, ahead: Timestamp)
    /// The leader is to hand over to this voter.
    case transfer(to: NodeID)
    /// Whether the database has room for what others write; at first it has.
    case room(Bool)
    /// Every write up to this number is durable.
    case stored(UInt64)
    /// The tables show everything up to this position.
    case tablesAt(LedgerPosition)
    /// The tables were asked about payments that may be on record.
    case lookedUp(RecordLookup)
    /// They could not be asked; the submission was never recorded.
    case notLookedUp(RecordLookup)
    /// What ``NodeAction/read(for:from:maximumBytes:)`` asked for; empty when it could not be read.
    case read(for: NodeID, [LogEntry])
    /// Nothing has happened: the node goes on with what it has to do.
    case proceed
    /// Nobody submits any more, and what waits does not wait for company.
    case closing
}

/// What a node's owner has to do, in the order in which it is told.
package enum NodeAction: Sendable {
    /// In one transaction: term and vote, if they changed, and entries, which replace what the log
    /// has at their indices and behind them. Then ``NodeEvent/stored(_:)``.
    case write(NodeWrite)
    /// To another node. It may be lost and delayed.
    case send(PeerMessage, to: NodeID)
    /// The batch is applied: its rows go to the tables, and whoever watches is told.
    case applied(AppliedBatch)
    /// The submission is over.
    case answer(ticket: UInt64, Result<SubmissionAnswer, SubmissionFailure>)
    /// Whoever asked may read what is applied up to this index; nil when nobody could confirm it.
    case readable(ticket: UInt64, at: UInt64?)
    /// The tables are to be asked.
    case lookUp(RecordLookup)
    /// A node lags behind what is in memory: entries of the log from this index on, as many as fit,
    /// but at least one.
    case read(for: NodeID, from: UInt64, maximumBytes: Int)
    /// What this node is in its term has changed.
    case role(NodeRole)
    /// The time of day was moved by so many nanoseconds.
    case clockMoved(by: Timestamp)
    /// This leader's clock is so many nanoseconds ahead of the others'; it hands over.
    case clockDeviates(by: Timestamp, handsOverTo: NodeID)
    /// The log's last time is so many nanoseconds ahead of the clock; no batch is formed before it
    /// has caught up.
    case clockBehind(by: Timestamp)
    /// The node must not go on; nothing more comes from it.
    case stop(any Error)
}

/// What has to be durable before anything that rests on it leaves.
package struct NodeWrite: Sendable {
    /// Counted from 1; the owner reports it.
    package let number: UInt64
    /// Term and vote, and what was known to be committed; nil while neither term nor vote changed.
    package let hardState: HardState?
    package let entries: [LogEntry]

    /// The same in writes of at most so many entries, for whom one transaction would be too large.
    /// Each may be durable without the next: nothing leaves before the last one is. None says more
    /// of the commit than it has entries for.
    package func parts(ofAtMost count: Int) -> [NodeWrite] {
        guard entries.count > count else { return [self] }
        return stride(from: 0, to: entries.count, by: count).map { first in
            var part = Array(entries[first..<min(first + count, entries.count)])
            let end = part[part.count - 1].index
            for place in part.indices { part[place].commit = min(part[place].commit, end) }
            var state = first == 0 ? hardState : nil
            if let commit = state?.commit { state?.commit = min(commit, end) }
            return NodeWrite(number: number, hardState: state, entries: part)
        }
    }
}

/// What a node is in its term.
package struct NodeRole: Equatable, Sendable {
    package var role: Role
    package var term: UInt64
    /// 0 when nobody is known to lead.
    package var leader: NodeID
    /// Why it has changed, for people; said once, when it does.
    package var reason = ""

    init(role: Role, term: UInt64, leader: NodeID) {
        self.role = role
        self.term = term
        self.leader = leader
    }

    /// Why this follows an earlier standing.
    func reason(after last: NodeRole) -> String {
        switch role {
        case .preCandidate: "no leader was heard of for an election timeout"
        case .candidate where last.role == .preCandidate: "a majority would vote for it"
        case .candidate: "it was asked to take over"
        case .leader: "a majority has voted for it"
        case .follower where leader != noNode: "node \(leader) leads"
        case .follower where last.role == .leader && term == last.term:
            "no majority was heard of for an election timeout"
        case .follower where term > last.term: "there is a newer term"
        case .follower: "there is no leader at present"
        }
    }
}

/// Consensus has found that going on could lose what is committed.
package struct ConsensusHalt: Error, Sendable, CustomStringConvertible {
    package let description: String
}
