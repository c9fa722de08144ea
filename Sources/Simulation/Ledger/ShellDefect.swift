package import Node

/// Defects of a node's owner that a simulation switches on: what `Replica` and `Store` promise the
/// node, and it cannot see.
package enum ShellDefect: String, CaseIterable, Sendable {
    /// A start applies all that the log has.
    case startsAtLogEnd
    /// A tail that is replaced goes in one transaction, and what takes its place comes in another.
    case replacesInTwoTransactions
    /// A write is reported when it begins.
    case reportsBeforeCommit
    /// The log is no more durable than the tables, and so they can be ahead of it.
    case logIsNotSynced
    /// Rows are read at one moment, and where the tables stand at another.
    case readsAtTwoMoments
    /// A log that ends before what was acknowledged is as good as another.
    case startsOnLostTail
    /// The term is written, for whom the vote was is not.
    case forgetsVote
}

/// Something that can be planted in a simulated ledger.
package struct LedgerDefect: Equatable, Sendable {
    package var node: NodeDefect?
    package var shell: ShellDefect?

    /// By its name; nil when nothing has it.
    package init?(_ name: String) {
        node = NodeDefect(rawValue: name)
        shell = ShellDefect(rawValue: name)
        if node == nil, shell == nil { return nil }
    }

    /// Names of all that can be planted.
    package static let names =
        NodeDefect.allCases.map(\.rawValue) + ShellDefect.allCases.map(\.rawValue)
}
