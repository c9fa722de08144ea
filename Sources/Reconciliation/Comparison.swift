package import Domain

extension FieldDifference {
    /// Every field in which a line and an entry differ.
    ///
    /// References differ where both have some of a kind and share none of it; dates when they lie
    /// further apart than the window, which for nil they never do.
    package static func all(
        _ line: OpenLine, _ entry: OpenEntry, window: Int?, days: BusinessDays
    ) -> [FieldDifference] {
        var found = references(line.references, entry.references)
        func add(_ field: ComparedField, _ ofLine: String, _ ofEntry: String) {
            found.append(FieldDifference(field: field, line: ofLine, entry: ofEntry))
        }
        if line.currency != entry.currency {
            add(.currency, line.currency.code, entry.currency.code)
        }
        if line.remaining.magnitude != entry.remaining.magnitude {
            add(
                .amount, Money(minorUnits: line.remaining, currency: line.currency).decimal,
                Money(minorUnits: entry.remaining, currency: entry.currency).decimal)
        }
        if (line.remaining < 0) != (entry.remaining < 0) {
            add(.direction, direction(line.remaining), direction(entry.remaining))
        }
        let late = days.distance(from: entry.dueDate, to: line.valueDate)
        if let window, abs(late) > window {
            add(.date, line.valueDate.description, entry.dueDate.description)
        }
        if line.participant != 0, entry.participant != 0, line.participant != entry.participant {
            add(.participant, String(line.participant), String(entry.participant))
        }
        return found
    }

    private static func direction(_ amount: Int64) -> String { amount < 0 ? "out" : "in" }

    static func references(_ line: [Reference], _ entry: [Reference]) -> [FieldDifference] {
        guard !line.isEmpty, !entry.isEmpty else { return [] }
        return ReferenceKind.allCases.compactMap { kind in
            guard Reference.differ(line, entry, in: kind) else { return nil }
            return FieldDifference(
                field: .reference(kind), line: texts(line, kind), entry: texts(entry, kind))
        }
    }

    private static func texts(_ references: [Reference], _ kind: ReferenceKind) -> String {
        references.lazy.filter { $0.kind == kind }.sorted().map(\.description)
            .joined(separator: ", ")
    }
}

extension BreakCategory {
    /// The one category of a line and an entry that are held against each other and differ.
    ///
    /// The cause that explains most comes first: in another currency the amounts cannot agree, and
    /// in the wrong direction they cannot either. Nil when only references or participants differ.
    package init?(_ differences: [FieldDifference], isLate: Bool) {
        func differs(_ field: ComparedField) -> Bool { differences.contains { $0.field == field } }
        if differs(.currency) {
            self = .currencyDiffers
        } else if differs(.direction) {
            self = .wrongSign
        } else if differs(.amount) {
            self = .amountDiffers
        } else if differs(.date) {
            self = isLate ? .lateValueDate : .dateDiffers
        } else {
            return nil
        }
    }

    /// Of a line that nothing is held against.
    package init(lone line: OpenLine) {
        if line.isReversal {
            self = .reversal
        } else if line.nature == .charge {
            self = .charge
        } else {
            self = .notInLedger
        }
    }

    /// Of an entry that nothing is held against; nil while it may still come.
    package init?(lone entry: OpenEntry, _ due: DueState) {
        guard due == .missing else { return nil }
        self = entry.remaining > 0 ? .missingCredit : .missingDebit
    }
}

extension Unmatched {
    /// Lines and entries held against each other, with all that differs.
    init(
        _ lines: [OpenLine], _ entries: [OpenEntry], _ differences: [FieldDifference],
        today: CivilDate, days: BusinessDays
    ) {
        let due = entries.lazy.map(\.dueDate).min() ?? today
        let isLate = lines.contains { days.distance(from: due, to: $0.valueDate) > 0 }
        self.init(
            lines: lines.map(\.number), entries: entries.map(\.number), otherLine: nil,
            state: .mismatch, category: BreakCategory(differences, isLate: isLate),
            differences: differences, due: DueState(due: due, today: today, days: days),
            age: max(0, days.distance(from: due, to: today)))
    }

    init(lone line: OpenLine, today: CivilDate, days: BusinessDays) {
        self.init(
            lines: [line.number], entries: [], otherLine: nil, state: .missing,
            category: BreakCategory(lone: line), differences: [], due: nil,
            age: max(0, days.distance(from: line.bookingDate, to: today)))
    }

    init(lone entry: OpenEntry, today: CivilDate, days: BusinessDays) {
        let due = DueState(due: entry.dueDate, today: today, days: days)
        self.init(
            lines: [], entries: [entry.number], otherLine: nil,
            state: due == .missing ? .missing : .expected,
            category: BreakCategory(lone: entry, due), differences: [], due: due,
            age: max(0, days.distance(from: entry.dueDate, to: today)))
    }

    /// A line that repeats another one, or takes it back.
    init(
        _ category: BreakCategory, _ line: OpenLine, of other: OpenLine, reopened: OpenEntry?,
        today: CivilDate, days: BusinessDays
    ) {
        self.init(
            lines: [line.number], entries: reopened.map { [$0.number] } ?? [],
            otherLine: other.number, state: .mismatch, category: category, differences: [],
            due: reopened.map { DueState(due: $0.dueDate, today: today, days: days) },
            age: max(0, days.distance(from: line.bookingDate, to: today)))
    }
}
