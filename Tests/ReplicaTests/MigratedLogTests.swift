import Consensus
import Domain
import Engine
import LogsForTests
import Node
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
        let (entries, expected) = try MigratedLogTests.oldLog()
        #expect(entries.count > 100)
        let address = try TestCluster.makeSchema()
        let store = try LogStore(address)
        for start in stride(from: 0, to: entries.count, by: LogStore.maximumEntriesPerWrite) {
            try store.append(
                Array(entries[start...].prefix(LogStore.maximumEntriesPerWrite)))
        }

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

        // A start adds the first entry of its term, and does what has fallen due since.
        let again = try Running(old)
        #expect(await again.stop() == nil)
        let stored = try LogReader(old).read(from: 1, limit: 10_000)
        #expect(Array(stored.prefix(entries.count)) == entries)
        let position = try LedgerReader(old).position()
        #expect(position.logIndex > expected.logIndex && position.logIndex == stored.last?.index)
        #expect(position.paymentCount == expected.paymentCount)
        let report = try StoreVerification.run(old, limit: 10)
        #expect(report.comparison.isEqual, "\(report.comparison.differences)")
        #expect(report.batches == position.logIndex && report.stateHash == position.stateHash)
        #expect(report.uncomparedHashes == 0, "each state is what the log says of it")
        #expect(try LogStore(old).recovered.hardState.commit == position.logIndex)
    }

    /// A log as programs wrote it before there were terms, and where it leads. Few batches: nobody
    /// looks up what the engine has forgotten.
    private static func oldLog() throws -> ([LogEntry], LedgerPosition) {
        var builder = BatchBuilder(after: .start, term: 1)
        var follower = LedgerFollower()
        var entries: [LogEntry] = []
        let history = RandomHistory(seed: 15, commands: 5_000, rules: .first)
        for batch in history.batches {
            for start in stride(from: 0, to: batch.commands.count, by: 50) {
                var packed = EncodedCommands()
                for command in batch.commands[start...].prefix(50) {
                    packed.append(EncodedCommand(command))
                }
                let made = builder.makeEntry(
                    [SealedCommands(sealing: packed)], rules: .current, now: batch.timestamp,
                    stating: follower.engine.position)
                _ = try follower.follow(made.entry)
                entries.append(made.entry)
            }
        }
        return (entries, follower.engine.position)
    }
}
