internal import Domain

// Lines that take another one back. They are proposed against it and settle no entry; the entry
// that the other one would have settled is open again.

extension Matcher {
    /// Pairs the reversals of a reference with the lines that they take back: the latest one of the
    /// opposite amount that is not younger.
    mutating func pairReversals(_ group: ReferenceGroup) -> Int {
        let members = index.members[group.lines]
        guard group.lines.count > 1,
            members.contains(where: { lineItems[Int($0)].isReversal })
        else { return 1 }
        var reversals: [Slot] = []
        var others: [Slot] = []
        for member in members {
            let item = lineItems[Int(member)]
            guard canBePaired(Int(member)) else { continue }
            var slot = bookedSlot(Int(member))
            if item.isReversal {
                slot.amount = -slot.amount
                reversals.append(slot)
            } else {
                others.append(slot)
            }
        }
        reversals.sort()
        others.sort()
        var next = 0
        var before: [Slot] = []
        for reversal in reversals {
            while next < others.count, isBefore(others[next], reversal) {
                before.append(others[next])
                next += 1
            }
            guard let other = before.last, other.equals(reversal) else { continue }
            before.removeLast()
            proposeReversal(Int(reversal.item), of: Int(other.item), by: group.reference)
        }
        return group.lines.count
    }

    /// Untouched, or taken by one match; and taken back by none.
    private func canBePaired(_ line: Int) -> Bool {
        let item = lineItems[line]
        let isWhole =
            item.standing == .free && item.remaining == item.amount
            || item.standing == .settled && !item.isReversal
        return isWhole && takenBackBy[line] < 0
    }

    /// By booking date: whatever was booked on a day may take back what was booked on it.
    private func bookedSlot(_ line: Int) -> Slot {
        Slot(
            currency: lineItems[line].currency.rawValue, amount: lineItems[line].amount,
            place: Int32(lineItems[line].bookingDate.rawValue), item: Int32(line))
    }

    private func isBefore(_ other: Slot, _ reversal: Slot) -> Bool {
        (other.currency, other.amount, other.place)
            <= (reversal.currency, reversal.amount, reversal.place)
    }

    private mutating func proposeReversal(
        _ reversal: Int, of other: Int, by reference: Reference?, choice: Choice? = nil,
        bound: MatchBound? = nil
    ) {
        let isSettled = lineItems[other].standing == .settled
        let claim = MatchClaim(
            account: rules.account, currency: lineItems[other].currency,
            lines: [min(other, reversal), max(other, reversal)].map {
                Taking(lines[$0].number, lineItems[$0].amount)
            },
            entries: [], version: rules.version, reference: reference,
            undoes: isSettled ? lines[other].takenBy : 0)
        var reasons = reference.map { MatchReasons(same: $0.kind) } ?? []
        reasons.insert(.oppositeAmount)
        let isSameDate = lineItems[other].date == lineItems[reversal].date
        reasons.insert(isSameDate ? .sameDate : .nearDate)
        found.append(Match(claim: claim, reasons: reasons, choice: choice, bound: bound))
        guard reference != nil else { return }
        lineItems[reversal].standing = .reversed
        takenBackBy[other] = Int32(reversal)
        if !isSettled { lineItems[other].standing = .reversed }
    }

    // MARK: What is open again

    /// Tells a reversal together with the entry that its line would have settled: one cause.
    mutating func reopen(_ group: ReferenceGroup) -> Int {
        guard group.isMixed else { return 1 }
        var backs: [Slot] = []
        for member in index.members[group.lines]
        where lineItems[Int(member)].standing == .reversed && takenBackBy[Int(member)] >= 0 {
            backs.append(bookedSlot(Int(member)))
        }
        guard !backs.isEmpty else { return group.count }
        var open = index.members[group.entries].map { Int($0) }.filter { isFree(entry: $0) }
            .map { entrySlot($0) }
        backs.sort()
        open.sort()
        var (back, entry) = (0, 0)
        while back < backs.count, entry < open.count {
            if backs[back].equals(open[entry]) {
                tellReversed(Int(backs[back].item), reopened: Int(open[entry].item))
                back += 1
                entry += 1
            } else if (backs[back].currency, backs[back].amount)
                < (open[entry].currency, open[entry].amount)
            {
                back += 1
            } else {
                entry += 1
            }
        }
        return group.count
    }

    private mutating func tellReversed(_ other: Int, reopened entry: Int?) {
        let reversal = Int(takenBackBy[other])
        let told = Unmatched(
            .reversal, lines[reversal], of: lines[other],
            reopened: entry.map { entries[$0] }, today: today, days: days)
        tell(told, [reversal], entry.map { [$0] } ?? [])
        if lineItems[other].standing == .reversed { lineItems[other].standing = .unmatched }
    }

    // MARK: Without a reference

    /// Proposes for each reversal that no reference explains the latest lines of the opposite
    /// amount.
    mutating func proposeLooseReversals() -> Int {
        guard hasReversals else { return 1 }
        for line in lineItems.indices where takenBackBy[line] >= 0 {
            let isTold = lineItems[Int(takenBackBy[line])].standing == .unmatched
            if !isTold { tellReversed(line, reopened: nil) }
        }
        let loose = lineItems.indices.filter {
            lineItems[$0].isReversal && lineItems[$0].standing == .free
        }
        guard !loose.isEmpty else { return lines.count }
        let others = lineItems.indices
            .filter { !lineItems[$0].isReversal && canBePaired($0) }
            .map { bookedSlot($0) }.sorted()
        let before = found.count
        for reversal in loose where canBePaired(reversal) {
            let isCrowd = found.count - before >= MatchBounds.proposalsPerAmount
            propose(reversal, among: others, most: isCrowd ? 1 : MatchBounds.candidates)
        }
        return lines.count
    }

    private mutating func propose(_ reversal: Int, among others: [Slot], most: Int) {
        var wanted = bookedSlot(reversal)
        wanted.amount = -wanted.amount
        wanted.item = .max
        let end = others.firstPosition { $0 > wanted }
        let latest = others[..<end].suffix(most + 1).reversed().prefix { other in
            let age = days.distance(
                from: lines[Int(other.item)].bookingDate, to: lines[reversal].bookingDate)
            return other.equals(wanted) && age <= rules.lookAround
        }
        let candidates = latest.prefix(most).map { Int($0.item) }
        let isCutShort = latest.count > most
        guard !candidates.isEmpty else { return }
        questions += 1
        for (rank, other) in candidates.enumerated() {
            proposeReversal(
                reversal, of: other, by: nil,
                choice: candidates.count == 1
                    ? nil : Choice(question: questions, rank: rank + 1, count: candidates.count),
                bound: isCutShort ? .candidates : nil)
        }
        let told = Unmatched(
            .reversal, lines[reversal], of: lines[candidates[0]], reopened: nil, today: today,
            days: days)
        tell(told, [reversal], [])
    }
}
