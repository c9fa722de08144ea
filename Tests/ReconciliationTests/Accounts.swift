internal import Chance
internal import Domain
internal import Reconciliation

/// An account in dollars at an agent, its calendar and its rules.
enum Account {
    static let number: AccountID = 7
    /// A Wednesday.
    static let today = date("2026-11-25")

    static func date(_ text: String) -> CivilDate { CivilDate(text) ?? .none }

    /// Mondays to Fridays of 2026 but for Thanksgiving, the 26th of November.
    static let days: BusinessDays = {
        let (first, last) = (date("2026-01-01"), date("2026-12-31"))
        let dates = (first.rawValue...last.rawValue).map { CivilDate(rawValue: $0) }
        let open = dates.filter { $0.weekday < 6 && $0 != date("2026-11-26") }
        return BusinessDays(open, knownIn: first...last)
    }()

    static let charge = Tolerance(
        minorUnits: 1_500, reason: .chargeOnTheWay, bearer: .participant)

    static func rules(
        tolerance: Tolerance? = charge, window: Int? = 3, byAmount: Int? = 2, version: UInt32 = 1,
        entries: ExpectedKinds = .all, allowsSets: Bool = true, proposesParts: Bool = true
    ) -> MatchingRules {
        var rules = [
            MatchingRule(
                1, by: [.uetr, .endToEnd], entries: entries, tolerance: tolerance, window: window,
                allowsSets: allowsSets, proposesParts: proposesParts, isAutomatic: true),
            MatchingRule(
                2, by: [.own, .agent], entries: entries, window: window, allowsSets: allowsSets,
                proposesParts: proposesParts, isAutomatic: true),
        ]
        if let byAmount {
            rules.append(MatchingRule(3, by: [], window: byAmount, isAutomatic: false))
        }
        do throws(MatchingRulesFault) {
            return try MatchingRules(account: number, version: version, rules: rules)
        } catch {
            fatalError("the rules are none: \(error)")
        }
    }

    static func line(
        _ number: LineNumber, _ amount: Int64, _ references: Reference?...,
        currency: Currency = .usd, booked: String = "2026-11-24", valued: String? = nil,
        isReversal: Bool = false, nature: LineNature = .payment, participant: ParticipantID = 0
    ) -> OpenLine {
        OpenLine(
            account: self.number, number: number, amount: amount, currency: currency,
            bookingDate: date(booked), valueDate: date(valued ?? booked),
            references: references.compactMap(\.self), isReversal: isReversal, nature: nature,
            participant: participant)
    }

    static func entry(
        _ number: EntryNumber, _ amount: Int64, _ references: Reference?...,
        kind: ExpectedKind = .paymentLeg, currency: Currency = .usd, due: String = "2026-11-24",
        participant: ParticipantID = 0, rate: Rate? = nil
    ) -> OpenEntry {
        OpenEntry(
            account: self.number, number: number, kind: kind, amount: amount, currency: currency,
            dueDate: date(due), references: references.compactMap(\.self),
            participant: participant, rate: rate)
    }

    static func own(_ text: String) -> Reference? { Reference(.own, text) }
    static func endToEnd(_ text: String) -> Reference? { Reference(.endToEnd, text) }

    static func run(
        _ lines: [OpenLine], _ entries: [OpenEntry], _ rules: MatchingRules = rules(),
        today: CivilDate = today, budget: Int = .max
    ) throws -> Answer {
        var matcher = try Matcher(
            lines: lines, entries: entries, rules: rules, days: days, today: today)
        var matches: [Match] = []
        while !matcher.isFinished { matches += matcher.next(upTo: budget) }
        return Answer(
            matches: matches, unmatched: matcher.unmatched, bounds: matcher.boundsReached)
    }
}

/// All that a run says.
struct Answer: Equatable {
    var matches: [Match]
    var unmatched: [Unmatched]
    var bounds: [BoundReached]

    var automatic: [Match] { matches.filter(\.isAutomatic) }
    var proposals: [Match] { matches.filter { !$0.isAutomatic } }
    var breaks: [Unmatched] { unmatched.filter(\.isBreak) }
}

extension Match {
    var lines: [UInt64] { claim.lines.map(\.number) }
    var entries: [UInt64] { claim.entries.map(\.number) }
}

/// Lines and entries as the ledger holds them: it takes a match that is proven, or names who was
/// first.
struct OpenBook {
    var lines: [LineNumber: OpenLine] = [:]
    var entries: [EntryNumber: OpenEntry] = [:]
    var rules: MatchingRules
    private(set) var taken: MatchNumber = 0
    /// Sums of what was taken, and of the adjustments.
    private(set) var sums: (lines: Int128, entries: Int128, adjustments: Int128) = (0, 0, 0)

    init(_ lines: [OpenLine], _ entries: [OpenEntry], _ rules: MatchingRules) {
        for line in lines { self.lines[line.number] = line }
        for entry in entries { self.entries[entry.number] = entry }
        self.rules = rules
    }

    func verify(_ claim: MatchClaim) throws(MatchFault) {
        try Domain.verify(
            claim, against: rules, line: { lines[$0]?.item(undoing: claim.undoes) },
            entry: { entries[$0]?.item })
    }

    mutating func take(_ claim: MatchClaim) throws(MatchFault) {
        try verify(claim)
        taken += 1
        for taking in claim.lines {
            lines[taking.number]?.remaining -= taking.amount
            lines[taking.number]?.takenBy = taken
            sums.lines += Int128(taking.amount)
        }
        for taking in claim.entries {
            entries[taking.number]?.remaining -= taking.amount
            entries[taking.number]?.takenBy = taken
            sums.entries += Int128(taking.amount)
        }
        sums.adjustments += Int128(claim.adjustment?.amount ?? 0)
    }
}
