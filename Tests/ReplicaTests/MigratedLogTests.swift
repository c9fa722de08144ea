import Domain
import PostgresForTests
import Replica
import Scenarios
import Store
import Testing

@Suite("A log from before it had parts")
struct MigratedLogTests {
    /// The rows stay where they are and lead to the same ledger.
    @Test(.timeLimit(.minutes(2)))
    func migrated() async throws {
        let address = try TestCluster.makeSchema()
        let run = try Running(address)
        let commands = RandomHistory(seed: 15, commands: 10_000, rules: .current).batches
            .flatMap(\.commands)
        for start in stride(from: 0, to: commands.count, by: 6) {
            try await run.submitInTurn(Array(commands[start..<min(start + 6, commands.count)]))
        }
        #expect(await run.stop() == nil)
        let expected = try LedgerReader(address).position()
        let entries = try LogReader(address).read(from: 1, limit: 10_000)
        #expect(entries.count == Int(expected.logIndex) && entries.count > 1_000)

        let old = try TestCluster.makeAddress()
        let session = try PostgresConnection(to: old, applicationName: "test")
        _ = try Migrations.apply(Migrations.all.filter { $0.number < 15 }, on: session)
        try session.execute(
            """
            INSERT INTO raft_log SELECT log_index, term, recorded_at, timestamp_ns, command_count,
                previous_hash, checksum, payload FROM \(address.schema).raft_log;
            INSERT INTO raft_contents SELECT * FROM \(address.schema).raft_contents
            """)
        try session.execute(
            """
            CREATE TEMP TABLE files AS SELECT pg_relation_filenode('raft_log') AS log,
                pg_relation_filenode('raft_contents') AS contents
            """)
        try Migrations.apply(to: old)
        let kept = try session.query(
            """
            SELECT FROM files WHERE log = pg_relation_filenode('raft_log_1')
                AND contents = pg_relation_filenode('raft_contents_1')
            """)
        #expect(kept.rowCount == 1, "nothing is copied")
        #expect(try LogReader(old).read(from: 1, limit: 10_000) == entries)

        let again = try Running(old)
        #expect(await again.stop() == nil)
        #expect(try LedgerReader(old).position() == expected)
        let report = try StoreVerification.run(old, limit: 10)
        #expect(report.comparison.isEqual, "\(report.comparison.differences)")
        #expect(report.batches == expected.logIndex)
        #expect(report.stateHash == expected.stateHash)
        #expect(try LogStore(old).recovered.hardState.commit == expected.logIndex)
    }
}
