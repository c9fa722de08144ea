/// The term of a place in a log.
package enum TermLookup: Equatable, Sendable {
    case term(UInt64)
    /// A snapshot has taken its place.
    case compacted
    /// Behind the end.
    case unavailable

    var known: UInt64? {
        if case .term(let term) = self { term } else { nil }
    }
}

/// What a node reads from its own storage. The owner writes it, as `Ready` says.
///
/// The log reaches from `firstIndex` to `lastIndex`; the term of `firstIndex - 1` is known as well,
/// from the snapshot or as 0 for an empty log. What was handed over for writing may or may not be
/// visible here before it is acknowledged; what was acknowledged must be.
///
/// Entries are dropped only up to what the owner's durable state has applied.
package protocol LogStorage: Sendable {
    /// What the node found when it started.
    var initialState: (hardState: HardState, membership: Membership) { get }
    var firstIndex: UInt64 { get }
    /// `firstIndex - 1` when there are no entries.
    var lastIndex: UInt64 { get }

    func term(at index: UInt64) -> TermLookup

    /// Entries of a range within the log, as many as fit, at least one; nil when its start was
    /// compacted or it cannot be read.
    func entries(_ range: Range<UInt64>, maxBytes: UInt64) -> [Entry]?

    /// The newest snapshot that another node can be given; nil when there is none at the moment.
    /// Its index must not be before `firstIndex - 1`. A node that a change has added can only be
    /// given one from after that change, so owners make a new one then.
    var snapshot: Snapshot? { get }
}
