/// A row in which two schemas differ.
package struct Difference: Equatable, Sendable {
    package enum Kind: String, Sendable {
        /// Expected, but not there.
        case missing
        /// There, but not expected.
        case extra
        case changed
    }

    package var kind: Kind
    package var table: String
    /// The row's key as text.
    package var key: String
    /// Which columns differ; all of them for a missing or extra row.
    package var columns: [String]
    /// `column=value` of those columns; empty for an extra row.
    package var expected: String
    /// `column=value` of those columns; empty for a missing row.
    package var found: String
}

/// The result of comparing two schemas.
package struct ComparisonReport: Equatable, Sendable {
    /// The first differences in order of table; see ``totalCount``.
    package var differences: [Difference] = []
    package var totalCount = 0
    package var isEqual: Bool { totalCount == 0 }
}

/// Compares the ledger tables of two schemas of one database row by row.
///
/// The caller fills the first schema by replaying the log and compares the live one with it; both
/// must stand at the same log index, which is compared too.
package enum LedgerComparison {
    /// - Parameters:
    ///   - expected: the schema that is right, usually a scratch schema.
    ///   - found: the schema under examination, in the same database.
    ///   - limit: how many differences are returned; all are counted.
    /// - Throws: ``StoreError``.
    /// - Complexity: O(rows) in the server; only rows that differ are sent.
    package static func compare(
        expected: DatabaseAddress, found: DatabaseAddress, limit: Int = 100
    ) throws -> ComparisonReport {
        let connection = try PostgresConnection(
            to: expected, applicationName: "langqiao-comparison")
        var report = ComparisonReport()
        try connection.transaction("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY") {
            for table in LedgerTable.all + [.rowLists] {
                let query = sql(table, expected: expected.schema, found: found.schema)
                try connection.copyOut(query) { fields in
                    report.totalCount += 1
                    guard report.differences.count < limit else { return }
                    report.differences.append(try difference(in: table, from: &fields))
                }
            }
        }
        return report
    }

    private static func difference(
        in table: LedgerTable, from row: inout CopyFields
    ) throws -> Difference {
        let kind = Difference.Kind(rawValue: row.text())
        let difference = Difference(
            kind: kind ?? .changed, table: table.shownName, key: row.text(),
            columns: row.text().split(separator: ",").map(String.init), expected: row.text(),
            found: row.text())
        try row.check(table.name)
        return difference
    }

    /// Rows are compared whole; only those that differ are taken apart, as JSON objects, and shown
    /// in words where there is a view for it.
    private static func sql(_ table: LedgerTable, expected: String, found: String) -> String {
        """
        SELECT
            CASE WHEN b.\(table.key) IS NULL THEN 'missing'
                WHEN a.\(table.key) IS NULL THEN 'extra' ELSE 'changed' END,
            coalesce(a.\(table.key), b.\(table.key))::text,
            parts.columns,
            CASE WHEN a.\(table.key) IS NULL THEN '' ELSE parts.expected END,
            CASE WHEN b.\(table.key) IS NULL THEN '' ELSE parts.found END
        FROM (\(source(table, expected, expected))) AS a
        FULL JOIN (\(source(table, found, expected))) AS b ON a.\(table.key) = b.\(table.key)
        CROSS JOIN LATERAL (
            SELECT coalesce(string_agg(key, ',' ORDER BY key), '') AS columns,
                coalesce(string_agg(key || '=' || coalesce(x.value, 'null'), ', ' ORDER BY key), '')
                    AS expected,
                coalesce(string_agg(key || '=' || coalesce(y.value, 'null'), ', ' ORDER BY key), '')
                    AS found
            FROM jsonb_each_text(\(shown("a", table, expected))) AS x (key, value)
            FULL JOIN jsonb_each_text(\(shown("b", table, found))) AS y (key, value) USING (key)
            WHERE x.value IS DISTINCT FROM y.value
        ) AS parts
        WHERE (\(qualified("a", table))) IS DISTINCT FROM (\(qualified("b", table)))
        ORDER BY coalesce(a.\(table.key), b.\(table.key))
        """
    }

    /// How numbers are spread over lists differs with the grouping of the writes, so the numbers of
    /// every owner are compared, and for a payment all its fills, wherever they are listed.
    private static func source(
        _ table: LedgerTable, _ schema: String, _ expected: String
    ) -> String {
        if table.name == LedgerTable.fills.name { return fillRecords(schema) }
        guard table.name == LedgerTable.rowLists.name else {
            return "SELECT * FROM \(schema).\(table.name)"
        }
        return """
            SELECT list || '/' || owner AS list, count(*) AS numbers, sum(number) AS total,
                sum(hashint8extended(number, 1)) AS hash
            FROM (
                SELECT list, owner, first_row + distance AS number
                FROM \(schema).row_lists CROSS JOIN LATERAL unnest(offsets) AS distance
                WHERE list < \(RowList.payment.rawValue)
                UNION ALL
                SELECT \(RowList.payment.rawValue), own.*
                FROM (\(fillsOfPayments(schema, expected))) AS own
            ) AS numbers
            GROUP BY numbers.list, owner
            """
    }

    /// All fills, and once more by the number less than zero those of a row that begins before the
    /// row before it ends: they would be there twice and equal.
    private static func fillRecords(_ schema: String) -> String {
        """
        SELECT * FROM \(schema).fill_records
        UNION ALL
        SELECT -fill_id, \(LedgerTable.fills.columns.dropFirst().joined(separator: ", "))
        FROM (
            SELECT first_fill, lag(last_fill) OVER (ORDER BY last_fill) AS before
            FROM \(schema).fill_rows
        ) AS numbers
        CROSS JOIN LATERAL \(schema).fill_records_of(
            ARRAY(SELECT generate_series(first_fill, before)))
        WHERE first_fill <= before
        """
    }

    /// - Parameter expected: where the right fills stand; wrong ones are told by themselves.
    private static func fillsOfPayments(_ schema: String, _ expected: String) -> String {
        """
        SELECT owner::bigint AS payment, first_row + distance AS fill
        FROM \(schema).row_lists CROSS JOIN LATERAL unnest(offsets) AS distance
        WHERE list = \(RowList.payment.rawValue)
        UNION
        SELECT payment_id, first_fill FROM \(schema).payment_records WHERE first_fill IS NOT NULL
        UNION
        SELECT payment, fill_id
        FROM \(schema).row_lists CROSS JOIN LATERAL unnest(offsets) AS distance
        JOIN \(expected).fill_records ON fill_id = first_row + distance
        CROSS JOIN LATERAL unnest(ARRAY[renminbi_payment, foreign_payment]) AS payment
        WHERE list = \(RowList.neighbours.rawValue)
            AND (payment >> \(Neighbours.bits))::bit(32)::integer = owner
        """
    }

    private static func shown(_ side: String, _ table: LedgerTable, _ schema: String) -> String {
        guard let view = table.view else { return "to_jsonb(\(side))" }
        if view == "fills" {
            return """
                (SELECT to_jsonb(shown)
                FROM \(schema).fills_of(ARRAY[abs(\(side).fill_id)]) AS shown)
                """
        }
        // Payments are indexed by their UETR, not by their number.
        let place = view == "payments" ? " AND shown.uetr = \(side).uetr" : ""
        return """
            (SELECT to_jsonb(shown) FROM \(schema).\(view) AS shown
            WHERE shown.\(table.key) = \(side).\(table.key)\(place) LIMIT 1)
            """
    }

    private static func qualified(_ side: String, _ table: LedgerTable) -> String {
        let columns =
            table.name == LedgerTable.rowLists.name
            ? ["numbers", "total", "hash"] : table.columns.filter { $0 != "first_fill" }
        return columns.map { "\(side).\($0)" }.joined(separator: ", ")
    }
}
