/// A row of a table that changes seldom: everything but payments, fills and accounts. Each is one
/// file beside this one, with its table and its fields, one line in ``DeclaredRows``, and a
/// migration; rules write it through its register in the Engine.
///
/// Its first field is its key.
public protocol DeclaredRow: Declared, BitwiseCopyable {
    /// The table's name.
    static var table: String { get }
    /// Of the row's part of the state hash; never used for another kind of row. 3, 4 and 5 are
    /// those of accounts, payments and fills.
    static var hashSeed: UInt64 { get }
    /// Whether a row never changes once it is on record.
    static var isFinal: Bool { get }
    /// Whether the engine keeps no register of them: rows that leave memory as final payments do,
    /// and whose part of the state hash is among those of final rows. One that can change comes
    /// back with the command that changes it.
    static var isForgotten: Bool { get }
    /// The most rows there may be, at most 2²⁴ − 1. A rule that puts a new one asks first whether
    /// there is room, and refuses otherwise.
    static var capacity: Int { get }
}

extension DeclaredRow {
    public static var isFinal: Bool { false }
    public static var isForgotten: Bool { false }

    /// The bits of the first field.
    public var key: UInt128 {
        var row = self
        var first = FirstField()
        row.visit(&first)
        return first.bits ?? 0
    }

    /// The key as people write it.
    public var shownKey: String {
        var row = self
        var first = FirstField()
        row.visit(&first)
        return first.text
    }

    /// Where its details lie in the batch that brought them, if it has any.
    public var attachment: AttachmentRange {
        var row = self
        var details = Details()
        row.visit(&details)
        return details.found
    }

    /// The row without details: what stays known of it behind its batch.
    public func withoutDetails() -> Self { withDetails(.none) }

    /// The row with details that lie there, if it has any.
    public func withDetails(_ range: AttachmentRange) -> Self {
        var row = self
        var details = Details(replacement: range)
        row.visit(&details)
        return row
    }
}

private struct FirstField: FieldVisitor {
    var bits: UInt128?
    var text = ""

    mutating func field<Value: FieldValue>(
        _ name: String, _ value: inout Value, _ form: FieldForm
    ) {
        guard bits == nil else { return }
        bits = UInt128(truncatingIfNeeded: value.bits)
        text = value.text ?? ""
    }
}

private struct Details: FieldVisitor {
    var replacement: AttachmentRange?
    var found = AttachmentRange.none

    mutating func field<Value: FieldValue>(
        _ name: String, _ value: inout Value, _ form: FieldForm
    ) {}

    mutating func details(_ range: inout AttachmentRange) {
        found = range
        if let replacement { range = replacement }
    }
}

/// All rows that are declared. Writer, reader, comparison, engine and tests go through this list,
/// in its order.
public enum DeclaredRows {
    public static let all: [any DeclaredRow.Type] = [
        ParticipantRow.self,
        CorridorRow.self,
        FundingRow.self,
        RuleVersionRow.self,
        AttemptRow.self,
        NostroRow.self,
        WithdrawalRow.self,
        AgentEntryRow.self,
        IdentifierRow.self,
        CorrespondentRow.self,
        OperatorRow.self,
        OperatorCommandRow.self,
        ContentKeyRow.self,
        ErasureRow.self,
        MessagingRow.self,
        BankMessageRow.self,
        NotificationRow.self,
        FollowUpRow.self,
        ReturnRow.self,
        CaseRow.self,
        NoticeRow.self,
        PolicyLineRow.self,
        ProposalRow.self,
        ProposalRefusalRow.self,
        CalendarDayRow.self,
        StagedDayRow.self,
        BusinessDayRow.self,
        AccountDayRow.self,
        KeyRow.self,
        DebitCapRow.self,
        StatementRunRow.self,
        DatedPaymentRow.self,
        DatedFundingRow.self,
        AgentStatementRow.self,
        AgentStatementLineRow.self,
        AgentStatementExceptionRow.self,
    ]
}
