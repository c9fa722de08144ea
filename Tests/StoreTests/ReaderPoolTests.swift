import Domain
import PostgresForTests
import Shares
import Store
import Synchronization
import Testing

@Suite("A pool of readers")
struct ReaderPoolTests {
    @Test("Reads in parallel, opens a broken connection again and refuses after its end")
    func readsAndReopens() async throws {
        let address = try TestCluster.makeSchema()
        var ledger = RandomLedger(seed: 51)
        try LedgerWriter(address).write([ledger.nextGroup()])
        let pool = try ReaderPool(address, readers: 2, maximumWaiting: 64)
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<20 { group.addTask { try await pool.read { try $0.accounts().count } } }
            for try await count in group { #expect(count == ledger.accounts.count) }
        }
        let process = try await pool.read { $0.connection.serverProcess }
        try TestCluster.kill(process, at: address)
        for _ in 0..<4 {
            #expect(try await pool.read { try $0.position() } == ledger.position)
        }
        await #expect(throws: StoreError.self) {
            try await pool.read { try $0.connection.execute("DELETE FROM accounts") }
        }
        await pool.shutdown()
        let error = await #expect(throws: StoreError.self) {
            try await pool.read { try $0.position() }
        }
        #expect(error?.code == .closed)
    }

    @Test("A full queue refuses at once", .timeLimit(.minutes(1)))
    func overload() async throws {
        let pool = try ReaderPool(TestCluster.makeSchema(), readers: 1, maximumWaiting: 1)
        let gate = Mutex(false)
        let started = AsyncStream<Void>.makeStream()
        async let blocked: Void = pool.read { reader in
            started.continuation.yield()
            while !gate.withLock({ $0 }) { try reader.connection.execute("SELECT pg_sleep(0.01)") }
        }
        for await _ in started.stream { break }
        async let waiting = pool.read { try $0.position() }
        while pool.waitingCount < 1 { await Task.yield() }
        let error = await #expect(throws: StoreError.self) {
            try await pool.read { try $0.position() }
        }
        #expect(error?.code == .overloaded)
        gate.withLock { $0 = true }
        #expect(try await waiting == LedgerPosition())
        try await blocked
        await pool.shutdown()
    }
}

@Suite("Readers shared out among owners")
struct FairReaderTests {
    private let greedy = Owner("greedy")
    private let modest = Owner("modest")

    @Test(
        "Lookups do not wait for lists, and nobody's list for another's many",
        .timeLimit(.minutes(1)))
    func kinds() async throws {
        let pool = try ReaderPool(TestCluster.makeSchema())
        // Held until the end: as many lists of one owner as may wait.
        let lists = (0..<100).map { _ in
            Task {
                try await pool.read(.list, for: greedy) {
                    try $0.connection.execute("SELECT pg_sleep(60)")
                }
            }
        }
        while pool.waitingCount < 99 { await Task.yield() }
        for kind in ReadKind.allCases {
            #expect(try await pool.read(kind, for: modest) { try $0.position() }.logIndex == 0)
        }
        for list in lists { list.cancel() }
        for list in lists {
            await #expect(throws: CancellationError.self) { try await list.value }
        }
        #expect(pool.waitingCount == 0)
        await pool.shutdown()
    }

    @Test("A read whose caller is gone is ended in the server, and the session goes on")
    func givenUp() async throws {
        let pool = try ReaderPool(TestCluster.makeSchema(), readers: 1)
        let process = try await pool.read { $0.connection.serverProcess }
        for round in 0..<20 {
            let started = AsyncStream<Void>.makeStream()
            let read = Task {
                try await pool.read { reader in
                    started.continuation.yield()
                    // Two statements: the request may fall between them.
                    try reader.connection.execute("SELECT pg_sleep(0.0\(round % 10))")
                    try reader.connection.execute("SELECT pg_sleep(60)")
                }
            }
            for await _ in started.stream { break }
            read.cancel()
            await #expect(throws: CancellationError.self) { try await read.value }
            // The next one on the same session is not hit.
            #expect(try await pool.read { $0.connection.serverProcess } == process)
        }
        await pool.shutdown()
    }
}
