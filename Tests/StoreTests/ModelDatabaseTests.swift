import Chance
import Consensus
import Domain
import PostgresForTests
import Simulation
import Store
import Testing

@Suite("The model of the database is as the database is")
struct ModelDatabaseTests {
    /// Every outcome of a write and all that is found afterwards, with a PostgreSQL beside it.
    @Test("Random writes, refusals and lost sessions", arguments: [UInt64(1), 2, 3, 4])
    func same(seed: UInt64) throws {
        var chance = SplitMix64(seed: seed)
        let address = try TestCluster.makeSchema()
        var model = ModelDatabase()
        var log: LogStore? = try LogStore(address)
        _ = try model.open()
        var seen: [String: Int] = [:]
        for step in 0..<300 {
            let write = Self.randomWrite(model, step, &chance)
            let fate: CommitFate =
                chance.percent(80) ? .succeeds : chance.percent(50) ? .isLost : .isUnanswered
            let expected = Self.failure { () throws(DatabaseFailure) in
                try model.write(write.hardState, write.entries, fate)
            }
            let found = try Self.perform(
                write, fate, isUnknown: expected == .outcomeUnknown, #require(log), address)
            #expect(found == expected?.code, "step \(step): \(write)")
            seen[expected.map { "\($0)" } ?? "written", default: 0] += 1
            if expected == .outcomeUnknown || chance.percent(5) {
                log = nil
                log = try LogStore(address)
                let (last, hardState) = try model.open()
                #expect(log?.recovered == RecoveredLog(last: last, hardState: hardState))
            }
            #expect(
                try LogReader(address).read(from: 1, limit: 1_000)
                    == model.read(from: 1, limit: 1_000))
            try Self.advanceTables(&model, address, &chance)
        }
        #expect(seen.count == 4, "\(seen)")
    }

    /// What a node may ask for, and now and then what it must not.
    private static func randomWrite(
        _ model: ModelDatabase, _ step: Int, _ chance: inout SplitMix64
    ) -> LogWrite {
        let entries = model.read(from: 1, limit: 1_000)
        // Often what is not committed, sometimes all.
        let kept =
            chance.percent(50)
            ? entries.count : max(0, entries.count - chance.below(6))
        let last = kept > 0 ? LogPosition(of: entries[kept - 1]) : .start
        let term = UInt64(1 + step / 20) + UInt64(chance.below(3))
        var added = LogWriteTests.entries(
            after: last, count: chance.below(4), term: term, salt: UInt8(step % 251))
        let known = kept > 0 ? entries[kept - 1].commit : 0
        for position in added.indices {
            added[position].commit = min(
                added[position].index, known + UInt64(chance.below(2)))
            if position > 0, chance.percent(95) {
                added[position].commit = max(added[position].commit, added[position - 1].commit)
            }
        }
        if !added.isEmpty, chance.percent(5) { added[0].previousHash[0] ^= 1 }
        guard chance.percent(40) || added.isEmpty else { return LogWrite(entries: added) }
        let commit = UInt64(chance.below(max(1, entries.count / 2)))
        return LogWrite(
            hardState: HardState(term: term, vote: UInt64(chance.below(3)), commit: commit),
            entries: added)
    }

    /// The same at the database: a lost session dies before its commit, an unanswered one behind.
    private static func perform(
        _ write: LogWrite, _ fate: CommitFate, isUnknown: Bool, _ log: LogStore,
        _ address: DatabaseAddress
    ) throws -> StoreError.Code? {
        guard isUnknown else { return errorCode { try log.write(write) } }
        if fate == .isLost {
            try log.stage(write)
            try log.flushStaged()
            try TestCluster.kill(log.serverProcess, at: address)
            return errorCode { try log.commitStaged() }
        }
        try log.write(write)
        try TestCluster.kill(log.serverProcess, at: address)
        return .outcomeUnknown
    }

    private static func advanceTables(
        _ model: inout ModelDatabase, _ address: DatabaseAddress,
        _ chance: inout SplitMix64
    ) throws {
        let end = UInt64(model.read(from: 1, limit: 1_000).count)
        let next = model.applied + 1 + UInt64(chance.below(3))
        guard chance.percent(20), next + 3 <= end else { return }
        try model.writeTables(at: next)
        try TestCluster.execute("UPDATE applied SET log_index = \(next)", at: address)
    }

    private static func failure(
        _ body: () throws(DatabaseFailure) -> Void
    ) -> DatabaseFailure? {
        do throws(DatabaseFailure) {
            try body()
            return nil
        } catch {
            return error
        }
    }

    @Test("A server that crashes loses commits of tables, from the last one back, and no entry")
    func crash() throws {
        var kept: Set<UInt64> = []
        for seed in 0..<50 {
            var chance = SplitMix64(seed: UInt64(seed))
            var model = ModelDatabase()
            _ = try model.open()
            let entries = LogWriteTests.entries(after: .start, count: 6, commit: 1)
            try model.write(nil, entries)
            for index in 1...2 { try model.writeTables(at: UInt64(index)) }
            model.flush()
            for index in 3...5 { try model.writeTables(at: UInt64(index)) }
            model.crash(&chance)
            kept.insert(model.applied)
            #expect(model.read(from: 1, limit: 9) == entries)
            #expect(try model.open().hardState.commit == model.applied)
            model.isFull = true
            #expect(throws: DatabaseFailure.full) {
                try model.write(HardState(term: 9), [])
            }
            model.loseTail(6)
            #expect(throws: DatabaseFailure.unsafeGround) { _ = try model.open() }
        }
        #expect(kept == [2, 3, 4, 5])
    }
}

extension DatabaseFailure {
    fileprivate var code: StoreError.Code {
        switch self {
        case .positionMismatch: .positionMismatch
        case .committed: .committed
        case .outcomeUnknown: .outcomeUnknown
        case .full: .database
        case .unsafeGround: .unsafeGround
        case .tooMany: .invalidArgument
        }
    }
}
