package import Domain

/// What speaks for a match. Each is a word for people and some points of its score.
package struct MatchReasons: OptionSet, BitwiseCopyable, Hashable, Sendable {
    package let rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let sameUETR = MatchReasons(rawValue: 1 << 0)
    package static let sameEndToEnd = MatchReasons(rawValue: 1 << 1)
    package static let sameOwnReference = MatchReasons(rawValue: 1 << 2)
    package static let sameAgentReference = MatchReasons(rawValue: 1 << 3)
    package static let sameOtherReference = MatchReasons(rawValue: 1 << 4)
    package static let equalAmount = MatchReasons(rawValue: 1 << 5)
    /// Several on a side, and the sums are equal.
    package static let equalSums = MatchReasons(rawValue: 1 << 6)
    package static let withinTolerance = MatchReasons(rawValue: 1 << 7)
    /// Less than the other side: something remains there.
    package static let part = MatchReasons(rawValue: 1 << 8)
    /// A reversal and what it takes back.
    package static let oppositeAmount = MatchReasons(rawValue: 1 << 9)
    package static let sameDate = MatchReasons(rawValue: 1 << 10)
    package static let nearDate = MatchReasons(rawValue: 1 << 11)
    package static let sameParticipant = MatchReasons(rawValue: 1 << 12)

    /// Points add up to 1,000 for a UETR, an equal amount, the date and the participant.
    private static let all: [(reason: MatchReasons, points: UInt16, words: String)] = [
        (.sameUETR, 500, "same UETR"),
        (.sameEndToEnd, 450, "same end-to-end identification"),
        (.sameOwnReference, 400, "same own reference"),
        (.sameAgentReference, 350, "same agent's reference"),
        (.sameOtherReference, 300, "same other reference"),
        (.equalAmount, 300, "equal amount"),
        (.equalSums, 250, "equal sums"),
        (.withinTolerance, 200, "amount within the tolerance"),
        (.part, 50, "part of the amount"),
        (.oppositeAmount, 300, "opposite amount"),
        (.sameDate, 100, "same date"),
        (.nearDate, 50, "date within the window"),
        (.sameParticipant, 100, "same participant"),
    ]

    init(same kind: ReferenceKind) { self.init(rawValue: 1 << UInt16(kind.rawValue)) }

    /// In a fixed order, for example `same UETR`, `equal amount`.
    package var words: [String] { Self.all.filter { contains($0.reason) }.map(\.words) }

    /// The sum of the points, 0 to 1,000.
    package var score: UInt16 {
        Self.all.reduce(0) { contains($1.reason) ? $0 + $1.points : $0 }
    }
}

/// One of several proposals of which at most one is right.
package struct Choice: BitwiseCopyable, Hashable, Sendable {
    /// Numbers the questions of a run, from 1.
    package var question: Int
    /// From 1, the best score first, then the lowest numbers.
    package var rank: Int
    /// Proposals of this question.
    package var count: Int
}

/// What a run did not look at, because a bound was reached.
package enum MatchBound: UInt8, BitwiseCopyable, CaseIterable, Hashable, Sendable {
    /// ``MatchClaim/mostItems`` in one match.
    case itemsPerMatch = 0
    /// ``MatchBounds/setCandidates`` to choose a set from.
    case setCandidates
    /// ``MatchBounds/searchSteps`` of one search, or those of the run.
    case searchSteps
    /// ``MatchBounds/searchesPerGroup`` among items of one reference.
    case searches
    /// ``MatchBounds/candidates`` for one line.
    case candidates
    /// ``MatchBounds/proposalsPerAmount``.
    case proposals

    package var words: String {
        switch self {
        case .itemsPerMatch: "more items than one match may have"
        case .setCandidates: "too many candidates to look for sets among"
        case .searchSteps: "the search for sets ended at its bound"
        case .searches: "too many items of one reference to look for sets"
        case .candidates: "there are more candidates"
        case .proposals: "there are more proposals for this amount"
        }
    }
}

/// The stated bounds of a run. Reaching one is told with what was not looked at.
package enum MatchBounds {
    /// Lines, and entries, of one run.
    package static var items: Int { 16_000_000 }
    /// References of one line or entry.
    package static var references: Int { 16 }
    /// Proposals for one question.
    package static var candidates: Int { 8 }
    /// Items that a set is chosen from. Among more of them some set fits nearly any sum by chance.
    package static var setCandidates: Int { 24 }
    /// Choices made in one search for sets, and in all of a run.
    package static var searchSteps: Int { 20_000 }
    package static var searchStepsOfRun: Int { 20_000_000 }
    /// Sums that sets are looked for among items of one reference.
    package static var searchesPerGroup: Int { 64 }
    /// Proposals among lines and entries of one amount, or of one reference within a tolerance, or
    /// for all reversals without one; behind them each gets one at most.
    package static var proposalsPerAmount: Int { 1_024 }
}

/// Lines and entries that belong together, or might.
package struct Match: Hashable, Sendable {
    /// What the ledger proves.
    package var claim: MatchClaim
    package var reasons: MatchReasons
    /// When there are other proposals of which at most one is right.
    package var choice: Choice?
    /// When there may be better proposals that were not looked for.
    package var bound: MatchBound?
    /// Of a proposed pair all that differs, for the person who decides.
    package var differences: [FieldDifference] = []

    package var score: UInt16 { reasons.score }
    /// Whether it needs no person's consent.
    package var isAutomatic: Bool { claim.isAutomatic }
}

/// That a bound ended the work on some lines and entries.
package struct BoundReached: Hashable, Sendable {
    package var bound: MatchBound
    /// The rule's number.
    package var rule: UInt16
    /// The reference that they share, where one is at issue.
    package var reference: Reference?
    /// Searches or items that were left out.
    package var count: Int
}
