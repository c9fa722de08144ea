/// What the data of an entry mean to consensus.
package enum EntryKind: UInt8, Equatable, Sendable {
    /// Opaque bytes of the owner; empty for the entry that opens a term.
    case normal = 0
    /// One change of one node, as `MembershipChange` of one step without transition.
    case singleChange = 1
    /// Any `MembershipChange`.
    case change = 2

    package var changesMembership: Bool { self != .normal }
}

/// Term and index: what identifies an entry in every log of the cluster (log matching).
package struct EntryID: Equatable, Hashable, Sendable {
    /// Of the leader that made the entry; 0 before the first entry of a log.
    package var term: UInt64
    /// Counted from 1; 0 before the first entry.
    package var index: UInt64

    /// `EntryID(term: 0, index: 0)` stands before index 1, in every log.
    package init(term: UInt64, index: UInt64) {
        self.term = term
        self.index = index
    }

    /// Whether a log that ends here is as fresh as one that ends there, or fresher (Raft paper,
    /// 5.4.1).
    package func isAtLeastAsFresh(as other: EntryID) -> Bool {
        term > other.term || term == other.term && index >= other.index
    }
}

/// One place in the replicated log.
package struct Entry: Equatable, Sendable {
    /// Of the leader that made it; 0 in a proposal.
    package var term: UInt64
    /// Counted from 1; 0 in a proposal.
    package var index: UInt64
    /// Says how to read `data`.
    package var kind: EntryKind
    /// The owner's bytes, or an encoded `MembershipChange`.
    package var data: [UInt8]

    /// Proposals come without term and index; the leader sets both.
    package init(
        term: UInt64 = 0, index: UInt64 = 0, kind: EntryKind = .normal, data: [UInt8] = []
    ) {
        self.term = term
        self.index = index
        self.kind = kind
        self.data = data
    }

    /// What two logs are compared by (Raft paper, 5.3).
    package var id: EntryID { EntryID(term: term, index: index) }

    /// Bytes that the limits on messages count: the data and 24 for the rest.
    package var byteCount: UInt64 { UInt64(data.count) + 24 }
}

extension Sequence<Entry> {
    /// Bytes of the data alone; an empty entry counts nothing.
    var payloadBytes: UInt64 { reduce(0) { $0 + UInt64($1.data.count) } }
    var byteCount: UInt64 { reduce(0) { $0 + $1.byteCount } }
}

extension [Entry] {
    /// The longest prefix within the limit, but at least one entry.
    package func limited(to bytes: UInt64) -> [Entry] {
        var sum: UInt64 = 0
        for (position, entry) in enumerated() {
            let (total, overflow) = sum.addingReportingOverflow(entry.byteCount)
            if position > 0, overflow || total > bytes { return Array(prefix(position)) }
            sum = total
        }
        return self
    }
}
