internal import Domain

/// Commands of one caller that share a batch, and who is told of their outcomes.
struct Submission: Sendable {
    let commands: EncodedCommands
    let answer: @Sendable (Result<SubmissionAnswer, SubmissionFailure>) -> Void

    var count: Int { commands.count }
    /// What it takes of the room for waiting commands.
    var bytes: Int { commands.bytes.count }
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
            commands += submission.count
            bytes += submission.bytes
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
