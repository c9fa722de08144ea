internal import Domain

// The rules by amount and date. They only propose: two payments of one amount are two payments.

/// Lines and entries of equal amounts, run by run.
struct AmountRuns {
    var lines: [Slot] = []
    var entries: [Slot] = []
    var runs: [AmountRun] = []
}

/// Where one amount stands among the lines and among the entries.
struct AmountRun {
    var lines: Range<Int>
    var entries: Range<Int>
}

extension Matcher {
    /// - Complexity: O(n log n) in what is free.
    func amountRuns(for rule: MatchingRule) -> AmountRuns {
        let lines = lineItems.indices.filter { isFree(line: $0) }.map { lineSlot($0) }.sorted()
        let entries = entryItems.indices.filter { isFree(entry: $0, rule.entries) }
            .map { entrySlot($0) }.sorted()
        var runs: [AmountRun] = []
        var (line, entry) = (0, 0)
        while line < lines.count, entry < entries.count {
            let endOfLines = lines.endOfRun(from: line)
            let endOfEntries = entries.endOfRun(from: entry)
            if lines[line].equals(entries[entry]) {
                runs.append(AmountRun(lines: line..<endOfLines, entries: entry..<endOfEntries))
                (line, entry) = (endOfLines, endOfEntries)
            } else if lines[line] < entries[entry] {
                line = endOfLines
            } else {
                entry = endOfEntries
            }
        }
        return AmountRuns(lines: lines, entries: entries, runs: runs)
    }

    /// Proposes for each line of an amount the entries that lie nearest in time.
    ///
    /// In a crowd of one amount that says little: behind a bound each line gets the entry of its
    /// own rank, so that the work and the list stay as long as the crowd.
    ///
    /// - Returns: How many were looked at.
    mutating func propose(_ run: AmountRun, by rule: MatchingRule) -> Int {
        var proposals = 0
        var isCrowd = false
        for (rank, line) in run.lines.enumerated() {
            guard proposals < MatchBounds.proposalsPerAmount else {
                isCrowd = true
                proposeSameRank(rank, line, run, rule)
                continue
            }
            proposals += proposeNearest(amounts.lines[line], run.entries, rule)
        }
        if isCrowd { note(.proposals, rule, count: run.lines.count) }
        return run.lines.count + run.entries.count
    }

    private mutating func proposeSameRank(
        _ rank: Int, _ line: Int, _ run: AmountRun, _ rule: MatchingRule
    ) {
        guard rank < run.entries.count else { return }
        let (ofLine, ofEntry) = (
            amounts.lines[line], amounts.entries[run.entries.lowerBound + rank]
        )
        guard isPlausible(ofLine, ofEntry, rule) else { return }
        propose(
            [proposal(Int(ofLine.item), Int(ofEntry.item), rule)], isCutShort: .proposals)
    }

    private mutating func proposeNearest(
        _ line: Slot, _ entries: Range<Int>, _ rule: MatchingRule
    ) -> Int {
        var after = amounts.entries.firstPosition {
            ($0.currency, $0.amount, $0.place) >= (line.currency, line.amount, line.place)
        }
        var before = after - 1
        var near: [Int] = []
        var looks = 2 * MatchBounds.candidates
        while looks > 0, near.count <= MatchBounds.candidates {
            let ahead = after < entries.upperBound ? after : nil
            let behind = before >= entries.lowerBound ? before : nil
            guard let next = nearer(ahead, behind, to: line) else { break }
            if next == ahead { after += 1 } else { before -= 1 }
            looks -= 1
            guard isWithin(rule.window, line.place, amounts.entries[next].place) else { break }
            if isPlausible(line, amounts.entries[next], rule) { near.append(next) }
        }
        let isCutShort = near.count > MatchBounds.candidates || looks == 0
        let proposals = near.prefix(MatchBounds.candidates).map {
            proposal(Int(line.item), Int(amounts.entries[$0].item), rule)
        }
        propose(proposals, isCutShort: isCutShort ? .candidates : nil)
        return proposals.count
    }

    /// The position whose day lies nearer; the earlier one of two.
    private func nearer(_ ahead: Int?, _ behind: Int?, to line: Slot) -> Int? {
        guard let ahead else { return behind }
        guard let behind else { return ahead }
        let isAhead =
            amounts.entries[ahead].place - line.place
            < line.place - amounts.entries[behind].place
        return isAhead ? ahead : behind
    }

    private func isPlausible(_ line: Slot, _ entry: Slot, _ rule: MatchingRule) -> Bool {
        isWithin(rule.window, line.place, entry.place) && !areOthers(line, entry)
            && !Reference.differ(
                lines[Int(line.item)].references, entries[Int(entry.item)].references, in: .uetr)
    }

    private func proposal(_ line: Int, _ entry: Int, _ rule: MatchingRule) -> Tie {
        Tie(
            lines: [line], entries: [entry], rule: rule, isCertain: false,
            differences: FieldDifference.references(
                lines[line].references, entries[entry].references))
    }

    /// One proposal stands alone, several are a question.
    mutating func propose(_ ties: [Tie], isCutShort bound: MatchBound?) {
        if ties.count == 1, var only = ties.first {
            only.bound = bound
            tie(only)
        } else {
            ask(ties, isCutShort: bound)
        }
    }
}
