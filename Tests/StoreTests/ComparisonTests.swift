import Domain
import PostgresForTests
import Store
import Testing

@Suite("Comparing a ledger with its replay")
struct ComparisonTests {
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
            DELETE FROM fills WHERE fill_id = 7;
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
