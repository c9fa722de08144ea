import Domain
import PostgresForTests
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

    @Test("A full queue refuses at once")
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
