import PostgresForTests
import Store
import Testing

@Suite("Migrations are applied once and never edited")
struct MigrationTests {
    @Test("Are applied once, in order")
    func appliedOnce() throws {
        let address = try TestCluster.makeAddress()
        #expect(try Migrations.apply(to: address) == Migrations.newest)
        #expect(try Migrations.apply(to: address) == 0)
        #expect(Migrations.all.map(\.number) == Array(1...Int32(Migrations.newest)))
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

    @Test("A ledger from before the totals gets those that it would have kept")
    func totalsOfAnOldLedger() throws {
        let address = try TestCluster.makeSchema()
        var ledger = RandomLedger(seed: 36)
        try LedgerRoundTripTests.write(&ledger, batches: 20, to: LedgerWriter(address))
        let reader = try LedgerReader(address)
        let kept = try reader.corridorTotals()
        #expect(kept.contains { $0.cancelled > 0 && $0.settled > 0 && $0.fills > 0 })
        try TestCluster.execute(
            "DROP TABLE corridor_totals; DELETE FROM schema_migrations WHERE number = 4",
            at: address)
        #expect(try Migrations.apply(to: address) == 1)
        #expect(try reader.corridorTotals() == kept)
    }

    @Test("Gateways that start together migrate once")
    func together() async throws {
        let address = try TestCluster.makeAddress()
        let applied = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<3 { group.addTask { try Migrations.apply(to: address) } }
            return try await group.reduce(0, +)
        }
        #expect(applied == Migrations.newest)
    }

    @Test("A schema name is plain", arguments: ["", "1a", "a;b", "A", "pg_x", "a\"b", "é"])
    func schemaNames(name: String) {
        #expect(throws: StoreError.self) {
            try DatabaseAddress(connectionString: "", schema: name)
        }
    }
}
