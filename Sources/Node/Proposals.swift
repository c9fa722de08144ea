internal import Consensus
internal import Domain

/// A batch that this node has proposed as leader and that is not applied yet.
struct Proposal {
    /// Where it stands in the log if it is committed.
    let position: LogPosition
    let batch: Batch
    /// Who waits for it, and where its commands begin in the batch.
    var waiting: [(submission: Submission, first: Int)]
    /// Nothing is formed behind it before it is applied, for it may change whom a BIC means, the
    /// rules, or the key of content hashes.
    let holdsOthers: Bool

    var id: EntryID { EntryID(term: position.term, index: position.index) }
}

/// Proposals in the order of their indices. Those of a lost term wait for what the log says at
/// their index. There are few, and what is taken out is let go at once: it is megabytes.
struct Proposals {
    private var waiting: [Proposal] = []

    var isEmpty: Bool { waiting.isEmpty }
    var count: Int { waiting.count }
    /// Whether any caller waits for one.
    var isAwaited: Bool { waiting.contains { !$0.waiting.isEmpty } }
    var first: Proposal? { waiting.first }
    var holdOthers: Bool { waiting.contains { $0.holdsOthers } }

    mutating func append(_ proposal: Proposal) {
        precondition(
            waiting.last.map { $0.position.index < proposal.position.index } ?? true,
            "proposals follow each other")
        waiting.append(proposal)
    }

    /// What becomes of the proposals when an entry is applied: the one that it is, and those that
    /// can never be applied any more, since the log went another way at their place.
    ///
    /// Log matching (Raft paper, 5.3): an entry of a later term behind which they stood, or in
    /// whose place, belongs to no log that has them.
    mutating func take(_ applied: EntryID) -> (applied: Proposal?, lost: [Proposal]) {
        var lost: [Proposal] = []
        var own: Proposal?
        while let first = waiting.first, first.position.index <= applied.index {
            if first.id == applied { own = first } else { lost.append(first) }
            waiting.removeFirst()
        }
        while let first = waiting.first, first.position.term < applied.term {
            lost.append(first)
            waiting.removeFirst()
        }
        return (own, lost)
    }

    /// Takes out the submissions that wait no longer.
    ///
    /// - Complexity: O(submissions).
    mutating func takeOverdue(_ steady: UInt64) -> [Submission] {
        var overdue: [Submission] = []
        for place in waiting.indices {
            overdue += waiting[place].waiting.lazy.map(\.submission)
                .filter { $0.deadline <= steady }
            waiting[place].waiting.removeAll { $0.submission.deadline <= steady }
        }
        return overdue
    }

    mutating func takeAll() -> [Proposal] {
        defer { waiting = [] }
        return waiting
    }
}
