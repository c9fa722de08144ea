/// The answers to the commands of one submission, in their order.
///
/// It refers to the batch and copies nothing: answering a submission costs the same for one command
/// and for thousands.
public struct SubmissionAnswer: RandomAccessCollection, Sendable {
    /// The batch that the commands went into; nil when the record answered all of them.
    public let applied: AppliedBatch?
    /// The place in the batch of the first command that went into it.
    private let place: Int
    /// Few as a rule, in order of position.
    private let recorded: [RecordedOutcome]
    public let endIndex: Int

    /// - Parameters:
    ///   - first: where the submission's commands begin in the batch.
    ///   - count: how many commands were submitted, those answered from the record included.
    ///   - recorded: these went into no batch; in order of position, each once.
    public init(
        applied: AppliedBatch?, first: Int, count: Int, recorded: [RecordedOutcome] = []
    ) {
        let carriedOut = count - recorded.count
        let places = applied.map { $0.effects.outcomes.count - first } ?? 0
        require(carriedOut >= 0 && carriedOut <= places, "every command has an outcome")
        self.applied = applied
        place = first
        self.recorded = recorded
        endIndex = count
    }

    /// The answer to no commands.
    public static var empty: SubmissionAnswer { .init(applied: nil, first: 0, count: 0) }

    public var startIndex: Int { 0 }

    /// - Complexity: O(log of the outcomes answered from the record).
    public subscript(position: Int) -> CommandAnswer {
        require(position >= 0 && position < endIndex, "a command of this submission")
        let before = recordedBefore(position)
        if before < recorded.count, recorded[before].position == position {
            return CommandAnswer(recorded: recorded[before].outcome)
        }
        guard let applied else {
            brokenInvariant("no outcome of a command", file: #fileID, line: #line)
        }
        return CommandAnswer(applied: applied, position: place + position - before)
    }

    /// Visits the outcomes in order with their positions.
    ///
    /// - Complexity: O(commands); allocates nothing.
    public func forEachOutcome(_ body: (Int, Outcome) -> Void) {
        let outcomes = applied?.effects.outcomes ?? []
        var before = 0
        for position in 0..<endIndex {
            if before < recorded.count, recorded[before].position == position {
                body(position, recorded[before].outcome)
                before += 1
            } else {
                body(position, outcomes[place + position - before])
            }
        }
    }

    /// How many commands before this one went into no batch.
    private func recordedBefore(_ position: Int) -> Int {
        var low = 0
        var high = recorded.count
        while low < high {
            let middle = (low + high) / 2
            if recorded[middle].position < position { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
