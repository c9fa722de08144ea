internal import Domain

// The rules by reference: among the lines and entries that bear one reference.

/// By which rule and reference lines and entries are tied.
struct Bond {
    let rule: MatchingRule
    let reference: Reference
    /// Whether entries of two participants bear the reference: then it only proposes.
    var isShared = false
}

extension Matcher {
    /// - Returns: How many were looked at.
    mutating func match(_ group: ReferenceGroup, by rule: MatchingRule) -> Int {
        guard group.isMixed, rule.kinds.contains(group.reference.kind) else { return 1 }
        var bond = Bond(rule: rule, reference: group.reference)
        guard group.count > 2 else {
            let line = Int(index.members[group.lines.lowerBound])
            let entry = Int(index.members[group.entries.lowerBound])
            guard isFree(line: line), isFree(entry: entry, rule.entries) else { return 2 }
            matchPair(line, entry, bond)
            return 2
        }
        bond.isShared = isShared(index.members[group.entries])
        var (lines, entries) = slots(of: group, rule.entries)
        while let first = lines.first, !entries.isEmpty {
            let currency = first.currency
            let otherLines = lines.firstPosition { $0.currency > currency }
            let fromEntry = entries.firstPosition { $0.currency >= currency }
            let otherEntries = entries.firstPosition { $0.currency > currency }
            match(
                Array(lines[..<otherLines]), Array(entries[fromEntry..<otherEntries]), bond)
            lines = Array(lines[otherLines...])
            entries = Array(entries[otherEntries...])
        }
        return group.count
    }

    /// Whether the entries are of two participants, those that are settled included.
    private func isShared(_ members: ArraySlice<Int32>) -> Bool {
        var owner: ParticipantID = 0
        for member in members {
            let participant = entryItems[Int(member)].participant
            if participant != 0, owner != 0, participant != owner { return true }
            if participant != 0 { owner = participant }
        }
        return false
    }

    /// What is free of a group, sorted.
    func slots(of group: ReferenceGroup, _ kinds: ExpectedKinds) -> ([Slot], [Slot]) {
        var lines: [Slot] = []
        var entries: [Slot] = []
        for member in index.members[group.lines] where isFree(line: Int(member)) {
            lines.append(lineSlot(Int(member)))
        }
        guard !lines.isEmpty else { return ([], []) }
        for member in index.members[group.entries] where isFree(entry: Int(member), kinds) {
            entries.append(entrySlot(Int(member)))
        }
        lines.sort()
        entries.sort()
        return (lines, entries)
    }

    private mutating func matchPair(_ line: Int, _ entry: Int, _ bond: Bond) {
        let (ofLine, ofEntry) = (lineItems[line], entryItems[entry])
        guard ofLine.currency == ofEntry.currency,
            isWithin(bond.rule.window, ofLine.place, ofEntry.place),
            agree(ofLine.remaining, ofEntry.remaining, bond.rule.tolerance)
        else { return }
        tie(Tie(lines: [line], entries: [entry], bond: bond))
    }

    /// Equal, or of one direction and within the tolerance.
    private func agree(_ line: Int64, _ entry: Int64, _ tolerance: Tolerance?) -> Bool {
        if line == entry { return true }
        guard let tolerance, (line < 0) == (entry < 0) else { return false }
        return tolerance.covers(Int128(line) - Int128(entry))
    }

    /// Those of one reference and currency: what came in against what was to come in, then what
    /// went out; what is left of both directions may still add up together.
    private mutating func match(_ lines: [Slot], _ entries: [Slot], _ bond: Bond) {
        let (out, owed) = (
            lines.firstPosition { $0.amount > 0 }, entries.firstPosition { $0.amount > 0 }
        )
        matchDirection(Array(lines[..<out]), Array(entries[..<owed]), bond)
        matchDirection(Array(lines[out...]), Array(entries[owed...]), bond)
        let hasOneDirection = [0, lines.count].contains(out) && [0, entries.count].contains(owed)
        guard !hasOneDirection else { return }
        var (left, open) = (lines, entries)
        keepFree(&left, &open)
        guard !left.isEmpty, !open.isEmpty else { return }
        _ = tieAll(left, open, bond, within: nil)
    }

