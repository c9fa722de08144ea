internal import Domain

// Lines and entries that share a reference and do not agree, and lines that repeat one another.

extension Matcher {
    /// Holds what is left of a reference against each other: first equal amounts (something else
    /// differs), then by size.
    mutating func holdTogether(_ group: ReferenceGroup) -> Int {
        guard group.isMixed, isTied(by: group.reference.kind) else { return 1 }
        guard group.count > 2 else {
            let line = Int(index.members[group.lines.lowerBound])
            let entry = Int(index.members[group.entries.lowerBound])
            if isFree(line: line), isFree(entry: entry) { hold(line, entry, group.reference) }
            return 2
        }
        var lines = bySize(index.members[group.lines], lineItems)
        var entries = bySize(index.members[group.entries], entryItems)
        guard !lines.isEmpty, !entries.isEmpty else { return group.count }
        var (line, entry) = (0, 0)
        while line < lines.count, entry < entries.count {
            let inLine = lineItems[lines[line]].remaining.magnitude
            let inEntry = entryItems[entries[entry]].remaining.magnitude
            if inLine == inEntry { hold(lines[line], entries[entry], group.reference) }
            if inLine <= inEntry { line += 1 }
            if inEntry <= inLine { entry += 1 }
        }
        lines.removeAll { !isFree(line: $0) }
        entries.removeAll { !isFree(entry: $0) }
        guard !lines.isEmpty, !entries.isEmpty else { return group.count }
        holdSpread(lines, entries, group.reference)
        for (line, entry) in zip(lines, entries) where isFree(line: line) && isFree(entry: entry) {
            hold(line, entry, group.reference)
        }
        return group.count
    }

    /// What is free, by amount without its direction, then by currency, day and number.
    private func bySize(_ members: ArraySlice<Int32>, _ items: [Item]) -> [Int] {
        members.compactMap { member -> (UInt64, UInt8, Int32, Int)? in
            let item = items[Int(member)]
            guard item.standing == .free, !item.isReversal else { return nil }
            return (
                item.remaining.magnitude, item.currency.rawValue, item.place, Int(member)
            )
        }.sorted { $0 < $1 }.map(\.3)
    }

    /// Whether a rule ties by references of a kind.
    private func isTied(by kind: ReferenceKind) -> Bool {
        rules.rules.contains { $0.kinds.contains(kind) }
    }

    /// Tells how a line and an entry differ that a reference ties, and proposes what could be done
    /// all the same.
    private mutating func hold(_ line: Int, _ entry: Int, _ reference: Reference) {
        let rule = rule(for: entry, reference)
        let differences = FieldDifference.all(
            lines[line], entries[entry], window: rule?.window, days: days)
        let told = Unmatched(
            [lines[line]], [entries[entry]], differences, today: today, days: days)
        let (inLine, inEntry) = (lineItems[line].remaining, entryItems[entry].remaining)
        let pair = Tie(
            lines: [line], entries: [entry], rule: rule, reference: reference, isCertain: false,
            differences: differences)
        if isOneDirection(line, entry), inLine == inEntry {
            tie(pair)
        } else if isOneDirection(line, entry), let rule, rule.proposesParts {
            proposeParts(pair, by: rule)
        }
        guard told.isBreak else { return }
        tell(told, [line], [entry])
    }

    private func rule(for entry: Int, _ reference: Reference) -> MatchingRule? {
        rules.rules.first {
            $0.kinds.contains(reference.kind) && $0.entries.isSuperset(of: entryItems[entry].kinds)
        }
    }

    private func isOneDirection(_ line: Int, _ entry: Int) -> Bool {
        lineItems[line].currency == entryItems[entry].currency
            && (lineItems[line].remaining < 0) == (entryItems[entry].remaining < 0)
    }

