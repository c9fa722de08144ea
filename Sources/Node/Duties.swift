internal import Consensus
internal import Domain

/// Defects of a node that a simulation switches on, one at a time, to prove that it would find
/// them. Each takes one duty away; a node that serves anybody has none.
package enum NodeDefect: String, CaseIterable, Sendable {
    // Durability.
    case asksForVotesEarly, answersPeersBeforeWrite, leavesWithoutEarlierWrites
    case takesAnyWriteForAll, storesTermWithoutVote, claimsCommit
    // Commit.
    case answersBeforeCommit
    // Proposing and applying.
    case proposesBeforeOwnTerm, outrunsApplying, outrunsTables, outrunsWindow
    case appliesBeyondTables, takesEveryEntry, fillsDisk
    case trustsEveryClock, overlooksJumps, forgetsDue
    // Callers.
    case forgetsLostProposals, refusesProposed, refusesOverdueProposals, answersOfNeighbours
    case neverGivesUp, forgetsLookups
    // Callers of other nodes, and readers.
    case placesByIndexAlone, refusesUnplaced, readsUnconfirmed, answersAhead
    case mistakesLives
    case trustsOwnClock
    // Old payments.
    case forgetsPayments, forgetsAttempts, forgetsCommands
    case looksUpForApplied, looksUpForGood, looksUpDespiteNamings, asksForFirstOnly
    case countsNoForgottenAttempts, formsBehindNamings
    // Nodes that lag.
    case neverLends
}

/// What a node owes to others, one small rule each.
///
/// The steps of a node ask here, so that each rule stands once and has a name. Nothing else knows
/// of `missing`.
struct Duties {
    private let missing: NodeDefect?

    init(without missing: NodeDefect?) {
        self.missing = missing
    }
}

// MARK: Nothing leaves before what it rests on

extension Duties {
    /// Requests for votes rest on the term, the vote for oneself too.
    var holdsVotes: Bool { missing != .asksForVotesEarly }

    /// Answers of consensus rest on their write.
    var waitsForWrite: Bool { missing != .answersPeersBeforeWrite }

    /// And on every write before it.
    var waitsForEarlierWrites: Bool { missing != .leavesWithoutEarlierWrites }

    /// A write is durable when its number is.
    func isDurable(_ write: UInt64, upTo number: UInt64) -> Bool {
        write <= number || missing == .takesAnyWriteForAll
    }

    /// What has to be written: the term, and for whom the vote is in it.
    func isPromise(_ state: HardState, beside written: HardState) -> Bool {
        state.term != written.term
            || state.vote != written.vote && missing != .storesTermWithoutVote
    }

    /// A row says what is known to be committed, and that is not itself.
    func stated(_ commit: UInt64, at index: UInt64) -> UInt64 {
        missing == .claimsCommit ? index : commit
    }

    /// A caller hears of what a majority has.
    var defectOfConsensus: PlantedDefect? {
        missing == .answersBeforeCommit ? .minorityCommits : nil
    }
}

// MARK: When a leader may propose, and a node apply

extension Duties {
    /// Nothing of other leaders is missing.
    func hasApplied(_ term: UInt64, of last: UInt64) -> Bool {
        last == term || missing == .proposesBeforeOwnTerm
    }

    func isNear(applied: UInt64, _ end: UInt64) -> Bool {
        end - applied < Node.unapplied || missing == .outrunsApplying
    }

    func isNear(tables: UInt64, _ end: UInt64) -> Bool {
        end - tables < Node.behindTables || missing == .outrunsTables
    }

    func isInWindow(_ uncommitted: UInt64, of window: Int) -> Bool {
        uncommitted < UInt64(window) || missing == .outrunsWindow
    }

    /// What may change whom a BIC means is applied before anything is formed behind it.
    func waits(forNamings holdOthers: Bool) -> Bool {
        holdOthers && missing != .formsBehindNamings
    }

    func mayApply(_ ahead: UInt64) -> Bool {
        ahead < Node.behindTables || missing == .appliesBeyondTables
    }

