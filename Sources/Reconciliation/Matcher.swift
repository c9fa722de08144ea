package import Domain

/// Finds which statement lines and expected entries of one account belong together, and says what
/// is wrong about the others.
///
/// A value without I/O or clock: the same lines, entries, rules, days and date give the same
/// matches in the same order, in whatever order they came and by whatever budget they are asked
/// for. What is uncertain is proposed; the ledger proves each match before it counts.
///
/// The order of work, each phase on what the earlier ones left:
///
/// 1. Lines that take another one back, by reference: proposed, and neither settles anything.
/// 2. The rules by reference, in their order: per reference equal amounts, equal sums, amounts
///    within the tolerance, exact sets. What is certain matches, what is ambiguous is proposed.
/// 3. Lines and entries that share a reference and differ otherwise: mismatches. The reference wins
///    over an equal amount elsewhere. Then what repeats a line that was used: duplicates.
/// 4. Reversals without a reference, the rules by amount and date, sets within their windows:
///    proposals only.
/// 5. What agrees in amount and date but not in direction or currency: mismatches. The rest is
///    expected, missing or not in the ledger.
///
/// Two lines of the same reference and amount stand for each other: which of them a match takes
/// says nothing about what is settled. The earlier one is taken, then the lower number.
///
/// - Complexity: O(n log n) in lines, entries and their references, for all inputs: what could take
///   more has a bound in ``MatchBounds``, and whatever a bound left out is told.
package struct Matcher: Sendable {
    package let rules: MatchingRules
    let days: BusinessDays
    let today: CivilDate

    /// In the order of their numbers.
    let lines: [OpenLine]
    let entries: [OpenEntry]
    var lineItems: [Item]
    var entryItems: [Item]
    var index = ReferenceIndex()
    let hasReversals: Bool
    /// By line that is taken back, who takes it back; empty without reversals.
    var takenBackBy: [Int32]

    private let phases: [Phase]
    private var phase = 0
    private var position = 0
    /// Of the phase by amount that runs.
    var amounts = AmountRuns()
    var pool = SetPool()
    var questions = 0
    var searchSteps = 0

    /// Found and not handed out.
    var found: [Match] = []
    /// Matches and proposals handed out so far: where to go on (``skip(to:)``).
    package private(set) var cursor = 0
    /// Complete when ``isFinished``; then in the order of lines, those without one behind them.
    package internal(set) var unmatched: [Unmatched] = []
    /// What bounds left out.
    package internal(set) var boundsReached: [BoundReached] = []

    /// The parts of the work, in their order.
    enum Phase {
        case index
        case reversals
        case references(MatchingRule)
        case reopened
        case linked
        case duplicates
        case looseReversals
        case amounts(MatchingRule)
        case sets(MatchingRule)
        case resemblances
        case loneLines
        case loneEntries
    }

    /// - Parameters:
    ///   - lines: Booked ones. Pending ones settle nothing and are not given.
    ///   - today: The date as of which entries are due; no clock is asked.
    /// - Complexity: O(n log n) when the numbers do not rise, else O(n).
    package init(
        lines: [OpenLine], entries: [OpenEntry], rules: MatchingRules, days: BusinessDays,
        today: CivilDate
    ) throws(InputFault) {
        self.rules = rules
        self.days = days
        self.today = today
        self.lines = Matcher.sorted(lines, by: \.number)
        self.entries = Matcher.sorted(entries, by: \.number)
        try Matcher.check(self.lines, .line, of: rules.account) {
            ($0.number, $0.account, $0.amount, $0.remaining, $0.references.count)
        }
        try Matcher.check(self.entries, .entry, of: rules.account) {
            ($0.number, $0.account, $0.amount, $0.remaining, $0.references.count)
        }
        lineItems = self.lines.map { Item($0, days) }
        entryItems = self.entries.map { Item($0, days) }
        hasReversals = lines.contains { $0.isReversal }
        takenBackBy = hasReversals ? [Int32](repeating: -1, count: lines.count) : []
        phases = Matcher.phases(of: rules)
    }

    private static func phases(of rules: MatchingRules) -> [Phase] {
        var phases: [Phase] = [.index, .reversals]
        phases += rules.rules.filter(\.isByReference).map { .references($0) }
        phases += [.reopened, .linked, .duplicates, .looseReversals]
        let byAmount = rules.rules.filter { !$0.isByReference }
        phases += byAmount.map { .amounts($0) }
        phases += byAmount.filter(\.allowsSets).map { .sets($0) }
        return phases + [.resemblances, .loneLines, .loneEntries]
    }

    private static func sorted<Value>(
        _ values: [Value], by number: (Value) -> UInt64
    ) -> [Value] {
        for next in values.indices.dropFirst() where number(values[next]) < number(values[next - 1])
        {
            return values.sorted { number($0) < number($1) }
        }
        return values
    }

    private static func check<Value>(
        _ values: [Value], _ side: MatchSide, of account: AccountID,
        _ parts: (Value) -> (UInt64, AccountID, Int64, Int64, Int)
    ) throws(InputFault) {
        guard values.count <= MatchBounds.items else { throw .tooMany(side) }
        var last: UInt64 = 0
        for value in values {
            let (number, owner, amount, remaining, references) = parts(value)
            guard number > last else { throw .numberNotUnique(side, number) }
            last = number
            guard owner == account else { throw .otherAccount(side, number) }
            // A line that moves nothing is there for information, and settled from the beginning.
            guard amount != 0 || side == .line, amount.magnitude <= Limits.maximumAmount.magnitude,
                remaining.magnitude <= amount.magnitude,
                remaining == 0 || (remaining < 0) == (amount < 0)
            else { throw .amountOutOfRange(side, number) }
            guard references <= MatchBounds.references else {
                throw .tooManyReferences(side, number)
            }
        }
    }
}

