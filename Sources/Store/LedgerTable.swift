package import Domain

/// A ledger table as the writer, the reader and the comparison see it.
///
/// The order of `columns` is the order in which rows are written and read.
package struct LedgerTable: Sendable {
    let name: String
    let key: String
    package let columns: [String]
    /// Columns that never change after a row is on record and so are left out of updates.
    var fixedColumns: Set<String> = []
    /// The view that shows its rows in words, with the same key.
    var view: String? = nil

    /// What people call it.
    var shownName: String { view ?? name }

    /// The columns of an update: the key and everything that may change.
    var changingColumns: [String] { columns.filter { !fixedColumns.contains($0) } }

    var columnList: String { columns.joined(separator: ", ") }

    /// The table and its columns as COPY wants them.
    var copyTarget: String { "\(name) (\(columnList))" }

    /// Every row in order of key.
    var selectAll: String { "SELECT \(columnList) FROM \(name) ORDER BY \(key)" }

    /// A temporary table of the writer's session with the same columns.
    var stagedName: String { "staged_\(name)" }
    var stagedTarget: String { "\(stagedName) (\(changingColumns.joined(separator: ", ")))" }

    /// `column = source.column` for everything that may change. Details come once, with the command
    /// that brought them; a later row without any leaves them alone.
    func assignments(from source: String) -> String {
        changingColumns.filter { $0 != key }.map { column in
            isSetOnce(column)
                ? "\(column) = coalesce(\(source).\(column), \(name).\(column))"
                : "\(column) = \(source).\(column)"
        }.joined(separator: ", ")
    }

    /// Brings the rows up to date that have a staged row.
    var updateFromStaged: String {
        """
        UPDATE \(name) SET \(assignments(from: "staged"))
        FROM \(stagedName) AS staged WHERE \(name).\(key) = staged.\(key)
        """
    }

    private func isSetOnce(_ column: String) -> Bool {
        column == "details" || column == "first_fill"
    }

    static let applied = LedgerTable(
        name: "applied", key: "key",
        columns: [
            "log_index", "applied_at", "timestamp_ns", "state_hash", "fills_hash", "finals_hash",
            "fill_count", "payment_count",
        ])

    static let accounts = LedgerTable(
        name: "accounts", key: "account_id",
        columns: [
            "account_id", "kind", "participant_id", "currency", "balance", "held", "credit_limit",
        ])

    static let batches = LedgerTable(
        name: "batches", key: "log_index",
        columns: ["log_index", "timestamp_ns", "payment_count", "fill_count", "ended", "uetrs"])

    /// Payments that have ended. COPY goes into their segments.
    static let payments = LedgerTable(
        name: "payment_rows", key: "payment_id", columns: paymentColumns, view: "payments")

    static let openPayments = LedgerTable(
        name: "open_payments", key: "payment_id", columns: paymentColumns,
        fixedColumns: [
            "uetr", "content_hash", "accepted_ns", "payer_id", "creditor_id",
            "fee_parts_per_million", "stated_limit", "details",
        ], view: "payments")

    private static let paymentColumns = [
        "payment_id", "uetr", "content_hash", "accepted_ns", "amount", "codes", "payer_id",
        "creditor_id", "fee_parts_per_million", "paid", "received", "fee", "stated_limit",
        "limit_rate", "updated_ns", "expires_ns", "remaining", "held", "minimum_fill",
        "first_fill", "details",
    ]

    /// Fills one by one, as a view shows them.
    package static let fills = LedgerTable(
        name: "fill_records", key: "fill_id", columns: ["fill_id"] + fillColumns, view: "fills")

    /// Fills as they are stored, many to a row.
    static let fillRows = LedgerTable(
        name: "fill_rows", key: "last_fill", columns: ["first_fill", "last_fill"] + fillColumns)

    private static let fillColumns = [
        "timestamp_ns", "renminbi_payment", "foreign_payment", "renminbi_amount", "foreign_amount",
        "rate", "renminbi_fee", "foreign_fee", "renminbi_debit", "renminbi_credit",
        "foreign_debit", "foreign_credit", "codes",
    ]

    static let rowLists = LedgerTable(
        name: "row_lists", key: "list",
        columns: ["list", "owner", "first_row", "last_row", "offsets"])

    static let corridorTotals = LedgerTable(
        name: "corridor_totals", key: "foreign_currency",
        columns: [
            "foreign_currency", "settled", "cancelled", "rejected", "fills", "renminbi",
            "foreign_amount", "renminbi_fees", "foreign_fees",
        ])

    /// Everything that the log determines row by row.
    static let all =
        [
            applied, batches, accounts, payments, openPayments, fills, corridorTotals,
        ] + DeclaredRows.all.map { LedgerTable($0) }
}

extension LedgerTable {
    /// The table of a declared row: its first column is its key.
    package init<Row: DeclaredRow>(_ type: Row.Type) {
        let columns = Row.fieldNames.map(\.name)
        self.init(name: Row.table, key: columns[0], columns: columns)
    }
}
