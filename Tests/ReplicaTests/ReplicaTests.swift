import Domain
import Evidence
import Foundation
import Node
import PostgresForTests
import Replica
import Scenarios
import Store
import Testing

/// The replica on a real PostgreSQL: what it answers, where it starts from, what it refuses.
@Suite(.serialized) struct ReplicaTests {
    /// Random commands through several lives of a replica; after each, tables and log agree. With
    /// one payment a transaction the next changes are made ready while a write is under way.
    @Test(arguments: [(false, nil), (true, nil), (false, 1)])
    func everyLifeGoesOnWhereTheLastOneStopped(
        suspectsAll: Bool, paymentsPerLedgerWrite: Int?
    ) async throws {
        let address = try TestCluster.makeSchema()
        let commands = RandomHistory(seed: 20_261_121, commands: 1_200, rules: .first).batches
            .flatMap(\.commands)
            // Nobody is told anything: a message that falls due makes a batch by itself.
            .filter { $0.kind != SetMessaging.kind }.map { EncodedCommand($0) }
        var before: UInt64 = 0
        for life in 0..<4 {
            let run = try Running(
                address, suspectsAll: suspectsAll, paymentsPerLedgerWrite: paymentsPerLedgerWrite)
            // Each life begins with the first entry of a term.
            #expect(run.replica.progress.applied == before + 1)
            let part = commands.dropFirst(life * 300).prefix(300)
            await withTaskGroup(of: Void.self) { group in
                for command in part {
                    group.addTask { _ = await run.submit([command]) }
                }
            }
            #expect(try await run.replica.waitForTables())
            before = run.replica.progress.applied
            #expect(run.replica.progress.inTables == before)
            #expect(await run.stop() == nil)
            let report = try StoreVerification.run(address, limit: 10)
            #expect(report.comparison.isEqual, "\(report.comparison.differences)")
            #expect(report.batches == before)
            #expect(try LedgerReader(address).position().stateHash == report.stateHash)
        }
    }

    /// A log without tables leads to the same state: the tables are only a projection.
    @Test func tablesAreRebuiltFromTheLog() async throws {
        let address = try TestCluster.makeSchema()
        let run = try Running(address)
        for batch in RandomHistory(seed: 7, commands: 400, rules: .first).batches {
            try await run.submitInTurn(batch.commands)
        }
        #expect(await run.stop() == nil)
        let entries = try LogReader(address).read(from: 1, limit: 10_000)
        let expected = try LedgerReader(address).position()
        #expect(entries.count == Int(expected.logIndex))

        // All of the log with none of the tables, and with half of them.
        for shown in [0, entries.count / 2] {
            let bare = try TestCluster.makeSchema()
            let store = try LogStore(bare)
            try store.append(entries)
            _ = consume store
            try show(entries[..<shown], in: bare)
            let run = try Running(bare)
            #expect(run.replica.progress.applied == expected.logIndex + 1)
            #expect(await run.stop() == nil)
            let position = try LedgerReader(bare).position()
            #expect(position.stateHash == expected.stateHash)
            #expect(position.paymentCount == expected.paymentCount)
        }
    }

    private func show(_ entries: ArraySlice<LogEntry>, in address: DatabaseAddress) throws {
        guard !entries.isEmpty else { return }
        var follower = LedgerFollower()
        let applied = try entries.map { try follower.follow($0) }
        try LedgerWriter(address).write(applied.map { ($0.batch, $0.effects) })
    }

    @Test func commandsOfOneSubmissionShareABatchInTheirOrder() async throws {
        let address = try TestCluster.makeSchema()
        let run = try Running(address)
        let parts = RandomHistory(seed: 3, commands: 60, rules: .first).batches
            .flatMap(\.commands).namesApart
        for part in parts.dropLast() { try await run.submitInTurn(part) }
        let commands = try #require(parts.last)
        #expect(commands.count > 10)
        let answers = try await run.submit(commands.map { EncodedCommand($0) }).get()
        #expect(answers.map(\.outcome) == answers.applied?.effects.outcomes)
        #expect(answers.map(\.outcome.kind) == commands.map(\.kind))
        #expect(await run.stop() == nil)
    }

    @Test func aSecondReplicaIsRefused() async throws {
        let address = try TestCluster.makeSchema()
        let run = try Running(address)
        #expect(throws: StoreError.self) { _ = try Running(address) }
        #expect(await run.stop() == nil)
        let next = try Running(address)
        #expect(await next.stop() == nil)
    }