// MARK: Step by step

extension Matcher {
    package var isFinished: Bool { phase == phases.count }

    /// How far the work is: phases done of all, and the share of the one that runs in thousandths.
    package var progress: (phase: Int, of: Int, thousandths: Int) {
        (phase, phases.count, isFinished ? 0 : position * 1_000 / max(1, places))
    }

    /// Works on and hands out what was found.
    ///
    /// - Parameter budget: Lines and entries to look at, about: what shares one reference, or one
    ///   amount, is done in one piece, and so is the index at the beginning.
    /// - Returns: Maybe nothing, although there is more; ``isFinished`` tells.
    package mutating func next(upTo budget: Int) -> [Match] {
        var spent = 0
        while spent < budget, !isFinished { spent += step() }
        defer { found.removeAll() }
        cursor += found.count
        return found
    }

    /// Goes on where another run of the same input had handed out so many, and hands out the rest.
    ///
    /// Nothing else has to be kept of a run that was stopped: the work is done again, the answers
    /// are the same. A run of what the ledger holds after the first answers may find more than this
    /// one: with fewer candidates less is ambiguous.
    package mutating func skip(to cursor: Int) -> [Match] {
        require(cursor >= self.cursor, "a run goes on, not back")
        while self.cursor + found.count < cursor, !isFinished { _ = step() }
        let rest = Array(found.dropFirst(cursor - self.cursor))
        self.cursor += found.count
        found.removeAll()
        return rest
    }

    /// Everything at once.
    package mutating func run() -> [Match] {
        var all: [Match] = []
        while !isFinished { all += next(upTo: .max) }
        return all
    }

    private var places: Int {
        switch phases[phase] {
        case .index, .looseReversals, .resemblances: 1
        case .reversals, .reopened: hasReversals ? index.groups.count : 0
        case .references, .linked, .duplicates: index.groups.count
        case .amounts: amounts.runs.count
        case .sets: pool.targets
        case .loneLines: lines.count
        case .loneEntries: entries.count
        }
    }

    /// Does one piece of the phase that runs, or begins the next one.
    ///
    /// - Returns: How many lines and entries it looked at.
    private mutating func step() -> Int {
        guard position < places else {
            begin(phase + 1)
            return 1
        }
        let place = position
        position += 1
        switch phases[phase] {
        case .index:
            index = ReferenceIndex(lines, entries)
            return lines.count + entries.count
        case .reversals: return pairReversals(index.groups[place])
        case .references(let rule): return match(index.groups[place], by: rule)
        case .reopened: return reopen(index.groups[place])
        case .linked: return holdTogether(index.groups[place])
        case .duplicates: return findDuplicates(index.groups[place])
        case .looseReversals: return proposeLooseReversals()
        case .amounts(let rule): return propose(amounts.runs[place], by: rule)
        case .sets(let rule): return proposeSets(for: place, by: rule)
        case .resemblances: return holdResemblances()
        case .loneLines: return tellLoneLine(place)
        case .loneEntries: return tellLoneEntry(place)
        }
    }

    private mutating func begin(_ next: Int) {
        phase = next
        position = 0
        guard !isFinished else {
            unmatched.sort { a, b in
                (a.lines.first ?? .max, a.entries.first ?? .max)
                    < (b.lines.first ?? .max, b.entries.first ?? .max)
            }
            return
        }
        switch phases[phase] {
        case .amounts(let rule): amounts = amountRuns(for: rule)
        case .sets(let rule): pool = setPool(for: rule)
        case .index, .reversals, .references, .reopened, .linked, .duplicates, .looseReversals,
            .resemblances, .loneLines, .loneEntries:
            break
        }
    }
}
