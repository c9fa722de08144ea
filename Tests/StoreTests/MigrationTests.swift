import Domain
import Foundation
import PostgresForTests
import Store
import Testing

@Suite("Migrations are applied once and never edited")
struct MigrationTests {
    @Test("Are applied once, in order")
    func appliedOnce() throws {
        let address = try TestCluster.makeAddress()
        #expect(try Migrations.apply(to: address) == Migrations.all.count)
        #expect(try Migrations.apply(to: address) == 0)
        let numbers = Migrations.all.map(\.number)
        #expect(numbers == Set(numbers).sorted())
    }

    @Test("What docs/operating.md empties for a rebuild is every table that follows from the log")
    func emptiedTables() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/operating.md").standardizedFileURL
        let text = try String(contentsOf: file, encoding: .utf8)
        let list = try #require(text.firstMatch(of: /TRUNCATE ([a-z_,\s]+);/)).output.1
        let names = list.split { $0 == "," || $0.isWhitespace }.map(String.init)
        for type in DeclaredRows.all { #expect(names.contains(type.table), "\(type.table)") }
        let address = try TestCluster.makeSchema()
        let connection = try PostgresConnection(to: address, applicationName: "test")
        let missing = try connection.query(
            """
            SELECT relname FROM pg_class
            WHERE relnamespace = '\(address.schema)'::regnamespace AND relkind IN ('r', 'p')
                AND oid NOT IN (SELECT inhrelid FROM pg_inherits)
                AND relname NOT IN
                    ('raft_log', 'raft_contents', 'raft_state', 'erased', 'applied',
                    'schema_migrations')
                AND relname <> ALL (string_to_array('\(names.joined(separator: ","))', ','))
            """)
        #expect(missing.rowCount == 0)
        for name in names { try TestCluster.execute("TRUNCATE \(name) CASCADE", at: address) }
    }

    @Test("Refuse a changed file and a file from a newer build, and change nothing then")
    func refusals() throws {
        let address = try TestCluster.makeAddress()
        let connection = try PostgresConnection(to: address, applicationName: "test")
        let one = Migration(number: 1, name: "one", sql: Array("CREATE TABLE one ()".utf8))
        let two = Migration(number: 2, name: "two", sql: Array("CREATE TABLE two ()".utf8))
        #expect(try Migrations.apply([one, two], on: connection) == 2)
        let edited = Migration(number: 1, name: "one", sql: Array("CREATE TABLE uno ()".utf8))
        #expect(
            errorCode { _ = try Migrations.apply([edited, two], on: connection) }
                == .migrationRefused)
        #expect(
            errorCode { _ = try Migrations.apply([one], on: connection) } == .migrationRefused)
        let broken = Migration(
            number: 3, name: "broken", sql: Array("CREATE TABLE three (); SELECT 1/0".utf8))
        #expect(
            errorCode { _ = try Migrations.apply([one, two, broken], on: connection) } == .database)
        #expect(
            try connection.query("SELECT 1 WHERE to_regclass('three') IS NULL").rowCount == 1)
    }

    @Test("An older ledger gets the totals, UETRs and lists of fills that it would have kept")
    func olderLedger() throws {
        let (old, new) = (try TestCluster.makeSchema(), try TestCluster.makeSchema())
        var ledger = RandomLedger(seed: 36, hasLegs: false)
        let groups = (0..<20).map { _ in ledger.nextGroup() }
        try LedgerWriter(new).write(groups)
        try LedgerWriter(old).write(groups)
        try TestCluster.execute(
            """
            DROP TABLE nostros, withdrawals, agent_entries, identifiers, correspondents, operators,
                operator_commands, messaging, bank_messages, notifications, follow_ups, returns,
                cases, notices, policy_lines, proposals, proposal_refusals, calendar_days,
                calendar_stages, business_days, account_days, registered_keys,
                debit_caps, dated_payments,
                dated_funding, statement_runs, agent_statements, agent_statement_lines,
                agent_statement_exceptions CASCADE;
            ALTER TABLE corridors DROP COLUMN follows_calendars CASCADE;
            ALTER TABLE fundings DROP COLUMN nostro CASCADE;
            DROP TABLE raft_log, raft_state, raft_contents, content_keys, erasures, erased CASCADE;
            DROP FUNCTION keep_committed, add_log_part;
            DROP TABLE rule_versions;
            DROP TABLE attempts;
            DROP TABLE corridor_totals;
            DROP FUNCTION uetr_of;
            DROP INDEX batches_by_payment;
            ALTER TABLE batches DROP COLUMN uetrs;
            ALTER TABLE payment_rows ADD PRIMARY KEY (payment_id);
            CREATE INDEX payment_rows_by_uetr ON payment_rows (uetr);
            CREATE TABLE singles AS SELECT * FROM fill_records;
            DROP TABLE fill_rows CASCADE;
            ALTER TABLE singles RENAME TO fill_rows;
            ALTER TABLE fill_rows ADD PRIMARY KEY (fill_id);
            CREATE VIEW fills AS SELECT fill_id, time_of(timestamp_ns) AS occurred_at, timestamp_ns,
                currency_of(codes & 255) AS foreign_currency,
                CASE codes >> 8 WHEN 0 THEN 'pay-cny' ELSE 'pay-foreign' END AS resting_side,
                renminbi_payment, foreign_payment, renminbi_amount, foreign_amount, rate,
                renminbi_fee, foreign_fee, renminbi_debit, renminbi_credit, foreign_debit,
                foreign_credit FROM fill_rows;
            DELETE FROM schema_migrations WHERE number = 1 OR number >= 4
            """, at: old)
        #expect(try Migrations.apply(to: old) == Migrations.all.count - 2)
        let report = try LedgerComparison.compare(expected: new, found: old)
        #expect(report.isEqual, "\(report.differences)")
        let totals = try LedgerReader(old).corridorTotals()
        #expect(totals.contains { $0.cancelled > 0 && $0.settled > 0 && $0.fills > 0 })
        try LedgerWriter(old).write([ledger.nextGroup()])
    }

    @Test("A payment's number leads to its UETR")
    func numbers() throws {
        let address = try TestCluster.makeSchema()
        var ledger = RandomLedger(seed: 37)
        try LedgerRoundTripTests.write(&ledger, batches: 20, to: LedgerWriter(address))
        try TestCluster.execute(
            """
            DO $$ BEGIN
                ASSERT (SELECT bool_and(uetr_of(payment_id) = uetr) FROM payment_records);
                ASSERT uetr_of((SELECT max(payment_id) + 1 FROM payment_records)) IS NULL;
            END $$
            """, at: address)
    }

    @Test("Gateways that start together migrate once")
    func together() async throws {
        let address = try TestCluster.makeAddress()
        let applied = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<3 { group.addTask { try Migrations.apply(to: address) } }
            return try await group.reduce(0, +)
        }
        #expect(applied == Migrations.all.count)
    }

    @Test("A schema name is plain", arguments: ["", "1a", "a;b", "A", "pg_x", "a\"b", "é"])
    func schemaNames(name: String) {
        #expect(throws: StoreError.self) {
            try DatabaseAddress(connectionString: "", schema: name)
        }
    }
}
