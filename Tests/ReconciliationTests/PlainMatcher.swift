internal import Domain
internal import Reconciliation

/// The rules by reference in plain words, slow and obvious: for a few lines and entries of one
/// account and currency, without reversals.
struct PlainMatcher {
    var lines: [OpenLine]
    var entries: [OpenEntry]
    let rules: MatchingRules
    private var done: Set<String> = []
    /// Of the direction that is looked at; nil: both.
    private var goesOut: Bool?
    private(set) var automatic: Set<MatchClaim> = []

    init(_ lines: [OpenLine], _ entries: [OpenEntry], _ rules: MatchingRules) {
        self.lines = lines
        self.entries = entries
        self.rules = rules
        let references = Set(lines.flatMap(\.references) + entries.flatMap(\.references)).sorted()
        for rule in rules.rules where rule.isByReference {
            for reference in references where rule.kinds.contains(reference.kind) {
                match(reference, rule)
            }
        }
    }

    private func free(
        _ reference: Reference, _ kinds: ExpectedKinds
    ) -> ([OpenLine], [OpenEntry]) {
        let days = Account.days
        let lines = lines.filter {
            $0.references.contains(reference) && !done.contains("L\($0.number)")
                && ($0.remaining < 0) == (goesOut ?? ($0.remaining < 0))
        }
        let entries = entries.filter {
            $0.references.contains(reference) && !done.contains("E\($0.number)")
                && kinds.contains($0.kind) && ($0.remaining < 0) == (goesOut ?? ($0.remaining < 0))
        }
        return (
            lines.sorted {
                (days.place(of: $0.valueDate), $0.number) < (
                    days.place(of: $1.valueDate), $1.number
                )
            },
            entries.sorted {
                (days.place(of: $0.dueDate), $0.number) < (days.place(of: $1.dueDate), $1.number)
            }
        )
    }

    private func isNear(_ line: OpenLine, _ entry: OpenEntry, _ rule: MatchingRule) -> Bool {
        let distance = Account.days.distance(from: line.valueDate, to: entry.dueDate)
        return rule.window.map { abs(distance) <= $0 } ?? true
    }

    private mutating func set(
        aside lines: [OpenLine], _ entries: [OpenEntry], by rule: MatchingRule,
        _ reference: Reference, isCertain: Bool = true
    ) {
        for line in lines { done.insert("L\(line.number)") }
        for entry in entries { done.insert("E\(entry.number)") }
        guard isCertain, !isShared(reference), isOnePayment(lines, entries) else { return }
        let lines = lines.map { Taking($0.number, $0.remaining) }.sorted { $0.number < $1.number }
        let entries = entries.map { Taking($0.number, $0.remaining) }
            .sorted { $0.number < $1.number }
        let difference = lines.reduce(0) { $0 + $1.amount } - entries.reduce(0) { $0 + $1.amount }
        automatic.insert(
            MatchClaim(
                account: rules.account, currency: .usd, lines: lines, entries: entries,
                adjustment: difference == 0
                    ? nil
                    : rule.tolerance.map {
                        MatchAdjustment(amount: difference, reason: $0.reason, bearer: $0.bearer)
                    },
                version: rules.version, rule: rule.number, reference: reference,
                isAutomatic: true))
    }

    /// Whether two participants' entries bear it.
    private func isShared(_ reference: Reference) -> Bool {
        Set(
            entries.filter { $0.references.contains(reference) && $0.participant != 0 }
                .map(\.participant)
        ).count > 1
    }

    private func isOnePayment(_ lines: [OpenLine], _ entries: [OpenEntry]) -> Bool {
        let people = Set(lines.map(\.participant) + entries.map(\.participant)).subtracting([0])
        let ways = Set(lines.map { $0.remaining < 0 } + entries.map { $0.remaining < 0 })
        func names(_ references: [Reference]) -> Set<Reference> {
            Set(references.filter { $0.kind == .uetr })
        }
        let ofLines = lines.map { names($0.references) }.filter { !$0.isEmpty }
        let ofEntries = entries.map { names($0.references) }.filter { !$0.isEmpty }
        let areKnown =
            ofLines.allSatisfy { line in ofEntries.contains { !$0.isDisjoint(with: line) } }
            && ofEntries.allSatisfy { entry in ofLines.contains { !$0.isDisjoint(with: entry) } }
        return people.count < 2 && ways.count == 1
            && (ofLines.isEmpty || ofEntries.isEmpty || areKnown)
    }

    private mutating func match(_ reference: Reference, _ rule: MatchingRule) {
        for way in [true, false] {
            goesOut = way
            matchDirection(reference, rule)
        }
        goesOut = nil
        let (lines, entries) = free(reference, rule.entries)
        if difference(lines, entries) == 0 { _ = matchAll(reference, rule) }
    }

