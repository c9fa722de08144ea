/// Messages between nodes, and between a node and its own storage threads.
package enum MessageKind: UInt8, Equatable, Sendable, CaseIterable {
    /// A proposal on its way to the leader.
    case propose
    /// Entries for a follower, and how far its log agrees (Raft paper, 5.3).
    case append, appendResponse
    /// A candidate's request for votes and the answers (Raft paper, 5.2).
    case vote, voteResponse
    /// The same before the term is raised, to see whether it could win (Raft thesis, 9.6).
    case preVote, preVoteResponse
    /// Keeps followers from campaigning, and confirms reads by its context (Raft thesis, 6.4).
    case heartbeat, heartbeatResponse
    /// In place of entries that the leader has dropped (Raft paper, 7); answered as an append.
    case snapshot
    /// The leader tells the node that takes over to campaign at once.
    case timeoutNow
    /// A request for a transfer on its way to the leader; `from` names who is to lead.
    case transferLeader
    /// A read on its way to the leader, and the index to read at (Raft thesis, 6.4).
    case readIndex, readIndexResponse
    /// To the storage threads and back; never sent to another node.
    case storageAppend, storageAppendResponse, storageApply, storageApplyResponse

    /// Whether it answers something, so that it must come from a member or from storage.
    var isResponse: Bool {
        switch self {
        case .appendResponse, .voteResponse, .preVoteResponse, .heartbeatResponse,
            .readIndexResponse, .storageAppendResponse, .storageApplyResponse:
            true
        case .propose, .append, .vote, .preVote, .heartbeat, .snapshot, .timeoutNow,
            .transferLeader, .readIndex, .storageAppend, .storageApply:
            false
        }
    }

    /// Whether followers send it on to their leader in the name of whoever began it.
    var isForwarded: Bool { self == .propose || self == .readIndex || self == .transferLeader }

    /// Whether it belongs to a node and its storage threads only.
    package var isLocal: Bool {
        switch self {
        case .storageAppend, .storageAppendResponse, .storageApply, .storageApplyResponse: true
        case .propose, .append, .appendResponse, .vote, .voteResponse, .preVote, .preVoteResponse,
            .heartbeat, .heartbeatResponse, .snapshot, .timeoutNow, .transferLeader, .readIndex,
            .readIndexResponse:
            false
        }
    }
}

/// One message. Which fields mean something depends on `kind`; the others are 0 or empty.
package struct Message: Equatable, Sendable {
    /// Decides which of the other fields are read.
    package var kind: MessageKind
    /// The sender, but in `transferLeader` who is to lead.
    package var from: NodeID
    /// Another node, this node itself, or a storage thread.
    package var to: NodeID
    /// Term of the sender; 0 in messages that are not about a term.
    package var term: UInt64
    /// Term of the entry at `index`: before the entries of an append, last of a candidate's log,
    /// or the last that a storage thread wrote; in a rejection, of the entry at `hint`.
    package var logTerm: UInt64
    /// The entry that `logTerm` describes; in `appendResponse` the last one on which the logs agree
    /// or, rejected, the one that was not found; in `readIndexResponse` where to read.
    package var index: UInt64
    /// What the sender knows to be committed; in a refused vote, with its term in `logTerm`, from
    /// nodes that are no voters.
    package var commit: UInt64
    /// The vote to store, in `storageAppend`.
    package var vote: NodeID
    /// In answers to appends, votes and pre-votes.
    package var isRejected: Bool
    /// In a rejected append: where the follower's log may agree with the leader's.
    package var hint: UInt64
    /// In an append consecutive from `index + 1`; in a proposal without term and index; otherwise
    /// what storage is to write or to apply, or has applied.
    package var entries: [Entry]
    /// In `snapshot`, and on its way to storage and back.
    package var snapshot: Snapshot?
    /// Read requests: the caller's context. Votes: whether the leader asked for the campaign.
    package var context: [UInt8]
    /// In `storageAppend` and `storageApply`: what to deliver once the work is durable or applied.
    package var responses: [Message]

    /// Checks nothing; `Raft.step` does.
    package init(
        _ kind: MessageKind, from: NodeID = noNode, to: NodeID, term: UInt64 = 0,
        logTerm: UInt64 = 0, index: UInt64 = 0, commit: UInt64 = 0, vote: NodeID = noNode,
        isRejected: Bool = false, hint: UInt64 = 0, entries: [Entry] = [],
        snapshot: Snapshot? = nil, context: [UInt8] = [], responses: [Message] = []
    ) {
        self.kind = kind
        self.from = from
        self.to = to
        self.term = term
        self.logTerm = logTerm
        self.index = index
        self.commit = commit
        self.vote = vote
        self.isRejected = isRejected
        self.hint = hint
        self.entries = entries
        self.snapshot = snapshot
        self.context = context
        self.responses = responses
    }

    /// The last entry of the sender's log (votes), or the entry before `entries` (appends).
    package var logID: EntryID { EntryID(term: logTerm, index: index) }

    /// The hard state that `storageAppend` asks to store; empty when there is none.
    package var hardState: HardState { HardState(term: term, vote: vote, commit: commit) }
}
