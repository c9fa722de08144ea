import Domain
import PostgresForTests
import Store
import Testing

@Suite("The log is a chain that only grows")
struct LogStoreTests {
    /// Entries behind `last`, chained by made-up checksums.
    static func entries(
        after last: LogPosition, count: Int, bytes: Int = 100, salt: UInt8 = 0
    ) -> [LogEntry] {
        var previous = last
        return (0..<count).map { _ in
            let index = previous.index + 1
            let entry = LogEntry(
                index: index, term: 3, timestamp: Int64(index) * 1_001, commandCount: 7,
                previousHash: previous.index == 0
                    ? [UInt8](repeating: 0, count: 32) : previous.checksum,
                checksum: (0..<32).map { UInt8(truncatingIfNeeded: index &* 31 &+ $0) ^ salt },
                payload: (0..<bytes).map { UInt8(truncatingIfNeeded: $0 &* Int(index)) })
            previous = LogPosition(of: entry)
            return entry
        }
    }

    @Test("What is appended is read back in order, in pages and across sessions")
    func appendAndRead() throws {
        let address = try TestCluster.makeSchema()
        let log = try LogStore(address)
        #expect(log.last == .start)
        let first = Self.entries(after: log.last, count: 1)
        try log.append(first)
        let more = Self.entries(after: log.last, count: 299, bytes: 70_000)
        try log.append(more)
        try log.append([])
        let all = first + more
        #expect(try log.read(from: 2, limit: 3) == Array(all[1..<4]))
        #expect(try log.read(from: 1, limit: 300, maximumBytes: 150_000).count == 3)
        #expect(try log.read(from: 5, limit: 300, maximumBytes: 1) == [all[4]])
        var cursor = log.entries(from: 1)
        var count = 0
        while let entry = try cursor.next() {
            #expect(entry == all[count])
            count += 1
        }
        #expect(count == 300)
        #expect(try LogReader(address).lastPosition() == log.last)
        #expect(log.last == LogPosition(of: all[299]))
    }

    @Test("A second writer is refused by name until the first is gone")
    func secondWriter() throws {
        let address = try TestCluster.makeSchema()
        var first: LogStore? = try LogStore(address)
        let process = try #require(first?.serverProcess)
        let error = #expect(throws: StoreError.self) {
            try LogStore(address, lockWaitMilliseconds: 50)
        }
        #expect(error?.code == .anotherWriter)
        #expect(error?.message.contains("server process \(process)") == true)
        #expect(try LogStore(TestCluster.makeSchema()).last == .start)
        first = nil
        #expect(try LogStore(address).last == .start)
    }

    @Test("Gaps, repetitions and other chains are refused, also by the table itself")
    func gapRefused() throws {
        let address = try TestCluster.makeSchema()
        let log = try LogStore(address)
        let entries = Self.entries(after: .start, count: 4)
        #expect(errorCode { try log.append([entries[1]]) } == .positionMismatch)
        try log.append(Array(entries[0..<2]))
        #expect(errorCode { try log.append([entries[3]]) } == .positionMismatch)
        #expect(errorCode { try log.append([entries[1]]) } == nil, "it takes its own place")
        var forged = entries[2]
        forged.previousHash[0] ^= 1
        #expect(errorCode { try log.append([forged]) } == .positionMismatch)
        // Behind the writer's back the table loses its last row, then gets another one.
        let connection = try PostgresConnection(to: address, applicationName: "test")
        try connection.execute("DELETE FROM raft_log WHERE log_index = 2")
        #expect(errorCode { try log.append([entries[2], entries[3]]) } == .positionMismatch)
        #expect(try LogReader(address).lastPosition() == LogPosition(of: entries[0]))
        try connection.execute(
            """
            INSERT INTO raft_log SELECT g, 1, now(), g, 0, checksum, checksum, ''
            FROM raft_log, generate_series(2, 3) g WHERE log_index = 1
            """)
        #expect(errorCode { try log.append([entries[2]]) } == .positionMismatch)
    }

    @Test("A session that dies with rows sent but not committed leaves none of them")
    func killedBeforeCommit() throws {
        let address = try TestCluster.makeSchema()
        let log = try LogStore(address)
        try log.append(Self.entries(after: .start, count: 2))
        let before = log.last
        let entries = Self.entries(after: before, count: 3)
        try log.stage(LogWrite(entries: entries))
        try log.flushStaged()
        try TestCluster.kill(log.serverProcess, at: address)
        #expect(errorCode { try log.commitStaged() } == .outcomeUnknown)
        let successor = try LogStore(address)
        #expect(successor.last == before)
        try successor.append(entries)
        #expect(try LogReader(address).lastPosition() == LogPosition(of: entries[2]))
    }

    @Test("After an unknown outcome the table says what is there")
    func unknownOutcome() throws {
        let address = try TestCluster.makeSchema()
        let log = try LogStore(address)
        let entries = Self.entries(after: .start, count: 3)
        // The commit arrives, its answer is treated as lost.
        try log.stage(LogWrite(entries: entries))
        try log.commitStaged()
        #expect(log.last == .start)
        try TestCluster.kill(log.serverProcess, at: address)
        let successor = try LogStore(address)
        #expect(successor.last == LogPosition(of: entries[2]))
        try successor.append(Self.entries(after: successor.last, count: 1))
        try TestCluster.kill(successor.serverProcess, at: address)
        #expect(
            errorCode { try successor.append(Self.entries(after: successor.last, count: 1)) }
                == .outcomeUnknown)
    }
}
