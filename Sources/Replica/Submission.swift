internal import Domain
internal import Engine
internal import Node
internal import Shares

/// What the tables showed of a UETR, but for what was answered, and for which batches that is good.
struct LookedUp {
    var attempts: [AttemptRow]
    /// The last one of them.
    var goodUntil: UInt64
    /// Changes of whom a BIC means that lie before all of them.
    var namings: UInt64
}

/// Commands of one caller that share a batch, and who is told of their outcomes.
struct Submission: Sendable {
    /// Those that go into a batch.
    private(set) var commands: SealedCommands
    /// What the record has answered; these commands go into no batch.
    private(set) var recorded: [RecordedOutcome] = []
    /// What the tables were asked and did not answer for good, by UETR.
    private var lookedUp: [UETR: LookedUp] = [:]
    /// Whether a command may change whom a BIC means: then it is the only one.
    let changesNames: Bool
    /// What it takes of the room for waiting commands.
    let bytes: Int
    /// Whose room it takes, and whose turn it waits for.
    let account: Account
    var owner: Owner { account.owner }
    /// Commands submitted, those that the record answers included.
    let count: Int
    private let answer: @Sendable (Result<SubmissionAnswer, SubmissionFailure>) -> Void

    init(
        commands: SealedCommands, account: Account,
        answer: @escaping @Sendable (Result<SubmissionAnswer, SubmissionFailure>) -> Void
    ) {
        self.commands = commands
        self.account = account
        self.answer = answer
        bytes = commands.byteCount
        count = commands.count
        changesNames = commands.changesNames
    }

    /// Whether the tables were asked about a payment in time for the batch at `index`, and since
    /// the last of so many changes of whom a BIC means.
    func isLookedUp(_ uetr: UETR, for index: UInt64, _ namings: UInt64) -> Bool {
        guard !lookedUp.isEmpty, let found = lookedUp[uetr] else { return false }
        return found.goodUntil >= index && found.namings == namings
    }

    /// Says of its orders how many attempts at each are forgotten when the batch at `index` is
    /// applied (R2.15).
    ///
    /// - Precondition: it goes into that batch, for which all that was to be asked was.
    mutating func countForgottenAttempts(in index: UInt64, _ ledger: borrowing LedgerFollower) {
        let lookedUp = lookedUp
        guard lookedUp.contains(where: { !$1.attempts.isEmpty }) else { return }
        commands.countForgottenAttempts { order in
            ledger.engine.forgottenAttempts(
                at: order, among: lookedUp[order.uetr]?.attempts ?? [], in: index)
        }
    }

    /// The submission without the commands that the record answers.
    ///
    /// - Parameters:
    ///   - outcomes: by position among the commands left, ascending.
    ///   - found: of all that was asked.
    func answered(
        _ outcomes: [RecordedOutcome], _ found: [UETR: LookedUp]
    ) -> Submission {
        var rest = self
        rest.lookedUp.merge(found) { $1 }
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

    /// Batches of many submissions stay below this size, at which the log is near its fastest.
    static let targetBytes = 1 << 20
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
