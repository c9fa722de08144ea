/// What a submitted command led to.
public struct CommandAnswer: Sendable {
    public let outcome: Outcome
    /// The batch that carried the command out; nil when the record answered it.
    public let applied: AppliedBatch?

    /// The answer to the command at a position of a batch.
    public init(applied: AppliedBatch, position: Int) {
        self.outcome = applied.effects.outcomes[position]
        self.applied = applied
    }

    /// An answer from the record.
    public init(recorded outcome: Outcome) {
        self.outcome = outcome
        self.applied = nil
    }

    public var fills: ArraySlice<FillRow> { applied?.fills(of: outcome) ?? [] }

    /// The payment as it stood at the end of the batch, when the batch changed it.
    public var payment: PaymentRow? { applied?.payment(outcome.payment) }
}

/// The outcome of a command that was answered from the record and has no place in a batch.
public struct RecordedOutcome: BitwiseCopyable, Equatable, Sendable {
    /// The command's position in its submission.
    public var position: Int
    public var outcome: Outcome

    public init(position: Int, outcome: Outcome) {
        self.position = position
        self.outcome = outcome
    }
}

/// Why a command got no outcome.
public enum SubmissionFailure: Error, Equatable, Sendable {
    /// The queue is full; nothing was recorded.
    case overloaded
    /// The node is starting, stopping or without its database; nothing was recorded.
    case unavailable
    /// Nobody leads the cluster; nothing was recorded.
    case leaderless
    /// The database's disk is nearly full; nothing was recorded.
    case noSpace
    /// A command that changes whom a BIC means came with others; nothing was recorded.
    case notAlone
    /// The node lost sight of the command; it may or may not be on record.
    case outcomeUnknown
}
