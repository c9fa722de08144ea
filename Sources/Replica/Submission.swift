internal import Domain

/// Commands of one caller that share a batch, and who is told of their outcomes.
struct Submission: Sendable {
    /// Those that go into a batch.
    private(set) var commands: EncodedCommands
    /// What the record has answered; these commands go into no batch.
    private(set) var recorded: [RecordedOutcome] = []
    /// Payments that the tables did not show as final, and the last batch for which that is good.
    private var lookedUp: [UETR: UInt64] = [:]
    /// What it takes of the room for waiting commands.
    let bytes: Int
    /// Commands submitted, those that the record answers included.
    let count: Int
    private let answer: @Sendable (Result<SubmissionAnswer, SubmissionFailure>) -> Void

    init(
        commands: EncodedCommands,
        answer: @escaping @Sendable (Result<SubmissionAnswer, SubmissionFailure>) -> Void
    ) {
        self.commands = commands
        self.answer = answer
        bytes = commands.bytes.count
        count = commands.count
    }

    /// Whether the tables were asked about a payment in time for the batch at `index`.
    func isLookedUp(_ uetr: UETR, for index: UInt64) -> Bool {
        !lookedUp.isEmpty && lookedUp[uetr, default: 0] >= index
    }

    /// The submission without the commands that the record answers.
    ///
    /// - Parameters:
    ///   - outcomes: by position among the commands left, ascending.
    ///   - uetrs: what was asked.
    ///   - goodUntil: the last batch for which the answer is good.
    func answered(
        _ outcomes: [RecordedOutcome], lookedUp uetrs: [UETR], goodUntil: UInt64
    ) -> Submission {
        var rest = self
        for uetr in uetrs { rest.lookedUp[uetr] = goodUntil }
        guard !outcomes.isEmpty else { return rest }
        rest.commands = commands.removing(outcomes.map(\.position))
        rest.recorded = RecordedOutcome.inserting(outcomes, into: recorded)
        return rest
    }

    /// Answers: all outcomes are known.
    ///
    /// - Parameter place: the batch that it went into and where; nil when the record answered all.
    func finish(_ place: (applied: AppliedBatch, first: Int)?) {
        answer(
            .success(
                SubmissionAnswer(
                    applied: place?.applied, first: place?.first ?? 0, count: count,
                    recorded: recorded)))
    }

    /// Answers: nothing was recorded for it.
    func refuse() { answer(.failure(.unavailable)) }

    /// Answers: nobody knows whether it is on record.
    func loseSight() { answer(.failure(.outcomeUnknown)) }
}

extension RecordedOutcome {
    /// Merges outcomes whose positions count only the commands that earlier ones left.
    fileprivate static func inserting(
        _ outcomes: [RecordedOutcome], into earlier: [RecordedOutcome]
    ) -> [RecordedOutcome] {
        var merged: [RecordedOutcome] = []
        var passed = 0
        for outcome in outcomes {
            // Every earlier outcome at or before its place moves it on by one.
            while passed < earlier.count, earlier[passed].position <= outcome.position + passed {
                merged.append(earlier[passed])
                passed += 1
            }
            merged.append(
                RecordedOutcome(position: outcome.position + passed, outcome: outcome.outcome))
        }
        return merged + earlier[passed...]
    }
}

/// Submissions that wait for a batch, oldest first: a ring that grows. Admission bounds their
/// bytes.
///
/// Putting and taking cost O(1) each, however many wait.
struct SubmissionQueue {
    private var ring: [Submission?]
    private var head = 0
    private(set) var count = 0

    /// Batches of many submissions stay below this size, at which the log is near its fastest.
    static let targetBytes = 1 << 20

    init() {
        ring = [Submission?](repeating: nil, count: 64)
    }

    var isEmpty: Bool { count == 0 }

    mutating func append(_ submission: Submission) {
        if count == ring.count { grow() }
        ring[(head + count) & (ring.count - 1)] = submission
        count += 1
    }

    /// Takes the submissions that make the next batch; at least one if there is any.
    mutating func takeBatch() -> [Submission] {
        var taken: [Submission] = []
        var commands = 0
        var bytes = 0
        while count > 0, let submission = ring[head] {
            commands += submission.commands.count
            bytes += submission.commands.bytes.count
            let isFull = commands > Limits.commandsPerBatch || bytes > SubmissionQueue.targetBytes
            if isFull, !taken.isEmpty { break }
            taken.append(submission)
            ring[head] = nil
            head = (head + 1) & (ring.count - 1)
            count -= 1
        }
        return taken
    }

    /// Takes all that wait.
    mutating func takeAll() -> [Submission] {
        let all = (0..<count).compactMap { ring[(head + $0) & (ring.count - 1)] }
        self = SubmissionQueue()
        return all
    }

    /// Doubles the ring; its size stays a power of two.
    private mutating func grow() {
        var larger: [Submission?] = []
        larger.reserveCapacity(ring.count * 2)
        larger += ring[head...]
        larger += ring[..<head]
        larger += repeatElement(nil, count: ring.count)
        ring = larger
        head = 0
    }
}