    /// A follower that does not come along takes no more.
    func hasRoom(_ bytes: UInt64, of bound: UInt64) -> Bool {
        bytes < bound || missing == .takesEveryEntry
    }

    /// A follower whose disk is nearly full takes nothing that fills it: it lags, and comes back by
    /// itself, while one that filled it would be gone.
    func mayFill(_ hasRoom: Bool) -> Bool { hasRoom || missing == .fillsDisk }

    /// No batch is far ahead of the clock.
    var boundsLead: Bool { missing != .trustsEveryClock }

    var reportsJumps: Bool { missing != .overlooksJumps }

    /// What has fallen due happens, though nobody submits anything.
    var letsTimePass: Bool { missing != .forgetsDue }
}

// MARK: Callers

extension Duties {
    /// Whoever waits for what was never recorded is told so.
    var answersLostProposals: Bool { missing != .forgetsLostProposals }

    /// A submission has the outcomes of its own commands.
    func place(_ first: Int, of count: Int, in outcomes: Int) -> Int {
        missing == .answersOfNeighbours && first + count < outcomes ? first + 1 : first
    }

    /// What was proposed may be committed by others.
    var keepsProposals: Bool { missing != .refusesProposed }

    /// Also when its caller waits no longer.
    var overdueProposalsAreUnknown: Bool { missing != .refusesOverdueProposals }

    var givesUp: Bool { missing != .neverGivesUp }

    var givesUpLookups: Bool { missing != .forgetsLookups }
}

// MARK: Callers of other nodes, and readers

extension Duties {
    /// A submission is in the entry that its leader named, term and all.
    func isPlaced(_ id: EntryID, in applied: EntryID) -> Bool {
        id == applied || missing == .placesByIndexAlone && id.index == applied.index
    }

    /// Tickets begin anew with each life of a node.
    func isOfThisLife(_ life: UInt64, _ own: UInt64) -> Bool {
        life == own || missing == .mistakesLives
    }

    /// What a leader was sent may be on record though it says nothing any more.
    var unplacedIsUnknown: Bool { missing != .refusesUnplaced }

    /// Whoever is told something finds it where he was told.
    var comesAlong: Bool { missing != .answersAhead }

    /// Whoever reads sees what was answered before.
    var confirmsReads: Bool { missing != .readsUnconfirmed }

    /// A leader whose time is far from the others' hands over.
    var handsOverForClock: Bool { missing != .trustsOwnClock }
}

// MARK: Old payments, as the numbers of docs/architecture.md say

extension Duties {
    /// 2, 7, 8: the filters know everything that is applied.
    var knowsPayments: Bool { missing != .forgetsPayments }
    var knowsAttempts: Bool { missing != .forgetsAttempts }
    var knowsCommands: Bool { missing != .forgetsCommands }

    /// 1: asked for the index that consensus assigns.
    func indexAsked(behind end: UInt64, applied: UInt64) -> UInt64 {
        (missing == .looksUpForApplied ? applied : end) + 1
    }

    /// 3 and 5: how long an answer is good.
    func isGood(until last: UInt64, at index: UInt64) -> Bool {
        last >= index || missing == .looksUpForGood
    }

    func isGood(_ namings: UInt64, now: UInt64) -> Bool {
        namings == now || missing == .looksUpDespiteNamings
    }

    /// 4: held against every command that names the UETR.
    func holdsAgainst(_ uetr: UETR, beside earlier: [UETR]) -> Bool {
        missing != .asksForFirstOnly || !earlier.contains(uetr)
    }

    /// 7: the order says how many attempts are forgotten.
    var countsForgottenAttempts: Bool { missing != .countsNoForgottenAttempts }
}

// MARK: Nodes that lag behind

extension Duties {
    var lends: Bool { missing != .neverLends }
}

extension Node {
    /// What a node does that forgets about others who may commit what it proposed.
    mutating func refuseProposed() {
        for proposal in proposals.takeAll() {
            for place in proposal.waiting { answer(place.submission, .failure(.unavailable)) }
        }
    }
}