    private mutating func matchDirection(
        _ sortedLines: [Slot], _ sortedEntries: [Slot], _ bond: Bond
    ) {
        var (lines, entries) = (sortedLines, sortedEntries)
        guard !lines.isEmpty, !entries.isEmpty else { return }
        if bond.isShared { askEqual(lines, entries, bond) } else { pairEqual(lines, entries, bond) }
        keepFree(&lines, &entries)
        guard !lines.isEmpty, !entries.isEmpty else { return }
        if tieAll(lines, entries, bond, within: nil) { return }
        if let tolerance = bond.rule.tolerance {
            pairTolerated(lines, entries, tolerance, bond)
            keepFree(&lines, &entries)
            guard !lines.isEmpty, !entries.isEmpty else { return }
            let isOneToMany = (lines.count == 1) != (entries.count == 1)
            if tieAll(lines, entries, bond, within: isOneToMany ? tolerance : nil) { return }
        }
        if bond.rule.allowsSets, lines.count + entries.count > 2 {
            matchSets(lines, entries, bond)
        }
    }

    private func keepFree(_ lines: inout [Slot], _ entries: inout [Slot]) {
        lines.removeAll { lineItems[Int($0.item)].standing != .free }
        entries.removeAll { entryItems[Int($0.item)].standing != .free }
    }

    // MARK: Equal amounts

    /// Pairs equal amounts, the earliest first.
    private mutating func pairEqual(_ lines: [Slot], _ entries: [Slot], _ bond: Bond) {
        var (line, entry) = (0, 0)
        while line < lines.count, entry < entries.count {
            let (ofLine, ofEntry) = (lines[line], entries[entry])
            if ofLine.equals(ofEntry), isWithin(bond.rule.window, ofLine.place, ofEntry.place) {
                tie(Tie(lines: [Int(ofLine.item)], entries: [Int(ofEntry.item)], bond: bond))
                line += 1
                entry += 1
            } else if (ofLine.amount, ofLine.place) < (ofEntry.amount, ofEntry.place) {
                line += 1
            } else {
                entry += 1
            }
        }
    }

    /// Where the reference does not say whose money it is, each line is a question: which of the
    /// entries of its amount is meant.
    private mutating func askEqual(_ lines: [Slot], _ entries: [Slot], _ bond: Bond) {
        var left = MatchBounds.proposalsPerAmount
        var questions: [(ties: [Tie], isCutShort: Bool)] = []
        for line in lines {
            let near = entries.equal(to: line, within: bond.rule.window)
            let most = left > 0 ? MatchBounds.candidates : 1
            let ties = entries[near.prefix(2 * most)].filter { !areOthers(line, $0) }.prefix(most)
                .map { Tie(lines: [Int(line.item)], entries: [Int($0.item)], bond: bond) }
            left -= ties.count
            questions.append((ties, near.count > ties.count))
        }
        for question in questions {
            propose(question.ties, isCutShort: question.isCutShort ? .candidates : nil)
        }
    }

    /// Whether a line and an entry name two participants.
    func areOthers(_ line: Slot, _ entry: Slot) -> Bool {
        let named = lineItems[Int(line.item)].participant
        let owner = entryItems[Int(entry.item)].participant
        return named != 0 && owner != 0 && named != owner
    }

    // MARK: Equal sums

    /// Ties all that is left of a reference, when the sums are equal or within the tolerance.
    private mutating func tieAll(
        _ lines: [Slot], _ entries: [Slot], _ bond: Bond, within tolerance: Tolerance?
    ) -> Bool {
        guard bond.rule.allowsSets, lines.count + entries.count > 2 else { return false }
        let difference =
            lines.reduce(Int128(0)) { $0 + Int128($1.amount) }
            - entries.reduce(Int128(0)) { $0 + Int128($1.amount) }
        guard difference == 0 || tolerance?.covers(difference) == true else { return false }
        guard lines.count + entries.count <= MatchClaim.mostItems else {
            note(
                .itemsPerMatch, bond.rule, bond.reference, count: lines.count + entries.count)
            return false
        }
        let (ofLines, ofEntries) = (lines.map { Int($0.item) }, entries.map { Int($0.item) })
        guard isWithinWindow(ofLines, ofEntries, bond.rule) else { return false }
        tie(Tie(lines: ofLines, entries: ofEntries, bond: bond))
        return true
    }

