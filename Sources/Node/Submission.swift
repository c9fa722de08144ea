package import Consensus
package import Domain
internal import Engine
package import Shares

/// What the tables showed of a UETR, but for what was answered, and for which batches that is good.
struct LookedUp {
    var attempts: [AttemptRow]
    /// The last one of them.
    var goodUntil: UInt64
    /// Changes of whom a BIC means that lie before all of them.
    var namings: UInt64
}

/// Commands of one caller that share a batch.
///
/// States where it leads: waiting, perhaps looked up in the tables, proposed at an index and in a
/// term, answered. Every submission is answered once.
package struct Submission: Sendable {
    /// The node where it came in, if that is another one.
    package struct Origin: Equatable, Sendable {
        package var node: NodeID
        /// It is for the leader of this term.
        package var term: UInt64
        /// Its ticket there.
        package var ticket: UInt64

        package init(node: NodeID, term: UInt64, ticket: UInt64) {
            self.node = node
            self.term = term
            self.ticket = ticket
        }
    }

    /// Names it to the node's owner, who knows the caller.
    package var ticket: UInt64 = 0
    /// Those that go into a batch.
    package private(set) var commands: SealedCommands
    /// What the record has answered; these commands go into no batch.
    private(set) var recorded: [RecordedOutcome] = []
    /// What the tables were asked and did not answer for good, by UETR.
    private var lookedUp: [UETR: LookedUp] = [:]
    /// Whether a command may change whom a BIC means: then it is the only one.
    package let changesNames: Bool
    /// Whose turn it waits for.
    let owner: Owner
    /// When the caller waits no longer, by the steady clock.
    let deadline: UInt64
    let origin: Origin?
    /// Commands submitted, those that the record answers included.
    package let count: Int

    /// - Parameters:
    ///   - owner: whose turn it waits for.
    ///   - deadline: when the caller waits no longer, by the steady clock in nanoseconds.
    ///   - origin: nil when it came in here.
    package init(
        _ commands: SealedCommands, for owner: Owner, deadline: UInt64 = .max,
        origin: Origin? = nil
    ) {
        self.commands = commands
        self.owner = owner
        self.deadline = deadline
        self.origin = origin
        count = commands.count
        changesNames = commands.changesNames
    }

    /// Whether the record has answered none of its commands.
    var isWhole: Bool { recorded.isEmpty }
    var recordedCount: Int { recorded.count }

    /// The record has answered these elsewhere.
    mutating func answer(by recorded: [RecordedOutcome]) { self.recorded = recorded }

    /// Whether the tables were asked about a payment in time for the batch at `index`, and since
    /// the last of so many changes of whom a BIC means.
    func isLookedUp(
        _ uetr: UETR, for index: UInt64, _ namings: UInt64, _ duties: Duties
    ) -> Bool {
        guard !lookedUp.isEmpty, let found = lookedUp[uetr] else { return false }
        return duties.isGood(until: found.goodUntil, at: index)
            && duties.isGood(found.namings, now: namings)
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

    /// The answer when all outcomes are known.
    ///
    /// - Parameter place: the batch that it went into and where; nil when the record answered all.
    func answer(_ place: (applied: AppliedBatch, first: Int)?) -> SubmissionAnswer {
        SubmissionAnswer(
            applied: place?.applied, first: place?.first ?? 0, count: count, recorded: recorded)
    }
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