    @Test func nothingIsTakenAfterStop() async throws {
        let address = try TestCluster.makeSchema()
        let run = try Running(address)
        #expect(await run.stop() == nil)
        #expect(
            await run.submit([
                EncodedCommand(.declared(SetParticipantState(bic: .none, state: .active)))
            ])
            .failure == .unavailable)
        #expect(await run.replica.book(.thb, levels: 1) == nil)
    }

    /// The waiting commands are bounded in bytes: what does not fit is refused and not recorded.
    @Test func aFullQueueRefusesAndLosesNothing() async throws {
        let address = try TestCluster.makeSchema()
        let run = try Running(address)
        let bulk = [UInt8](repeating: 32, count: 16_384)
        let command = EncodedCommand(
            .declared(SetParticipantState(bic: .none, state: .active)), attachment: bulk)
        let group = [EncodedCommand](repeating: command, count: 400)
        async let results = withTaskGroup(of: Bool?.self) { tasks in
            for _ in 0..<30 {
                tasks.addTask {
                    switch await run.submit(group) {
                    case .success(let answers): return answers.count == group.count
                    case .failure(.overloaded): return nil
                    case .failure: return false
                    }
                }
            }
            return await tasks.reduce(into: (taken: 0, refused: 0, wrong: 0)) { counts, result in
                switch result {
                case true: counts.taken += 1
                case nil: counts.refused += 1
                default: counts.wrong += 1
                }
            }
        }
        let counts = await results
        #expect(counts.wrong == 0 && counts.taken >= 4)
        #expect(counts.taken + counts.refused == 30)
        #expect(await run.stop() == nil)
        let recorded = try LogReader(address).read(from: 1, limit: 1_000, maximumBytes: .max / 2)
        #expect(recorded.reduce(0) { $0 + Int($1.commandCount) } == counts.taken * group.count)
    }
}

/// What damage of the log looks like at start-up and to the verification.
@Suite(.serialized) struct DamageTests {
    @Test func aBrokenChainIsNamed() async throws {
        let address = try await makeLog()
        let last = try LogReader(address).lastPosition()
        let batch = Batch([], timestamp: last.timestamp + 1)
        var entry = chained(batch, after: last)
        entry.checksum[5] ^= 1
        try append(entry, address)
        expectDamage(address, at: last.index + 1)
    }

    @Test func aPayloadThatIsNoBatchIsNamed() async throws {
        let address = try await makeLog()
        let last = try LogReader(address).lastPosition()
        try append(chained([1, 2, 3], last.timestamp + 1, after: last), address)
        expectDamage(address, at: last.index + 1)
    }

    /// A batch that states another state hash than this node reached stops the node.
    @Test func anotherStateHashStopsTheNode() async throws {
        let address = try await makeLog()
        let last = try LogReader(address).lastPosition()
        let batch = Batch(
            [], rules: .first, timestamp: last.timestamp + 1, hashedIndex: last.index,
            stateHash: 42)
        try append(chained(batch, after: last), address)
        #expect(throws: StateDivergence.self) { _ = try Running(address) }
        #expect(throws: StateDivergence.self) {
            // The tables do not show the bad batch, so let them.
            try TestCluster.execute(
                "UPDATE applied SET log_index = log_index + 1", at: address)
            _ = try StoreVerification.run(address, limit: 1)
        }
    }

    @Test func everyChangedRowIsNamed() async throws {
        let address = try await makeLog()
        try TestCluster.execute(
            """
            UPDATE accounts SET balance = balance + 1 WHERE account_id = 1;
            DELETE FROM participants WHERE participant_id = 2
            """, at: address)
        let report = try StoreVerification.run(address, limit: 10)
        #expect(report.comparison.totalCount == 2)
        let named = report.comparison.differences.map { "\($0.table) \($0.key) \($0.kind)" }
        #expect(named.sorted() == ["accounts 1 changed", "participants 2 missing"])
        #expect(throws: (any Error).self, "a node does not start on such tables") {
            _ = try Running(address)
        }
    }

    // MARK: Making logs

    private func makeLog() async throws -> DatabaseAddress {
        let address = try TestCluster.makeSchema()
        let run = try Running(address)
        try await run.submitInTurn(
            RandomHistory(seed: 11, commands: 200, rules: .first).batches.flatMap(\.commands))
        #expect(await run.stop() == nil)
        return address
    }

    private func append(_ entry: LogEntry, _ address: DatabaseAddress) throws {
        try LogStore(address).append([entry])
    }

    private func chained(_ batch: Batch, after last: LogPosition) -> LogEntry {
        chained(batch.bytes, batch.timestamp, after: last)
    }

    /// The chain as documented, written down independently: SHA-256 over the previous checksum, the
    /// index and the term as eight little-endian bytes each, and the payload.
    private func chained(
        _ payload: [UInt8], _ timestamp: Timestamp, after last: LogPosition
    ) -> LogEntry {
        func eight(_ value: UInt64) -> [UInt8] { (0..<8).map { UInt8(value >> (8 * $0) & 255) } }
        let index = last.index + 1
        let checksum = SHA256Digest(of: last.checksum, eight(index), eight(last.term), payload)
        return LogEntry(
            index: index, term: last.term, timestamp: timestamp, commandCount: 0,
            previousHash: last.checksum, checksum: checksum.bytes, payload: payload,
            commit: last.index)
    }

    private func expectDamage(_ address: DatabaseAddress, at index: UInt64) {
        do {
            _ = try Running(address)
            Issue.record("a damaged log was taken")
        } catch {
            #expect((error as? LogDamage)?.index == index, "\(error)")
        }
    }
}

extension Result {
    fileprivate var failure: Failure? {
        guard case .failure(let failure) = self else { return nil }
        return failure
    }
}
