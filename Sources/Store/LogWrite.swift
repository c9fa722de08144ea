package import Consensus
package import Domain

/// What one step of a node makes durable, in one transaction.
package struct LogWrite: Equatable, Sendable {
    /// Term, vote and commit; nil while neither term nor vote has changed. A later commit alone
    /// stands in the rows, see ``LogEntry/commit``.
    package var hardState: HardState?
    /// In order, without gaps. They replace what the log has at their indices and behind them.
    package var entries: [LogEntry]

    package init(hardState: HardState? = nil, entries: [LogEntry] = []) {
        self.hardState = hardState
        self.entries = entries
    }

    package var isEmpty: Bool { hardState == nil && entries.isEmpty }
}

/// What a log has kept for the next start.
package struct RecoveredLog: Equatable, Sendable {
    /// The end of the log: stored, and perhaps not committed.
    package var last: LogPosition
    /// The term is not before that of the last entry. The commit index is the greatest of the
    /// stored one, those in the rows, and the batch that the tables show: a start applies up to
    /// there and no further.
    package var hardState: HardState

    package init(last: LogPosition, hardState: HardState) {
        self.last = last
        self.hardState = hardState
    }
}

/// How a log is opened.
package struct LogSettings: Sendable {
    /// Which node of its cluster this is. A log belongs to the one that wrote it first.
    package var node: NodeID = 1
    /// A directory outside of the database in which a file remembers how far the log had come, so
    /// that a restored copy is not taken for it; nil for none.
    package var memory: String?
    /// Batches in one part of the log. A part stays below 32 TB, the limit of a table, and is made
    /// about twice an hour at full speed.
    package var partSize: UInt64 = 1 << 20

    package init(memory: String? = nil) {
        self.memory = memory
    }
}