    private mutating func matchEqual(_ reference: Reference, _ rule: MatchingRule) {
        guard isShared(reference) else {
            for line in free(reference, rule.entries).0 {
                let entry = free(reference, rule.entries).1.first {
                    $0.remaining == line.remaining && isNear(line, $0, rule)
                }
                if let entry { set(aside: [line], [entry], by: rule, reference) }
            }
            return
        }
        let (lines, entries) = free(reference, rule.entries)
        for line in lines {
            let meant = entries.filter {
                $0.remaining == line.remaining && isNear(line, $0, rule)
                    && Set([0, line.participant, $0.participant]).count < 3
            }
            if !meant.isEmpty {
                set(aside: [line], meant, by: rule, reference, isCertain: false)
            }
        }
    }

    private mutating func matchDirection(_ reference: Reference, _ rule: MatchingRule) {
        matchEqual(reference, rule)
        let (lines, entries) = free(reference, rule.entries)
        guard !lines.isEmpty, !entries.isEmpty else { return }
        if difference(lines, entries) == 0, matchAll(reference, rule) { return }
        if let tolerance = rule.tolerance {
            matchTolerated(reference, tolerance, rule)
            let (lines, entries) = free(reference, rule.entries)
            let difference = difference(lines, entries)
            let isOneToMany = (lines.count == 1) != (entries.count == 1)
            if difference == 0 || isOneToMany && tolerance.covers(Int128(difference)),
                matchAll(reference, rule)
            {
                return
            }
        }
        if rule.allowsSets { matchSets(reference, rule) }
    }

    private func difference(_ lines: [OpenLine], _ entries: [OpenEntry]) -> Int64 {
        lines.reduce(0) { $0 + $1.remaining } - entries.reduce(0) { $0 + $1.remaining }
    }

    private mutating func matchAll(_ reference: Reference, _ rule: MatchingRule) -> Bool {
        let (lines, entries) = free(reference, rule.entries)
        guard rule.allowsSets, !lines.isEmpty, !entries.isEmpty, lines.count + entries.count > 2,
            lines.allSatisfy({ line in entries.allSatisfy { isNear(line, $0, rule) } })
        else { return false }
        set(aside: lines, entries, by: rule, reference)
        return true
    }

    private mutating func matchTolerated(
        _ reference: Reference, _ tolerance: Tolerance, _ rule: MatchingRule
    ) {
        let (lines, entries) = free(reference, rule.entries)
        func isIn(_ line: OpenLine, _ entry: OpenEntry) -> Bool {
            line.remaining == entry.remaining
                || tolerance.covers(Int128(line.remaining - entry.remaining))
        }
        func fits(_ line: OpenLine, _ entry: OpenEntry) -> Bool {
            isIn(line, entry) && (line.remaining < 0) == (entry.remaining < 0)
                && isNear(line, entry, rule)
        }
        for entry in entries {
            let near = lines.filter { isIn($0, entry) }
            guard near.count == 1, fits(near[0], entry),
                entries.filter({ isIn(near[0], $0) }).count == 1
            else { continue }
            set(aside: near, [entry], by: rule, reference)
        }
        let (left, open) = free(reference, rule.entries)
        for entry in open where lines.filter({ isIn($0, entry) }).count > 1 {
            let near = left.filter { fits($0, entry) }
            if !near.isEmpty { set(aside: near, [entry], by: rule, reference, isCertain: false) }
        }
        let (rest, others) = free(reference, rule.entries)
        for line in rest where entries.filter({ isIn(line, $0) }).count > 1 {
            let near = others.filter { fits(line, $0) && !done.contains("E\($0.number)") }
            if !near.isEmpty { set(aside: [line], near, by: rule, reference, isCertain: false) }
        }
    }

    private mutating func matchSets(_ reference: Reference, _ rule: MatchingRule) {
        let (lines, entries) = free(reference, rule.entries)
        var found: [([OpenLine], [OpenEntry], target: String)] = []
        for entry in entries {
            let pool = lines.filter {
                isNear($0, entry, rule) && isPart($0.remaining, of: entry.remaining)
                    && Set([0, $0.participant, entry.participant]).count < 3
            }
            for set in subsets(pool) where difference(set, [entry]) == 0 {
                found.append((set, [entry], "E\(entry.number)"))
            }
        }
        for line in lines {
            let pool = entries.filter {
                isNear(line, $0, rule) && isPart($0.remaining, of: line.remaining)
                    && Set([0, $0.participant, line.participant]).count < 3
            }
            for set in subsets(pool) where difference([line], set) == 0 {
                found.append(([line], set, "L\(line.number)"))
            }
        }
        let items = found.map { set in
            Set(set.0.map { "L\($0.number)" } + set.1.map { "E\($0.number)" })
        }
        for (position, answer) in found.enumerated() {
            let isAlone = items.indices.allSatisfy {
                $0 == position || items[$0].isDisjoint(with: items[position])
            }
            set(aside: answer.0, answer.1, by: rule, reference, isCertain: isAlone)
        }
    }

    private func isPart(_ part: Int64, of whole: Int64) -> Bool {
        (part < 0) == (whole < 0) && part.magnitude < whole.magnitude
    }

    private func subsets<Item>(_ items: [Item]) -> [[Item]] {
        (0..<(1 << items.count)).map { mask in
            items.indices.filter { mask >> $0 & 1 == 1 }.map { items[$0] }
        }.filter { $0.count > 1 }
    }
}
