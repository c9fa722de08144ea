internal import Domain
internal import Reconciliation

/// The rules by reference in plain words, slow and obvious: for a few lines and entries of one
/// account and currency, without reversals.
struct PlainMatcher {
    var lines: [OpenLine]
    var entries: [OpenEntry]
    let rules: MatchingRules
    private var done: Set<String> = []
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

    private func free(_ reference: Reference) -> ([OpenLine], [OpenEntry]) {
        let days = Account.days
        let lines = lines.filter {
            $0.references.contains(reference) && !done.contains("L\($0.number)")
        }
        let entries = entries.filter {
            $0.references.contains(reference) && !done.contains("E\($0.number)")
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
        guard isCertain else { return }
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

    private mutating func match(_ reference: Reference, _ rule: MatchingRule) {
        for line in free(reference).0 {
            let entry = free(reference).1.first {
                $0.remaining == line.remaining && isNear(line, $0, rule)
            }
            if let entry { set(aside: [line], [entry], by: rule, reference) }
        }
        let (lines, entries) = free(reference)
        if difference(lines, entries) == 0, matchAll(reference, rule) { return }
        if let tolerance = rule.tolerance {
            matchTolerated(reference, tolerance, rule)
            let (lines, entries) = free(reference)
            let difference = difference(lines, entries)
            let isOneToMany = (lines.count == 1) != (entries.count == 1)
            if difference == 0 || isOneToMany && tolerance.covers(Int128(difference)),
                matchAll(reference, rule)
            {
                return
            }
        }
        matchSets(reference, rule)
    }

    private func difference(_ lines: [OpenLine], _ entries: [OpenEntry]) -> Int64 {
        lines.reduce(0) { $0 + $1.remaining } - entries.reduce(0) { $0 + $1.remaining }
    }

    private mutating func matchAll(_ reference: Reference, _ rule: MatchingRule) -> Bool {
        let (lines, entries) = free(reference)
        guard !lines.isEmpty, !entries.isEmpty, lines.count + entries.count > 2,
            lines.allSatisfy({ line in entries.allSatisfy { isNear(line, $0, rule) } })
        else { return false }
        set(aside: lines, entries, by: rule, reference)
        return true
    }

    private mutating func matchTolerated(
        _ reference: Reference, _ tolerance: Tolerance, _ rule: MatchingRule
    ) {
        let (lines, entries) = free(reference)
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
        let (left, open) = free(reference)
        for entry in open where lines.filter({ isIn($0, entry) }).count > 1 {
            let near = left.filter { fits($0, entry) }
            if !near.isEmpty { set(aside: near, [entry], by: rule, reference, isCertain: false) }
        }
        let (rest, others) = free(reference)
        for line in rest where entries.filter({ isIn(line, $0) }).count > 1 {
            let near = others.filter { fits(line, $0) && !done.contains("E\($0.number)") }
            if !near.isEmpty { set(aside: [line], near, by: rule, reference, isCertain: false) }
        }
    }

    private mutating func matchSets(_ reference: Reference, _ rule: MatchingRule) {
        let (lines, entries) = free(reference)
        var found: [([OpenLine], [OpenEntry], target: String)] = []
        for entry in entries {
            let pool = lines.filter {
                isNear($0, entry, rule) && isPart($0.remaining, of: entry.remaining)
            }
            for set in subsets(pool) where difference(set, [entry]) == 0 {
                found.append((set, [entry], "E\(entry.number)"))
            }
        }
        for line in lines {
            let pool = entries.filter {
                isNear(line, $0, rule) && isPart($0.remaining, of: line.remaining)
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
