internal import Domain

/// Lines and entries that are to be tied, by position.
struct Tie {
    var lines: [Int]
    var entries: [Int]
    var rule: MatchingRule?
    /// What they all bear.
    var reference: Reference?
    /// Whether nothing else could be meant.
    var isCertain = true
    /// Its question and rank, when there are several.
    var choice: Choice?
    var bound: MatchBound?
    /// What differs all the same.
    var differences: [FieldDifference] = []
}

extension Tie {
    init(lines: [Int], entries: [Int], bond: Bond, isCertain: Bool = true) {
        self.init(
            lines: lines, entries: entries, rule: bond.rule, reference: bond.reference,
            isCertain: isCertain && !bond.isShared)
    }
}

extension Matcher {
    /// Ties lines and entries whose sums are equal or lie within the rule's tolerance, with all
    /// that is left of each. By itself when it is certain and the rule may.
    mutating func tie(_ tie: Tie) {
        let lines = tie.lines.sorted().map {
            Taking(self.lines[$0].number, lineItems[$0].remaining)
        }
        let entries = tie.entries.sorted().map {
            Taking(self.entries[$0].number, entryItems[$0].remaining)
        }
        let difference = sum(lines) - sum(entries)
        let isOne = isOnePayment(tie)
        let isAutomatic = tie.isCertain && tie.rule?.isAutomatic == true && isOne
        let claim = MatchClaim(
            account: rules.account, currency: lineItems[tie.lines[0]].currency, lines: lines,
            entries: entries, adjustment: adjustment(difference, by: tie.rule),
            version: rules.version, rule: tie.rule?.number ?? 0, reference: tie.reference,
            isAutomatic: isAutomatic)
        var reasons = self.reasons(tie)
        if difference != 0 {
            reasons.insert(.withinTolerance)
        } else {
            reasons.insert(lines.count + entries.count == 2 ? .equalAmount : .equalSums)
        }
        found.append(
            Match(
                claim: claim, reasons: reasons, choice: tie.choice, bound: tie.bound,
                differences: isOne ? tie.differences : differences(tie)))
        let standing: Standing = isAutomatic ? .matched : .proposed
        for line in tie.lines where lineItems[line].standing == .free {
            lineItems[line].standing = standing
        }
        for entry in tie.entries where entryItems[entry].standing == .free {
            entryItems[entry].standing = standing
        }
    }

    /// Whether everything goes one way, for one participant, and no UETRs say otherwise: whatever
    /// else it shares, only then it is tied by itself.
    private func isOnePayment(_ tie: Tie) -> Bool {
        let goesOut = lineItems[tie.lines[0]].remaining < 0
        var participant: ParticipantID = 0
        func agrees(_ item: Item) -> Bool {
            if participant == 0 { participant = item.participant }
            return (item.remaining < 0) == goesOut
                && (item.participant == 0 || item.participant == participant)
        }
        guard tie.lines.allSatisfy({ agrees(lineItems[$0]) }),
            tie.entries.allSatisfy({ agrees(entryItems[$0]) })
        else { return false }
        guard tie.lines.count + tie.entries.count > 2 else {
            return !Reference.differ(
                lines[tie.lines[0]].references, entries[tie.entries[0]].references, in: .uetr)
        }
        var payments = NamedPayments()
        for line in tie.lines { payments.add(lines[line].references, of: line, on: .line) }
        for entry in tie.entries { payments.add(entries[entry].references, of: entry, on: .entry) }
        return payments.stranger == nil
    }

    private func differences(_ tie: Tie) -> [FieldDifference] {
        guard tie.lines.count + tie.entries.count == 2 else { return tie.differences }
        return FieldDifference.all(
            lines[tie.lines[0]], entries[tie.entries[0]], window: tie.rule?.window, days: days)
    }

