/// A ledger table as the writer, the reader and the comparison see it.
///
/// The order of `columns` is the order in which rows are written and read.
package struct LedgerTable: Sendable {
    let name: String
    let key: String
    package let columns: [String]
    /// Columns that never change after a row is on record and so are left out of updates.
    var fixedColumns: Set<String> = []

    var columnList: String { columns.joined(separator: ", ") }

    /// The table and its columns as COPY wants them.
    var copyTarget: String { "\(name) (\(columnList))" }

    /// A temporary table of the writer's session with the same columns.
    var stagedName: String { "staged_\(name)" }
    var stagedTarget: String { "\(stagedName) (\(columnList))" }

    /// `column = source.column` for everything that may change. Details come once, with the command
    /// that brought them; a later row without any leaves them alone.
    func assignments(from source: String) -> String {
        columns.filter { $0 != key && !fixedColumns.contains($0) }.map { column in
            column == "details"
                ? "details = coalesce(\(source).details, \(name).details)"
                : "\(column) = \(source).\(column)"
        }.joined(separator: ", ")
    }

    static let applied = LedgerTable(
        name: "applied", key: "key",
        columns: [
            "log_index", "applied_at", "timestamp_ns", "state_hash", "fills_hash", "fill_count",
            "payment_count",
        ])

    static let participants = LedgerTable(
        name: "participants", key: "participant_id",
        columns: [
            "participant_id", "bic", "lei", "country", "roles", "settles_through",
            "settlement_participant_id", "state", "details",
        ])

    static let corridors = LedgerTable(
        name: "corridors", key: "foreign_currency",
        columns: [
            "foreign_currency", "state", "self_match", "weekdays", "utc_offset_minutes",
            "opens_at_minute", "cut_off_minute", "collar_basis_points", "fee_parts_per_million",
            "tick", "reference_rate", "minimum_size", "maximum_size",
        ])

    static let accounts = LedgerTable(
        name: "accounts", key: "account_id",
        columns: [
            "account_id", "kind", "participant_id", "currency", "balance", "held", "credit_limit",
        ])

    static let payments = LedgerTable(
        name: "payments", key: "payment_id",
        columns: [
            "payment_id", "uetr", "status", "end_reason", "result_code", "payer_id",
            "creditor_id", "side", "foreign_currency", "fixed_amount", "time_in_force",
            "fill_policy", "amount", "remaining", "held", "paid", "received", "fee",
            "stated_limit", "limit_rate", "minimum_fill", "fee_parts_per_million", "accepted_at",
            "updated_at",
            "expires_at", "accepted_ns", "updated_ns", "expires_ns", "content_hash", "details",
        ],
        fixedColumns: [
            "uetr", "payer_id", "creditor_id", "side", "foreign_currency", "fixed_amount",
            "time_in_force", "fill_policy", "stated_limit", "fee_parts_per_million", "accepted_at",
            "accepted_ns",
            "content_hash",
        ])

    package static let fills = LedgerTable(
        name: "fills", key: "fill_id",
        columns: [
            "fill_id", "occurred_at", "timestamp_ns", "foreign_currency", "resting_side",
            "renminbi_payment", "foreign_payment", "renminbi_amount", "foreign_amount", "rate",
            "renminbi_fee", "foreign_fee", "renminbi_debit", "renminbi_credit", "foreign_debit",
            "foreign_credit",
        ])

    static let fundings = LedgerTable(
        name: "fundings", key: "reference",
        columns: [
            "reference", "occurred_at", "timestamp_ns", "account_id", "amount", "content_hash",
            "details",
        ])

    /// Everything that the log determines.
    static let all = [applied, participants, corridors, accounts, payments, fills, fundings]
}