    // MARK: Within the tolerance

    /// Ties pairs of which neither side has another candidate; proposes the other ones.
    private mutating func pairTolerated(
        _ lines: [Slot], _ entries: [Slot], _ tolerance: Tolerance, _ bond: Bond
    ) {
        let (less, more) = (tolerance.minorUnits, tolerance.isBothWays ? tolerance.minorUnits : 0)
        var asked: [(Slot, Range<Int>)] = []
        for slot in entries {
            let candidates = lines.range(slot.amount - less...slot.amount + more)
            if candidates.count > 1 { asked.append((slot, candidates)) }
            guard candidates.count == 1 else { continue }
            let line = lines[candidates.lowerBound]
            if entries.range(line.amount - more...line.amount + less).count == 1 {
                matchPair(Int(line.item), Int(slot.item), bond)
            }
        }
        // All questions first: what one of them proposes is proposed by another one too.
        var left = MatchBounds.proposalsPerAmount
        for (ties, isCutShort) in asked.map({ slot, candidates in
            let most = left > 0 ? MatchBounds.candidates : 1
            left -= most
            // What is tolerated lies mostly below the entry: its nearest line is the last of them.
            let near = lines[candidates.suffix(most)].map { (line: $0, entry: slot) }
            return (tolerated(near, bond), candidates.count > most)
        }) {
            ask(ties, isCutShort: isCutShort ? .candidates : nil)
        }
        for slot in lines where isFree(line: Int(slot.item)) {
            let candidates = entries.range(slot.amount - more...slot.amount + less)
            guard candidates.count > 1 else { continue }
            let most = left > 0 ? MatchBounds.candidates : 1
            left -= most
            let near = entries[candidates.prefix(most)].map { (line: slot, entry: $0) }
            ask(
                tolerated(near, bond),
                isCutShort: candidates.count > most ? .candidates : nil)
        }
    }

    /// Those of some pairs that could be tied.
    private func tolerated(_ pairs: [(line: Slot, entry: Slot)], _ bond: Bond) -> [Tie] {
        pairs.compactMap { pair in
            let (line, entry) = (Int(pair.line.item), Int(pair.entry.item))
            guard isFree(line: line), isFree(entry: entry),
                isWithin(bond.rule.window, pair.line.place, pair.entry.place),
                agree(pair.line.amount, pair.entry.amount, bond.rule.tolerance)
            else { return nil }
            return Tie(lines: [line], entries: [entry], bond: bond, isCertain: false)
        }
    }

    /// Proposes several ties of which at most one is right: the best score first, then the lowest
    /// numbers.
    mutating func ask(_ ties: [Tie], isCutShort bound: MatchBound?) {
        guard !ties.isEmpty else { return }
        questions += 1
        let scored = ties.map { (tie: $0, score: reasons($0).score) }.sorted { a, b in
            if a.score != b.score { return a.score > b.score }
            let (first, second) = (a.tie, b.tie)
            return first.lines == second.lines
                ? first.entries.lexicographicallyPrecedes(second.entries)
                : first.lines.lexicographicallyPrecedes(second.lines)
        }
        for (rank, scored) in scored.enumerated() {
            var next = scored.tie
            next.isCertain = false
            next.choice = Choice(question: questions, rank: rank + 1, count: ties.count)
            next.bound = bound
            tie(next)
        }
    }
}

extension Array where Element == Slot {
    /// Of slots of one currency those of the same amount that lie so near in time.
    fileprivate func equal(to slot: Slot, within window: Int?) -> Range<Int> {
        let places = window.map { slot.place - Int32($0)...slot.place + Int32($0) }
        let first = (slot.amount, places?.lowerBound ?? .min)
        let last = (slot.amount, places?.upperBound ?? .max)
        return firstPosition {
            ($0.amount, $0.place) >= first
        }..<firstPosition { ($0.amount, $0.place) > last }
    }

    /// Of slots of one currency those whose amounts lie in a range.
    fileprivate func range(_ amounts: ClosedRange<Int64>) -> Range<Int> {
        let start = firstPosition { $0.amount >= amounts.lowerBound }
        return start..<Swift.max(start, firstPosition { $0.amount > amounts.upperBound })
    }
}
