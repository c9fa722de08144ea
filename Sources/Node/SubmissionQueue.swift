internal import Domain
internal import Shares

/// Submissions that wait for a batch. Admission bounds their bytes.
///
/// Those of one owner go in their order. Turns go round between owners, and in a turn an owner has
/// one submission, or several small ones: what one bank has waiting does not delay another's next
/// payment by more than a batch. Putting and taking cost O(1) each, however many wait.
struct SubmissionQueue {
    /// One owner's submissions, oldest first: a ring that grows, and what is left of its turn.
    private struct Line {
        private var ring = [Submission?](repeating: nil, count: 4)
        private var head = 0
        private(set) var count = 0

        var first: Submission? { ring[head] }

        /// - Returns: how many wait then.
        mutating func append(_ submission: Submission) -> Int {
            if count == ring.count { grow() }
            ring[(head + count) & (ring.count - 1)] = submission
            count += 1
            return count
        }

        func contains(_ isMeant: (Submission) -> Bool) -> Bool {
            ring.contains { $0.map(isMeant) ?? false }
        }

        mutating func removeFirst() {
            ring[head] = nil
            head = (head + 1) & (ring.count - 1)
            count -= 1
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

    private var lines: [Owner: Line] = [:]
    /// Owners that have something waiting, whose turn it is first.
    private var turns: [Owner] = []
    private(set) var count = 0
    /// Bytes of their commands.
    private(set) var bytes = 0

    /// Batches of many submissions stay below this size: a batch takes some 8 ms then, which is
    /// what the next caller may wait for behind others' uploads (30 ms with 1 MiB), at 3 % more
    /// work.
    static let targetBytes = 1 << 18
    /// What an owner may put into a batch before the next one's turn: some hundred payments.
    static let turnBytes = 1 << 15

    var isEmpty: Bool { count == 0 }

    mutating func append(_ submission: Submission) {
        count += 1
        bytes += submission.commands.byteCount
        let waiting = lines[submission.owner, default: Line()].append(submission)
        if waiting == 1 { turns.append(submission.owner) }
    }

    /// Takes the submissions that make the next batch; at least one if there is any.
    mutating func takeBatch() -> [Submission] {
        var taken: [Submission] = []
        var room = Room()
        while let owner = turns.first {
            let before = taken.count
            let isFull = takeTurn(of: owner, &taken, &room)
            // Whoever could put nothing in comes first in the next batch.
            if taken.count > before {
                turns.removeFirst()
                if lines[owner]?.count == 0 { lines[owner] = nil } else { turns.append(owner) }
            }
            if isFull { break }
        }
        return taken
    }

    /// What a batch has room for.
    private struct Room {
        var commands = Limits.commandsPerBatch
        var bytes = SubmissionQueue.targetBytes
    }

    /// One turn of an owner: one submission, or several small ones. Whether the batch is full.
    private mutating func takeTurn(
        of owner: Owner, _ taken: inout [Submission], _ room: inout Room
    ) -> Bool {
        guard let line = lines.index(forKey: owner) else { return false }
        var left = SubmissionQueue.turnBytes
        while left > 0, let submission = lines.values[line].first {
            let (commands, bytes) = (submission.commands.count, submission.commands.byteCount)
            if !taken.isEmpty,
                submission.changesNames || commands > room.commands || bytes > room.bytes
            {
                return true
            }
            room.commands -= commands
            room.bytes -= bytes
            left -= bytes
            taken.append(submission)
            lines.values[line].removeFirst()
            count -= 1
            self.bytes -= bytes
            // Nothing shares a batch with it (see ``RecordLookup``).
            if submission.changesNames { return true }
        }
        return false
    }

    /// Takes those whose callers wait no longer.
    ///
    /// - Complexity: O(submissions).
    mutating func takeOverdue(_ steady: UInt64) -> [Submission] {
        guard lines.contains(where: { $0.value.contains { $0.deadline <= steady } }) else {
            return []
        }
        let all = takeAll()
        for submission in all where submission.deadline > steady { append(submission) }
        return all.filter { $0.deadline <= steady }
    }

    /// Takes all that wait.
    mutating func takeAll() -> [Submission] {
        var all: [Submission] = []
        for owner in turns {
            while let submission = lines[owner]?.first {
                all.append(submission)
                lines[owner]?.removeFirst()
            }
        }
        self = SubmissionQueue()
        return all
    }
}