    /// Proposes lines and entries of one direction whose sums differ: in their order they take
    /// from each other until one side is used up. Something remains of the last one of the other.
    mutating func proposeParts(_ tie: Tie, by rule: MatchingRule) {
        let sums = (
            tie.lines.reduce(Int128(0)) { $0 + Int128(lineItems[$1].remaining) },
            tie.entries.reduce(Int128(0)) { $0 + Int128(entryItems[$1].remaining) }
        )
        let part = sums.0.magnitude < sums.1.magnitude ? sums.0 : sums.1
        func takings(_ items: [(UInt64, Int64)]) -> [Taking] {
            var left = part
            return items.compactMap { number, remaining in
                guard left != 0 else { return nil }
                let isWhole = Int128(remaining).magnitude <= left.magnitude
                let taken = isWhole ? remaining : Int64(left)
                left -= Int128(taken)
                return Taking(number, taken)
            }.sorted { $0.number < $1.number }
        }
        let claim = MatchClaim(
            account: rules.account, currency: lineItems[tie.lines[0]].currency,
            lines: takings(tie.lines.map { (lines[$0].number, lineItems[$0].remaining) }),
            entries: takings(tie.entries.map { (entries[$0].number, entryItems[$0].remaining) }),
            version: rules.version, rule: rule.number, reference: tie.reference)
        found.append(
            Match(
                claim: claim, reasons: reasons(tie).union(.part), differences: tie.differences))
    }

    private func sum(_ takings: [Taking]) -> Int128 {
        takings.reduce(0) { $0 + Int128($1.amount) }
    }

    private func adjustment(_ difference: Int128, by rule: MatchingRule?) -> MatchAdjustment? {
        guard difference != 0 else { return nil }
        guard let tolerance = rule?.tolerance, tolerance.covers(difference) else {
            require(false, "what is tied is equal or within the tolerance")
            return nil
        }
        return MatchAdjustment(
            amount: Int64(difference), reason: tolerance.reason, bearer: tolerance.bearer)
    }

    /// What speaks for a tie but for its amounts.
    func reasons(_ tie: Tie) -> MatchReasons {
        var reasons = tie.reference.map { MatchReasons(same: $0.kind) } ?? []
        let first = lineItems[tie.lines[0]]
        let isSameDate =
            tie.lines.allSatisfy { lineItems[$0].date == first.date }
            && tie.entries.allSatisfy { entryItems[$0].date == first.date }
        if isSameDate {
            reasons.insert(.sameDate)
        } else if tie.rule?.window != nil, isWithinWindow(tie.lines, tie.entries, tie.rule) {
            reasons.insert(.nearDate)
        }
        if first.participant != 0,
            tie.lines.allSatisfy({ lineItems[$0].participant == first.participant }),
            tie.entries.allSatisfy({ entryItems[$0].participant == first.participant })
        {
            reasons.insert(.sameParticipant)
        }
        return reasons
    }

    // MARK: Windows

    /// Whether each line lies within the rule's window of each entry.
    func isWithinWindow(_ lines: [Int], _ entries: [Int], _ rule: MatchingRule?) -> Bool {
        guard let window = rule?.window else { return true }
        var (firstLine, lastLine): (Int32, Int32) = (.max, .min)
        for line in lines {
            firstLine = min(firstLine, lineItems[line].place)
            lastLine = max(lastLine, lineItems[line].place)
        }
        return entries.allSatisfy { entry in
            let place = entryItems[entry].place
            return Int(lastLine - place) <= window && Int(place - firstLine) <= window
        }
    }

    func isWithin(_ window: Int?, _ line: Int32, _ entry: Int32) -> Bool {
        window.map { abs(Int(line) - Int(entry)) <= $0 } ?? true
    }

    // MARK: Sorting

    func lineSlot(_ line: Int) -> Slot {
        let item = lineItems[line]
        return Slot(
            currency: item.currency.rawValue, amount: item.remaining, place: item.place,
            item: Int32(line))
    }

    func entrySlot(_ entry: Int) -> Slot {
        let item = entryItems[entry]
        return Slot(
            currency: item.currency.rawValue, amount: item.remaining, place: item.place,
            item: Int32(entry))
    }

    /// Lines that are still to be explained; a reversal never settles anything.
    func isFree(line: Int) -> Bool {
        lineItems[line].standing == .free && !lineItems[line].isReversal
    }

    func isFree(entry: Int, _ kinds: ExpectedKinds = .all) -> Bool {
        entryItems[entry].standing == .free && kinds.isSuperset(of: entryItems[entry].kinds)
    }

    /// One note for all that a bound left out of a rule, or of a reference, in a row.
    mutating func note(
        _ bound: MatchBound, _ rule: MatchingRule?, _ reference: Reference? = nil, count: Int
    ) {
        var reached = BoundReached(
            bound: bound, rule: rule?.number ?? 0, reference: reference, count: count)
        if let last = boundsReached.last, last.bound == bound, last.rule == reached.rule,
            last.reference == reference
        {
            reached.count += last.count
            boundsReached.removeLast()
        }
        boundsReached.append(reached)
    }
}
