internal import Domain

// Several lines that make up one entry, or several entries that make up one line: exact sets.

/// A sum and the sets that make it up.
private struct SetAnswer {
    /// Each has the one whose sum is made up on its side alone.
    var ties: [Tie]
    var bound: MatchBound?
}

extension Matcher {
    /// Sets among what bears one reference. A set is certain when its sum has no other one, no
    /// other sum's set has anything in common with it, and nothing was left out.
    mutating func matchSets(
        _ lines: [Slot], _ entries: [Slot], _ bond: Bond
    ) {
        let (rule, reference) = (bond.rule, bond.reference)
        var answers: [SetAnswer] = []
        var isComplete = true
        for (targets, pool, isLine) in [(entries, lines, false), (lines, entries, true)]
        where pool.count > 1 {
            let most = MatchBounds.searchesPerGroup
            if targets.count > most {
                note(.searches, rule, reference, count: targets.count - most)
                isComplete = false
            }
            for target in targets.prefix(most) {
                let answer = sets(for: target, isLine, among: pool[...], rule, reference)
                isComplete = isComplete && answer.bound == nil
                if !answer.ties.isEmpty { answers.append(answer) }
            }
        }
        // By item, in how many of the sets it is; entries below zero.
        var uses: [Int: Int] = [:]
        for tie in answers.flatMap(\.ties) {
            for line in tie.lines { uses[line, default: 0] += 1 }
            for entry in tie.entries { uses[~entry, default: 0] += 1 }
        }
        for answer in answers {
            if isComplete, !bond.isShared, answer.ties.count == 1, let only = answer.ties.first,
                only.lines.allSatisfy({ uses[$0] == 1 }),
                only.entries.allSatisfy({ uses[~$0] == 1 })
            {
                tie(only)
            } else {
                ask(answer.ties, isCutShort: answer.bound)
            }
        }
    }

    /// The sets among `pool` whose sum is the target; none when there are too many to choose from.
    private mutating func sets(
        for target: Slot, _ isLine: Bool, among pool: ArraySlice<Slot>, _ rule: MatchingRule,
        _ reference: Reference?
    ) -> SetAnswer {
        let participant = (isLine ? lineItems : entryItems)[Int(target.item)].participant
        var candidates: [Slot] = []
        for slot in pool
        where (slot.amount < 0) == (target.amount < 0)
            && slot.amount.magnitude < target.amount.magnitude
            && isWithin(rule.window, slot.place, target.place)
        {
            let item = (isLine ? entryItems : lineItems)[Int(slot.item)]
            let isSomebodyElse =
                participant != 0 && item.participant != 0
                && item.participant != participant
            guard item.standing == .free, !isSomebodyElse else { continue }
            candidates.append(slot)
            guard candidates.count <= MatchBounds.setCandidates else {
                note(.setCandidates, rule, reference, count: 1)
                return SetAnswer(ties: [], bound: .setCandidates)
            }
        }
        guard candidates.count > 1 else { return SetAnswer(ties: []) }
        candidates.sort { a, b in
            (b.amount.magnitude, a.item) < (a.amount.magnitude, b.item)
        }
        let left = MatchBounds.searchStepsOfRun - searchSteps
        let search = SetSearch(
            candidates.map { Int64($0.amount.magnitude) },
            target: Int64(target.amount.magnitude), mostSteps: min(MatchBounds.searchSteps, left))
        searchSteps += search.steps
        if search.bound == .searchSteps { note(.searchSteps, rule, reference, count: 1) }
        let ties = search.sets.map { set in
            let several = set.map { Int(candidates[$0].item) }.sorted()
            let one = [Int(target.item)]
            return Tie(
                lines: isLine ? one : several, entries: isLine ? several : one, rule: rule,
                reference: reference)
        }
        return SetAnswer(ties: ties, bound: search.bound)
    }
}

// MARK: By amount and date

/// What sets by amount and date are chosen from: whatever is free, by currency, direction and day.
struct SetPool {
    var lines: [Slot] = []
    var entries: [Slot] = []
    /// Lines and entries whose sums are to be made up, in this order.
    var targets: Int { lines.count + entries.count }
    /// The lines of `lines`, then the entries of `entries`, in the order of their numbers.
    var order: [Int32] = []
}

extension Matcher {
    /// Slots whose amount is only a direction, so that they are sorted by day within it.
    private func directed(_ slot: Slot) -> Slot {
        var directed = slot
        directed.amount = slot.amount.signum()
        return directed
    }

    func setPool(for rule: MatchingRule) -> SetPool {
        let lines = lineItems.indices.filter { isFree(line: $0) }
        let entries = entryItems.indices.filter { isFree(entry: $0, rule.entries) }
        guard !lines.isEmpty, !entries.isEmpty else { return SetPool() }
        return SetPool(
            lines: lines.map { directed(lineSlot($0)) }.sorted(),
            entries: entries.map { directed(entrySlot($0)) }.sorted(),
            order: (lines + entries).map { Int32($0) })
    }

    /// Proposes what makes up the sum of one line, or of one entry.
    mutating func proposeSets(for place: Int, by rule: MatchingRule) -> Int {
        let isLine = place < pool.lines.count
        let item = Int(pool.order[place])
        guard isLine ? isFree(line: item) : isFree(entry: item) else { return 1 }
        let target = isLine ? lineSlot(item) : entrySlot(item)
        let others = isLine ? pool.entries : pool.lines
        let window = Int32(rule.window ?? 0)
        var edge = directed(target)
        edge.item = .min
        edge.place -= window
        let start = others.firstPosition { $0 >= edge }
        edge.place += 2 * window + 1
        let near = start..<others.firstPosition { $0 >= edge }
        guard near.count <= MatchBounds.setCandidates * 4 else {
            note(.setCandidates, rule, count: 1)
            return 1
        }
        let slots = others[near].map { isLine ? entrySlot(Int($0.item)) : lineSlot(Int($0.item)) }
        let answer = sets(for: target, isLine, among: slots[...], rule, nil)
        ask(answer.ties, isCutShort: answer.bound)
        return 1 + near.count
    }
}
