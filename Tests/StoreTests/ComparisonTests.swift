import Domain
import PostgresForTests
import Store
import Testing

@Suite("Comparing a ledger with its replay")
struct ComparisonTests {
    /// What finds rows is compared like the rows: a list, a place, the ended payments of a batch.
    @Test(
        "Sees one change in whatever the gateway looks through",
        arguments: [
            "UPDATE row_lists SET first_row = first_row + 1 WHERE ctid = "
                + "(SELECT ctid FROM row_lists WHERE list = 3 LIMIT 1)",
            "DELETE FROM row_lists WHERE list = 1 AND owner = (SELECT max(owner) FROM row_lists "
                + "WHERE list = 1)",
            "UPDATE row_lists SET offsets = offsets[:cardinality(offsets) - 1] || ARRAY[1000000] "
                + "WHERE ctid = (SELECT ctid FROM row_lists WHERE list = 6 LIMIT 1)",
            "UPDATE batches SET payment_count = payment_count + 1 WHERE log_index = 3",
            "UPDATE batches SET uetrs = set_byte(uetrs, 20, get_byte(uetrs, 20) # 1) "
                + "WHERE log_index = 3",
            "UPDATE payment_rows SET payment_id = payment_id + 1 WHERE payment_id = (SELECT "
                + "min(payment_id) FROM payment_rows)",
            "UPDATE corridor_totals SET renminbi = renminbi + 1",
            "UPDATE batches SET ended = ended[2:] WHERE log_index = (SELECT min(log_index) "
                + "FROM batches WHERE cardinality(ended) > 1)",
            "UPDATE payment_rows SET first_fill = first_fill + 1 WHERE payment_id = (SELECT "
                + "min(payment_id) FROM payment_rows WHERE first_fill > 0)",
            // The same fill twice, and a wrong amount in a list.
            ComparisonTests.insertFills(from: "fill_records WHERE fill_id = 2"),
            "UPDATE fill_rows SET rate[2] = rate[2] + 1",
        ])
    func seesHiddenDifferences(statement: String) throws {
        let live = try TestCluster.makeSchema()
        let scratch = try ScratchSchema.create(beside: live, suffix: "2")
        var ledger = RandomLedger(seed: 42)
        let groups = (0..<8).map { _ in ledger.nextGroup() }
        try LedgerWriter(live).write(groups)
        try LedgerWriter(scratch).write(groups)
        #expect(try LedgerComparison.compare(expected: scratch, found: live).isEqual)
        let connection = try PostgresConnection(to: live, applicationName: "test")
        try connection.execute(statement)
        #expect(try !LedgerComparison.compare(expected: scratch, found: live).isEqual)
        try ScratchSchema.drop(scratch)
    }

    /// Stores fills again, each in a row of its own.
    private static func insertFills(from source: String) -> String {
        """
        INSERT INTO fill_rows
        SELECT fill_id, fill_id, ARRAY[timestamp_ns], ARRAY[renminbi_payment],
            ARRAY[foreign_payment], ARRAY[renminbi_amount], ARRAY[foreign_amount], ARRAY[rate],
            ARRAY[renminbi_fee], ARRAY[foreign_fee], ARRAY[renminbi_debit],
            ARRAY[renminbi_credit], ARRAY[foreign_debit], ARRAY[foreign_credit], ARRAY[codes]
        FROM \(source)
        """
    }

    @Test("Names an altered amount, a missing fill and an extra row")
    func namesDifferences() throws {
        let live = try TestCluster.makeSchema()
        let scratch = try ScratchSchema.create(beside: live, suffix: "1")
        #expect(throws: StoreError.self) { try ScratchSchema.create(beside: live, suffix: "1") }
        var ledger = RandomLedger(seed: 41)
        let groups = (0..<6).map { _ in ledger.nextGroup() }
        try LedgerWriter(live).write(groups)
        // The same batches in other groups give the same rows.
        let rebuild = try LedgerWriter(scratch)
        for group in groups { try rebuild.write([group]) }
        #expect(try LedgerComparison.compare(expected: scratch, found: live).isEqual)

        let connection = try PostgresConnection(to: live, applicationName: "test")
        try connection.execute(
            """
            UPDATE payment_rows SET paid = coalesce(paid, 0) + 1 WHERE payment_id = 5;
            UPDATE open_payments SET paid = coalesce(paid, 0) + 1 WHERE payment_id = 5;
            CREATE TABLE kept AS SELECT * FROM fill_records WHERE fill_id <> 7;
            TRUNCATE fill_rows;
            \(ComparisonTests.insertFills(from: "kept"));
            INSERT INTO accounts VALUES (4711, 'suspense', 9, 'CNY', 0, 0, 0);
            """)
        let report = try LedgerComparison.compare(expected: scratch, found: live)
        #expect(report.totalCount == 3)
        #expect(report.differences.map(\.table) == ["accounts", "payments", "fills"])
        #expect(report.differences.map(\.kind) == [.extra, .changed, .missing])
        #expect(report.differences.map(\.key) == ["4711", "5", "7"])
        let paid = ledger.payments[5]!.paid
        #expect(report.differences[1].columns == ["paid"])
        #expect(report.differences[1].expected == "paid=\(paid)")
        #expect(report.differences[1].found == "paid=\(paid + 1)")
        #expect(report.differences[2].columns.count == 16)

        for table in ["payment_rows", "open_payments"] {
            try connection.execute("UPDATE \(table) SET held = coalesce(held, 0) + 1")
        }
        let many = try LedgerComparison.compare(expected: scratch, found: live, limit: 10)
        #expect(many.differences.count == 10)
        #expect(many.totalCount == ledger.payments.count + 2)
        try ScratchSchema.drop(scratch)
        #expect(errorCode { try ScratchSchema.drop(live) } == .invalidArgument)
        #expect(throws: StoreError.self) { try LedgerReader(scratch).position() }
    }
}
