internal import Domain

// The rules by reference: among the lines and entries that bear one reference.

extension Matcher {
    /// - Returns: How many were looked at.
    mutating func match(_ group: ReferenceGroup, by rule: MatchingRule) -> Int {
        guard group.isMixed, rule.kinds.contains(group.reference.kind) else { return 1 }
        guard group.count > 2 else {
            let line = Int(index.members[group.lines.lowerBound])
            let entry = Int(index.members[group.entries.lowerBound])
            guard isFree(line: line), isFree(entry: entry, rule.entries) else { return 2 }
            matchPair(line, entry, rule, group.reference)
            return 2
        }
        var (lines, entries) = slots(of: group, rule.entries)
        while let first = lines.first, !entries.isEmpty {
            let currency = first.currency
            let otherLines = lines.firstPosition { $0.currency > currency }
            let fromEntry = entries.firstPosition { $0.currency >= currency }
            let otherEntries = entries.firstPosition { $0.currency > currency }
            match(
                Array(lines[..<otherLines]), Array(entries[fromEntry..<otherEntries]), rule,
                group.reference)
            lines = Array(lines[otherLines...])
            entries = Array(entries[otherEntries...])
        }
        return group.count
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

    private mutating func matchPair(
        _ line: Int, _ entry: Int, _ rule: MatchingRule, _ reference: Reference
    ) {
        let (ofLine, ofEntry) = (lineItems[line], entryItems[entry])
        guard ofLine.currency == ofEntry.currency,
            isWithin(rule.window, ofLine.place, ofEntry.place),
            agree(ofLine.remaining, ofEntry.remaining, rule.tolerance)
        else { return }
        tie(Tie(lines: [line], entries: [entry], rule: rule, reference: reference))
    }

    /// Equal, or of one direction and within the tolerance.
    private func agree(_ line: Int64, _ entry: Int64, _ tolerance: Tolerance?) -> Bool {
        if line == entry { return true }
        guard let tolerance, (line < 0) == (entry < 0) else { return false }
        return tolerance.covers(Int128(line) - Int128(entry))
    }

    /// Those of one reference and currency.
    private mutating func match(
        _ sortedLines: [Slot], _ sortedEntries: [Slot], _ rule: MatchingRule,
        _ reference: Reference
    ) {
        var (lines, entries) = (sortedLines, sortedEntries)
        pairEqual(&lines, &entries, rule, reference)
        guard !lines.isEmpty, !entries.isEmpty else { return }
        if tieAll(lines, entries, rule, reference, within: nil) { return }
        if let tolerance = rule.tolerance {
            pairTolerated(lines, entries, tolerance, rule, reference)
            keepFree(&lines, &entries)
            guard !lines.isEmpty, !entries.isEmpty else { return }
            let isOneToMany = (lines.count == 1) != (entries.count == 1)
            if tieAll(
                lines, entries, rule, reference, within: isOneToMany ? tolerance : nil)
            {
                return
            }
        }
        if rule.allowsSets, lines.count + entries.count > 2 {
            matchSets(lines, entries, rule, reference)
        }
    }

    private func keepFree(_ lines: inout [Slot], _ entries: inout [Slot]) {
        lines.removeAll { lineItems[Int($0.item)].standing != .free }
        entries.removeAll { entryItems[Int($0.item)].standing != .free }
    }

    // MARK: Equal amounts

    /// Pairs equal amounts, the earliest first; keeps those that find nobody within the window.
    private mutating func pairEqual(
        _ lines: inout [Slot], _ entries: inout [Slot], _ rule: MatchingRule,
        _ reference: Reference
    ) {
        var (line, entry) = (0, 0)
        while line < lines.count, entry < entries.count {
            let (ofLine, ofEntry) = (lines[line], entries[entry])
            if ofLine.equals(ofEntry), isWithin(rule.window, ofLine.place, ofEntry.place) {
                tie(
                    Tie(
                        lines: [Int(ofLine.item)], entries: [Int(ofEntry.item)], rule: rule,
                        reference: reference))
                line += 1
                entry += 1
            } else if (ofLine.amount, ofLine.place) < (ofEntry.amount, ofEntry.place) {
                line += 1
            } else {
                entry += 1
            }
        }
        keepFree(&lines, &entries)
    }

    // MARK: Equal sums

    /// Ties all that is left of a reference, when the sums are equal or within the tolerance.
    private mutating func tieAll(
        _ lines: [Slot], _ entries: [Slot], _ rule: MatchingRule, _ reference: Reference,
        within tolerance: Tolerance?
    ) -> Bool {
        guard rule.allowsSets, lines.count + entries.count > 2 else { return false }
        let difference =
            lines.reduce(Int128(0)) { $0 + Int128($1.amount) }
            - entries.reduce(Int128(0)) { $0 + Int128($1.amount) }
        guard difference == 0 || tolerance?.covers(difference) == true else { return false }
        guard lines.count + entries.count <= MatchClaim.mostItems else {
            note(.itemsPerMatch, rule, reference, count: lines.count + entries.count)
            return false
        }
        let (ofLines, ofEntries) = (lines.map { Int($0.item) }, entries.map { Int($0.item) })
        guard isWithinWindow(ofLines, ofEntries, rule) else { return false }
        tie(Tie(lines: ofLines, entries: ofEntries, rule: rule, reference: reference))
        return true
    }

    // MARK: Within the tolerance

    /// Ties pairs of which neither side has another candidate; proposes the other ones.
    private mutating func pairTolerated(
        _ lines: [Slot], _ entries: [Slot], _ tolerance: Tolerance, _ rule: MatchingRule,
        _ reference: Reference
    ) {
        let (less, more) = (tolerance.minorUnits, tolerance.isBothWays ? tolerance.minorUnits : 0)
        var asked: [(Slot, Range<Int>)] = []
        for slot in entries {
            let candidates = lines.range(slot.amount - less...slot.amount + more)
            if candidates.count > 1 { asked.append((slot, candidates)) }
            guard candidates.count == 1 else { continue }
            let line = lines[candidates.lowerBound]
            if entries.range(line.amount - more...line.amount + less).count == 1 {
                matchPair(Int(line.item), Int(slot.item), rule, reference)
            }
        }
        // All questions first: what one of them proposes is proposed by another one too.
        var left = MatchBounds.proposalsPerAmount
        for (ties, isCutShort) in asked.map({ slot, candidates in
            let most = left > 0 ? MatchBounds.candidates : 1
            left -= most
            // What is tolerated lies mostly below the entry: its nearest line is the last of them.
            let near = lines[candidates.suffix(most)].map { (line: $0, entry: slot) }
            return (tolerated(near, rule, reference), candidates.count > most)
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
                tolerated(near, rule, reference),
                isCutShort: candidates.count > most ? .candidates : nil)
        }
    }

    /// Those of some pairs that could be tied.
    private func tolerated(
        _ pairs: [(line: Slot, entry: Slot)], _ rule: MatchingRule, _ reference: Reference
    ) -> [Tie] {
        pairs.compactMap { pair in
            let (line, entry) = (Int(pair.line.item), Int(pair.entry.item))
            guard isFree(line: line), isFree(entry: entry),
                isWithin(rule.window, pair.line.place, pair.entry.place),
                agree(pair.line.amount, pair.entry.amount, rule.tolerance)
            else { return nil }
            return Tie(
                lines: [line], entries: [entry], rule: rule, reference: reference,
                isCertain: false)
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
    /// Of slots of one currency those whose amounts lie in a range.
    fileprivate func range(_ amounts: ClosedRange<Int64>) -> Range<Int> {
        let start = firstPosition { $0.amount >= amounts.lowerBound }
        return start..<Swift.max(start, firstPosition { $0.amount > amounts.upperBound })
    }
}
