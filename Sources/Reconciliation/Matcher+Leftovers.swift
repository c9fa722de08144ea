internal import Domain

// What nothing explained.

extension Matcher {
    /// Holds a line against an entry that is like it but for direction or currency, when the amount
    /// stands once on each side and the days lie near: no reference says so, but two breaks of one
    /// amount on one day have one cause.
    mutating func holdResemblances() -> Int {
        let lines = lineItems.indices.filter { isFree(line: $0) }.map { bare(lineSlot($0)) }
            .sorted()
        let entries = entryItems.indices.filter { isFree(entry: $0) }.map { bare(entrySlot($0)) }
            .sorted()
        var (line, entry) = (0, 0)
        while line < lines.count, entry < entries.count {
            let endOfLines = lines.endOfRun(from: line)
            let endOfEntries = entries.endOfRun(from: entry)
            if lines[line].equals(entries[entry]) {
                if endOfLines - line == 1, endOfEntries - entry == 1 {
                    holdResemblance(lines[line], entries[entry])
                }
                (line, entry) = (endOfLines, endOfEntries)
            } else if lines[line].amount < entries[entry].amount {
                line = endOfLines
            } else {
                entry = endOfEntries
            }
        }
        return lines.count + entries.count
    }

    /// Without currency and direction.
    private func bare(_ slot: Slot) -> Slot {
        var bare = slot
        bare.currency = 0
        bare.amount = Int64(slot.amount.magnitude)
        return bare
    }

    private mutating func holdResemblance(_ ofLine: Slot, _ ofEntry: Slot) {
        let (line, entry) = (Int(ofLine.item), Int(ofEntry.item))
        let differs =
            lineItems[line].currency != entryItems[entry].currency
            || lineItems[line].remaining != entryItems[entry].remaining
        guard differs, isWithin(rules.lookAround, ofLine.place, ofEntry.place),
            !Reference.differ(
                lines[line].references, entries[entry].references, in: .uetr)
        else { return }
        let differences = FieldDifference.all(
            lines[line], entries[entry], window: rules.lookAround, days: days)
        let told = Unmatched(
            [lines[line]], [entries[entry]], differences, today: today, days: days)
        tell(told, [line], [entry])
    }

    mutating func tellLoneLine(_ line: Int) -> Int {
        if lineItems[line].standing == .free {
            let told = Unmatched(lone: lines[line], today: today, days: days)
            tell(told, [line], [])
        }
        return 1
    }

    mutating func tellLoneEntry(_ entry: Int) -> Int {
        if entryItems[entry].standing == .free {
            let told = Unmatched(lone: entries[entry], today: today, days: days)
            tell(told, [], [entry])
        }
        return 1
    }
}
