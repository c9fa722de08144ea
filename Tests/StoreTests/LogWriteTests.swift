import Chance
import Consensus
import Domain
import Foundation
import PostgresForTests
import Shares
import Store
import Testing

@Suite("A step of a node is stored whole or not at all, and what is committed stays")
struct LogWriteTests {
    /// Entries behind `last`, some with contents, that say what is committed.
    static func entries(
        after last: LogPosition, count: Int, term: UInt64 = 3, commit: UInt64 = 0, salt: UInt8 = 0
    ) -> [LogEntry] {
        LogStoreTests.entries(after: last, count: count, salt: salt).map { entry in
            var entry = entry
            entry.term = term
            entry.commit = commit
            entry.kind = [.batch, .leaderStart, .membership][Int(entry.index % 3)]
            if entry.index % 2 == 0 { entry.contents = [salt, 1, 2] }
            return entry
        }
    }

    private static func log(_ address: DatabaseAddress) throws -> [LogEntry] {
        try LogReader(address).read(from: 1, limit: 10_000)
    }

    private static func contents(_ address: DatabaseAddress) throws -> Int {
        try PostgresConnection(to: address, applicationName: "test")
            .query("SELECT FROM raft_contents").rowCount
    }

    @Test("Kind, commit index, term and vote are found again; none of them goes back")
    func roundTrip() throws {
        let address = try TestCluster.makeSchema()
        var log: LogStore? = try LogStore(address)
        #expect(log?.recovered == RecoveredLog(last: .start, hardState: HardState()))
        let entries = Self.entries(after: .start, count: 6, commit: 2)
        try log?.write(LogWrite(entries: Array(entries[..<4])))
        // As written by a program that knows no votes: the term is that of the log.
        log = nil
        log = try LogStore(address)
        #expect(log?.recovered.hardState == HardState(term: 3, vote: 0, commit: 2))
        try log?.write(LogWrite(hardState: HardState(term: 4, vote: 0, commit: 1)))
        try log?.write(
            LogWrite(
                hardState: HardState(term: 4, vote: 2, commit: 3), entries: Array(entries[4...])))
        for taken in [HardState(term: 3, vote: 2), HardState(term: 4, vote: 1, commit: 9)] {
            let more = Self.entries(after: LogPosition(of: entries[5]), count: 1, commit: 5)
            #expect(
                errorCode { try log?.write(LogWrite(hardState: taken, entries: more)) }
                    == .positionMismatch)
        }
        log = nil
        #expect(try Self.log(address) == entries)
        log = try LogStore(address)
        #expect(log?.recovered.last == LogPosition(of: entries[5]))
        #expect(log?.recovered.hardState == HardState(term: 4, vote: 2, commit: 3))
        // Of three that know what is committed the greatest is right.
        let seventh = Self.entries(after: LogPosition(of: entries[5]), count: 1, commit: 5)
        try log?.write(LogWrite(entries: seventh))
        let back = Self.entries(after: LogPosition(of: seventh[0]), count: 1, commit: 4)
        #expect(errorCode { try log?.write(LogWrite(entries: back)) } == .positionMismatch)
        log = nil
        #expect(try LogStore(address).recovered.hardState.commit == 5)
        try TestCluster.execute("UPDATE applied SET log_index = 7", at: address)
        #expect(try LogStore(address).recovered.hardState.commit == 7)
        try TestCluster.execute("UPDATE applied SET log_index = 8", at: address)
        #expect(errorCode { _ = try LogStore(address) } == .unsafeGround)
        #expect(
            try LogReader(address).read(from: 2, through: 5, limit: 9).map(\.index) == [2, 3, 4, 5])
    }

    @Test("Random steps leave what a list leaves", arguments: [UInt64(1), 2, 3])
    func randomSteps(seed: UInt64) throws {
        var chance = SplitMix64(seed: seed)
        let address = try TestCluster.makeSchema()
        try Self.cutParts(at: 20, address)
        var settings = LogSettings()
        settings.partSize = 16
        var model: [LogEntry] = []
        var term: UInt64 = 1
        var commit: UInt64 = 0
        var log: LogStore? = try LogStore(address, settings)
        for step in 0..<120 {
            let from = UInt64.random(in: commit...UInt64(model.count), using: &chance)
            let isConflict = from < model.count
            if isConflict { term += 1 }
            let kept = Array(model.prefix(Int(from)))
            let last = kept.last.map { LogPosition(of: $0) } ?? .start
            let entries = Self.entries(
                after: last, count: Int.random(in: 1...6, using: &chance), term: term,
                commit: commit, salt: UInt8(truncatingIfNeeded: step))
            let hardState =
                isConflict
                ? HardState(term: term, vote: step % 2 == 0 ? 1 : 0, commit: commit) : nil
            try log?.write(LogWrite(hardState: hardState, entries: entries))
            model = kept + entries
            #expect(log?.last == LogPosition(of: entries[entries.count - 1]))
            commit = UInt64.random(in: commit...UInt64(model.count), using: &chance)
            if Int.random(in: 0..<8, using: &chance) == 0 {
                log = nil
                log = try LogStore(address, settings)
                #expect(try Self.log(address) == model)
                #expect(try Self.contents(address) == model.count / 2)
                let written = model.last?.commit ?? 0
                #expect(log?.recovered.hardState.commit ?? 0 >= written)
                #expect(log?.recovered.hardState.term == term)
            }
        }
        #expect(try Self.log(address) == model)
        // Never more ahead than half a part and one write.
        let ends = try PostgresConnection(to: address, applicationName: "test")
            .query("SELECT FROM raft_log_parts WHERE first_index > \(model.count)").rowCount
        #expect(ends <= 2)
    }

    @Test("A session killed between any two statements leaves the old tail", arguments: 0..<3)
    func killedBetween(stop: Int) async throws {
        let address = try TestCluster.makeSchema()
        let old = Self.entries(after: .start, count: 8, commit: 2)
        try LogStore(address).write(LogWrite(entries: old))
        let kept = LogPosition(of: old[3])
        let new = Self.entries(after: kept, count: 3, term: 5, commit: 3, salt: 9)
        let step = LogWrite(hardState: HardState(term: 5, vote: 2, commit: 3), entries: new)
        // The server stands still in the deletion, before the first row and before the last one.
        let event = ["DELETE ON", "INSERT ON", "INSERT ON"][stop]
        let index = [6, 5, 7][stop]
        let row = stop == 0 ? "OLD" : "NEW"
        let holder = try PostgresConnection(to: address, applicationName: "test-holder")
        try holder.execute(
            """
            CREATE FUNCTION stand() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN PERFORM pg_advisory_xact_lock(hashtext(current_schema)); RETURN \(row); END';
            CREATE TRIGGER stand BEFORE \(event) raft_log FOR EACH ROW
                WHEN (\(row).log_index = \(index)) EXECUTE FUNCTION stand();
            SELECT pg_advisory_lock(hashtext(current_schema))
            """)
        let process = OneProcess()
        async let outcome = WorkerThread.run("write") { () -> StoreError.Code? in
            let log = try LogStore(address)
            process.set(log.serverProcess)
            return errorCode { try log.write(step) }
        }
        let number = process.wait()
        try await Self.waitUntilBlocked(number, address)
        try TestCluster.kill(number, at: address)
        #expect(try await outcome == .outcomeUnknown)
        #expect(try Self.log(address) == old)
        #expect(try Self.contents(address) == 4)
        // The server is let go: now all of it, though the answer is lost.
        try holder.execute("SELECT pg_advisory_unlock_all(); DROP FUNCTION stand CASCADE")
        var log: LogStore? = try LogStore(address)
        #expect(log?.recovered.hardState == HardState(term: 3, vote: 0, commit: 2))
        try log?.stage(step)
        try log?.commitStaged()
        try TestCluster.kill(#require(log?.serverProcess), at: address)
        log = nil
        #expect(try Self.log(address) == Array(old[..<4]) + new)
        #expect(try Self.contents(address) == 3)
        #expect(try LogStore(address).recovered.hardState == step.hardState)
    }

    private static func waitUntilBlocked(_ process: Int32, _ address: DatabaseAddress) async throws
    {
        let watch = try PostgresConnection(to: address, applicationName: "test-watch")
        for _ in 0..<1_000 {
            let blocked = try watch.query(
                """
                SELECT FROM pg_stat_activity
                WHERE pid = $1 AND wait_event_type = 'Lock' AND wait_event = 'advisory'
                """, [.int4(process)])
            if blocked.rowCount == 1 { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("the write does not come to the statement")
    }

    @Test("What is committed or shown is never replaced, by the node or by hand")
    func committedStays() throws {
        let address = try TestCluster.makeSchema()
        let log = try LogStore(address)
        let entries = Self.entries(after: .start, count: 8, commit: 0)
        try log.write(LogWrite(entries: entries))
        func replacing(from index: Int, knowing commit: UInt64 = 0) -> LogWrite {
            LogWrite(
                hardState: HardState(term: 9, vote: 1),
                entries: Self.entries(
                    after: LogPosition(of: entries[index - 2]), count: 2, term: 9, commit: commit,
                    salt: 1))
        }
        // The tables show 3; term or vote came with a commit of 4; a row says 5.
        try TestCluster.execute("UPDATE applied SET log_index = 3", at: address)
        #expect(errorCode { try log.write(replacing(from: 3)) } == .committed)
        try log.write(LogWrite(hardState: HardState(term: 4, vote: 1, commit: 4)))
        #expect(errorCode { try log.write(replacing(from: 4)) } == .committed)
        let ninth = Self.entries(after: log.last, count: 1, commit: 5)
        try log.write(LogWrite(entries: ninth))
        #expect(errorCode { try log.write(replacing(from: 5)) } == .committed)
        for statement in [
            "DELETE FROM raft_log WHERE log_index = 5", "DELETE FROM raft_log_1",
            "DELETE FROM raft_contents WHERE log_index = 4", "UPDATE raft_log SET payload = ''",
            // The row that knows it goes first; what it knew stays.
            "DELETE FROM raft_log WHERE log_index = 9; DELETE FROM raft_log WHERE log_index = 5",
        ] {
            let error = #expect(throws: StoreError.self) {
                try TestCluster.execute(statement, at: address)
            }
            #expect(error?.cause?.sqlState == "LQ001", "\(statement)")
        }
        #expect(try Self.log(address) == entries + ninth)
        try TestCluster.execute(
            "UPDATE raft_contents SET contents = '\\x00' WHERE log_index = 2", at: address)
        try log.write(replacing(from: 6, knowing: 7))
        #expect(try Self.log(address).count == 7)
        #expect(try Self.log(address)[6].commit == 7)
    }

    @Test("The log goes on while its next part cannot be made, and crosses parts")
    func parts() async throws {
        let address = try TestCluster.makeSchema()
        try Self.cutParts(at: 40, address)
        var settings = LogSettings()
        settings.partSize = 40
        let log = try LogStore(address, settings)
        let holder = try PostgresConnection(to: address, applicationName: "test-holder")
        // Nobody can attach a part meanwhile.
        try holder.execute("BEGIN; LOCK TABLE raft_log IN SHARE UPDATE EXCLUSIVE MODE")
        while log.last.index < 39 {
            try log.append(Self.entries(after: log.last, count: 1))
        }
        try holder.execute("COMMIT")
        for _ in 0..<1_000 where try Self.partCount(holder) < 2 {
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(try Self.partCount(holder) == 2)
        // One write over the end of a part and of the next one, which is not made yet.
        let more = Self.entries(after: log.last, count: 60)
        try log.append(more)
        #expect(try Self.log(address).count == 99)
        try log.append(Self.entries(after: log.last, count: 1))
        #expect(try LogReader(address).lastPosition() == log.last)
        // The tail goes back over two parts.
        let tail = Self.entries(after: LogPosition(of: more[0]), count: 70, term: 4, salt: 3)
        try log.write(LogWrite(hardState: HardState(term: 4, vote: 1), entries: tail))
        #expect(try Self.log(address).suffix(71) == more[..<1] + tail)
        let own = try holder.query("SELECT FROM raft_log_40 WHERE log_index BETWEEN 40 AND 79")
        #expect(own.rowCount == 40)
    }

    private static func partCount(_ connection: PostgresConnection) throws -> Int {
        try connection.query("SELECT FROM raft_log_parts").rowCount
    }

    /// A first part that ends early, and no other.
    private static func cutParts(at end: UInt64, _ address: DatabaseAddress) throws {
        try TestCluster.execute(
            """
            DO $$
            DECLARE
                part record;
                owner text;
            BEGIN
                FOR part IN SELECT * FROM raft_log_parts LOOP
                    FOREACH owner IN ARRAY '{raft_log,raft_contents}'::text[] LOOP
                        EXECUTE format('DROP TABLE %s_%s', owner, part.first_index);
                    END LOOP;
                END LOOP;
                PERFORM add_log_part(1, \(end));
            END $$
            """, at: address)
    }
}

/// The number of a server process, from one thread to another.
private final class OneProcess: Sendable {
    private let number = Monitor<Int32?>(nil)

    func set(_ value: Int32) {
        number.withLock { $0 = value }
        number.signal()
    }

    func wait() -> Int32 { number.wait { $0 } }
}
