package import Domain

/// Waiting is not missing, and missing is not wrong.
package enum UnmatchedState: UInt8, BitwiseCopyable, CaseIterable, Hashable, Sendable {
    /// An entry whose date is to come, or is today. No exception.
    case expected = 0
    /// One side is there, the other is not.
    case missing
    /// Both are there and differ.
    case mismatch
}

/// What can differ between a line and an entry, or between two lines.
package enum ComparedField: Hashable, Sendable {
    case reference(ReferenceKind)
    case currency
    case amount
    case direction
    /// Value date against due date.
    case date
    case participant

    package var words: String {
        switch self {
        case .reference(let kind): kind.words
        case .currency: "currency"
        case .amount: "amount"
        case .direction: "direction"
        case .date: "date"
        case .participant: "participant"
        }
    }
}

/// A field that differs, with both values as people read them.
package struct FieldDifference: Hashable, Sendable {
    package var field: ComparedField
    /// What the line says.
    package var line: String
    /// What the entry says; between two lines, the other line.
    package var entry: String

    package init(field: ComparedField, line: String, entry: String) {
        self.field = field
        self.line = line
        self.entry = entry
    }
}

/// A line, an entry, or both that no match explains: at most one break.
///
/// A line or an entry stands in one of these at most. What is only proposed, and agrees in
/// everything, stands in none: the proposal waits for a person.
package struct Unmatched: Hashable, Sendable {
    /// None, one, or several that one entry is held against.
    package var lines: [LineNumber]
    /// None, one, or several that one line is held against.
    package var entries: [EntryNumber]
    /// Of a duplicate the line that it repeats, of a reversal the one that it takes back.
    package var otherLine: LineNumber?
    package var state: UnmatchedState
    /// Nil while it is only expected.
    package var category: BreakCategory?
    /// All of them.
    package var differences: [FieldDifference]
    /// Of the entry, where there is one.
    package var due: DueState?
    /// Business days since the entry's due date, else since the line's booking date.
    package var age: Int

    /// Whether it counts among the exceptions.
    package var isBreak: Bool { category != nil }
}