    /// One line against several entries, or several lines against one entry, whose sums differ: one
    /// cause, told with both sums. The earliest ones are held against it, until it is used up; the
    /// others stay for themselves.
    private mutating func holdSpread(_ lines: [Int], _ open: [Int], _ reference: Reference) {
        guard lines.count == 1 || open.count == 1, let rule = rule(for: open[0], reference),
            rule.allowsSets
        else { return }
        let entries = open.filter { isFree(entry: $0, rule.entries) }
        let isLine = lines.count == 1
        let whole = isLine ? lineItems[lines[0]].remaining : entryItems[entries[0]].remaining
        let (parts, sum) =
            isLine
            ? earliest(entries.map { entrySlot($0) }, like: lineSlot(lines[0]))
            : earliest(lines.map { lineSlot($0) }, like: entrySlot(entries[0]))
        guard parts.count > 1 else { return }
        let currency = lineItems[lines[0]].currency
        let texts = [Int128(whole), sum].map { currency.decimal($0) }
        let differences = [
            FieldDifference(
                field: .amount, line: texts[isLine ? 0 : 1], entry: texts[isLine ? 1 : 0])
        ]
        let (ofLines, ofEntries) = isLine ? (lines, parts) : (parts, entries)
        if rule.proposesParts {
            let tie = Tie(
                lines: ofLines, entries: ofEntries, rule: rule, reference: reference,
                differences: differences)
            proposeParts(tie, by: rule)
        }
        let told = Unmatched(
            ofLines.sorted().map { self.lines[$0] }, ofEntries.sorted().map { self.entries[$0] },
            differences, today: today, days: days)
        tell(told, ofLines, ofEntries)
    }

    /// The earliest ones of the direction and currency of another one that reach its amount, or all
    /// of them, and their sum.
    private func earliest(_ slots: [Slot], like whole: Slot) -> ([Int], Int128) {
        var parts: [Int] = []
        var sum: Int128 = 0
        for slot in slots.sorted(by: { ($0.place, $0.item) < ($1.place, $1.item) })
        where slot.currency == whole.currency && (slot.amount < 0) == (whole.amount < 0) {
            guard sum.magnitude < Int128(whole.amount).magnitude,
                parts.count < MatchClaim.mostItems - 1
            else { break }
            parts.append(Int(slot.item))
            sum += Int128(slot.amount)
        }
        return (parts, sum)
    }

    mutating func tell(_ told: Unmatched, _ lines: [Int], _ entries: [Int]) {
        unmatched.append(told)
        for line in lines { lineItems[line].standing = .unmatched }
        for entry in entries { entryItems[entry].standing = .unmatched }
    }

    // MARK: Duplicates

    /// A line that bears the reference and has the amount of one that is explained already.
    ///
    /// Equal lines are equal lines: none is swallowed. It is told, and a person decides.
    mutating func findDuplicates(_ group: ReferenceGroup) -> Int {
        guard group.lines.count > 1, group.reference.kind != .other else { return 1 }
        let members = index.members[group.lines]
        guard members.contains(where: { isFree(line: Int($0)) }) else { return group.lines.count }
        var slots: [Slot] = []
        for member in members where !lineItems[Int(member)].isReversal {
            var slot = lineSlot(Int(member))
            slot.amount = lineItems[Int(member)].amount
            slots.append(slot)
        }
        slots.sort()
        var start = 0
        while start < slots.count {
            let end = slots.endOfRun(from: start)
            let run = slots[start..<end].map { Int($0.item) }
            if let first = run.first(where: { isUsed(line: $0) }) { tellRepeats(run, of: first) }
            start = end
        }
        return group.lines.count
    }

    private func isUsed(line: Int) -> Bool {
        switch lineItems[line].standing {
        case .matched, .proposed, .unmatched, .settled: true
        case .free, .reversed: false
        }
    }

    private mutating func tellRepeats(_ run: [Int], of first: Int) {
        for line in run where isFree(line: line) {
            guard
                !Reference.differ(
                    lines[line].references, lines[first].references, in: .uetr)
            else { continue }
            let told = Unmatched(
                .duplicate, lines[line], of: lines[first], reopened: nil, today: today, days: days)
            tell(told, [line], [])
        }
    }
}
