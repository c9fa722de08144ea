/// What checkers look at after every step. Each is O(1).
extension Raft {
    package var committed: UInt64 { log.committed }
    package var applied: UInt64 { log.applied }
    package var firstIndex: UInt64 { log.firstIndex }
    package var lastID: EntryID { log.lastID }
    /// What storage has acknowledged, as this node believes.
    package var stableIndex: UInt64 { log.unstable.offset - 1 }
    package var membership: Membership { tracker.membership }
    package var progress: [Progress] { tracker.progress }
    package var canCampaign: Bool { isPromotable }
    /// Whether this node would ignore requests to unseat its leader.
    package var isInLease: Bool {
        options.checkQuorum && leader != noNode && electionElapsed < options.electionTicks
    }

    package func term(at index: UInt64) -> TermLookup { log.term(at: index) }

    /// Entries of the log from an index to its end; nil when the first one was compacted. O(n).
    package func entries(from index: UInt64) -> [Entry]? {
        log.entries(from: index, maxBytes: .max)
    }
}
