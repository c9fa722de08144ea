import Consensus
import Domain
import Engine
import Node
import PostgresForTests
import Replica
import Scenarios
import Shares
import Store
import Synchronization
import Testing

/// Three nodes that settle as one, each on tables of its own.
@Suite(.serialized) struct ClusterTests {
    /// What comes in anywhere is carried out once, everywhere.
    @Test(.timeLimit(.minutes(3)))
    func everyNodeServes() async throws {
        let nodes = try await TestNodes()
        _ = try await nodes.leader()
        let commands = RandomHistory(seed: 20_261_130, commands: 300, rules: .first).batches
            .flatMap(\.commands).filter { $0.kind != SetMessaging.kind }.map { EncodedCommand($0) }
        let failures = await withTaskGroup(of: SubmissionFailure?.self) { group in
            for (place, command) in commands.enumerated() {
                group.addTask {
                    guard let run = nodes.found(UInt64(place % 3 + 1)) else {
                        return .unavailable
                    }
                    switch await run.submit([command], for: Owner("bank \(place % 7)")) {
                    case .success(let answer): return answer.count == 1 ? nil : .notAlone
                    case .failure(let failure): return failure
                    }
                }
            }
            return await group.reduce(into: []) { $0 += $1.map { [$0] } ?? [] }
        }
        #expect(failures.isEmpty, "\(failures)")
        let end = try await nodes.meet()
        let log = try nodes.commonLog(of: nodes.numbers)
        #expect(log.reduce(0) { $0 + Int($1.commandCount) } == commands.count)
        await nodes.stopAll()
        for number in nodes.numbers {
            let report = try StoreVerification.run(nodes.address(number), limit: 10)
            #expect(report.comparison.isEqual, "\(report.comparison.differences)")
            #expect(report.stateHash == end.stateHash || report.batches > end.logIndex)
        }
    }

    /// A leader goes without a word while all are at work: what was acknowledged stays, and nothing
    /// is there twice. It comes back and has the same.
    @Test(.timeLimit(.minutes(3)))
    func whatIsAcknowledgedOutlivesItsLeader() async throws {
        let nodes = try await TestNodes()
        let first = try await nodes.leader()
        let sent = Acknowledged()
        await withTaskGroup(of: Void.self) { group in
            for client in 0..<6 {
                group.addTask {
                    let node = UInt64(client % 3 + 1)
                    while !sent.isOver, let run = nodes.found(node) {
                        sent.note(await run.submit([attached(100)], for: Owner("bank \(client)")))
                    }
                }
            }
            #expect(await eventually { sent.count >= 100 })
            await nodes.cutOff(first)
            await nodes.stop(first)
            let before = sent.count
            #expect(await eventually { sent.count >= before + 100 })
            sent.end()
        }
        let next = try await nodes.leader()
        #expect(next != first)
        try await nodes.start(first)
        let end = try await nodes.meet(at: sent.last)
        let log = try nodes.commonLog(of: nodes.numbers)
        #expect(log.count >= Int(end.logIndex))
        for (index, bytes) in sent.batches { #expect(log[Int(index) - 1].payload == bytes) }
        let recorded = log.reduce(0) { $0 + Int($1.commandCount) }
        #expect(recorded >= sent.count && recorded <= sent.count + sent.unknown)
        await nodes.stopAll()
    }

    /// A node that was away has the log from the others, out of their memory or their databases.
    @Test(.timeLimit(.minutes(3)), arguments: [64 << 20, 64 << 10] as [UInt64])
    func whoWasAwayCatchesUp(_ keptBytes: UInt64) async throws {
        let nodes = try await TestNodes(keptBytes: keptBytes)
        let away = try await nodes.followers()[0]
        #expect(await nodes.stop(away) == nil)
        let run = try nodes.run(try await nodes.leader())
        for _ in 0..<60 {
            _ = try await run.submit([EncodedCommand](repeating: attached(16_000), count: 4)).get()
        }
        let before = run.replica.progress.applied
        try await nodes.start(away)
        try await nodes.meet(at: before)
        #expect(try nodes.commonLog(of: nodes.numbers).count >= 60)
        await nodes.stopAll()
    }

    // MARK: Reads

    /// Whoever was told something at one node finds it at another one.
    @Test(.timeLimit(.minutes(3)))
    func readsSeeWhatOthersHaveAnswered() async throws {
        let nodes = try await TestNodes()
        _ = try await nodes.leader()
        for round in 0..<60 {
            let (here, there) = (UInt64(round % 3 + 1), UInt64((round / 3 + round) % 3 + 1))
            let answer = try await nodes.run(here).submit([attached(10)]).get()
            let told = try #require(answer.applied?.logIndex)
            let replica = try nodes.run(there).replica
            #expect(try await replica.waitUntilApplied(.linearizable))
            #expect(replica.progress.applied >= told)
        }
        // An entry that is still to come is waited for.
        let replica = try nodes.run(2).replica
        let target = replica.progress.applied + 1
        async let waited = replica.waitUntilApplied(.atLeast(target))
        _ = try await nodes.run(1).submit([attached(10)]).get()
        #expect(try await waited)
        #expect(replica.progress.applied >= target)
        await nodes.stopAll()
    }

    /// Without a majority only what is there can be read, and the wait for more has an end.
    @Test(.timeLimit(.minutes(3)))
    func aNodeAloneReadsOnlyWhatItHas() async throws {
        let nodes = try await TestNodes()
        let leader = try await nodes.leader()
        _ = try await nodes.run(leader).submit([attached(10)]).get()
        for number in nodes.numbers where number != leader { await nodes.cutOff(number) }
        let replica = try nodes.run(leader).replica
        let applied = replica.progress.applied
        #expect(try await replica.waitUntilApplied(.local))
        #expect(try await replica.waitUntilApplied(.atLeast(applied)))
        async let linearizable = replica.waitUntilApplied(.linearizable)
        async let later = replica.waitUntilApplied(.atLeast(applied + 1_000))
        let cancelled = Task { try await replica.waitUntilApplied(.atLeast(applied + 1_000)) }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        #expect(try await !linearizable)
        #expect(try await !later)
        // Callers are refused, for nobody leads any more.
        let failure = try await nodes.run(leader).submit([attached(10)]).failure
        #expect(failure == .leaderless)
        await nodes.stopAll()
    }

    /// Whoever waits for others to confirm his read hears at once that he is not wanted any more.
    @Test(.timeLimit(.minutes(3)))
    func whoIsCancelledWaitsForNobody() async throws {
        let nodes = try await TestNodes()
        let leader = try await nodes.leader()
        _ = try await nodes.run(leader).submit([attached(10)]).get()
        for number in nodes.numbers where number != leader { await nodes.cutOff(number) }
        let replica = try nodes.run(leader).replica
        for isEarly in [false, true] {
            let reads = (0..<50).map { _ in
                Task { try await replica.waitUntilApplied(.linearizable) }
            }
            if !isEarly { try await Task.sleep(for: .milliseconds(100)) }
            let began = ContinuousClock.now
            for read in reads { read.cancel() }
            for read in reads {
                await #expect(throws: CancellationError.self) { try await read.value }
            }
            #expect(ContinuousClock.now - began < .milliseconds(500))
        }
        #expect(try await replica.waitUntilApplied(.local))
        await nodes.stopAll()
    }

    // MARK: Room

    /// A follower whose disk is nearly full takes nothing and says so to the leader, which sends it
    /// nothing; it reads what it has, refuses at once what it lacks, and comes back by itself.
    @Test(.timeLimit(.minutes(3)))
    func whoHasNoRoomLagsAndComesBack() async throws {
        let nodes = try await TestNodes()
        let leader = try await nodes.leader()
        let last = nodes.numbers.last { $0 != leader }
        let full = try #require(last)
        let run = try nodes.run(leader)
        _ = try await run.submit([attached(10)]).get()
        try await nodes.meet()
        let replica = try nodes.run(full).replica
        let before = replica.progress.applied
        replica.setRoom(.none)
        #expect(await eventually { nodes.way(from: leader, to: full)?.hasRoom == false })
        let dropped = nodes.way(from: leader, to: full)?.waitingBytes
        for _ in 0..<20 {
            _ = try await run.submit([EncodedCommand](repeating: attached(16_000), count: 64)).get()
        }
        #expect(dropped == 0 && nodes.way(from: leader, to: full)?.waitingBytes ?? 0 < 1 << 20)
        #expect(replica.progress.applied == before && !replica.takesEntries)
        let began = ContinuousClock.now
        #expect(try await !replica.waitUntilApplied(.linearizable))
        #expect(ContinuousClock.now - began < .seconds(2))
        #expect(try await replica.waitUntilApplied(.local))
        let refused = try await nodes.run(full).submit([attached(10)])
        #expect(refused.failure == .noSpace)
        replica.setRoom(.enough)
        try await nodes.meet(at: run.replica.progress.applied)
        #expect(try await replica.waitUntilApplied(.linearizable))
        await nodes.stopAll()
    }

    // MARK: Divergence

    /// A node whose state is another one stops as soon as a batch states the hash of that state;
    /// the others go on.
    @Test(.timeLimit(.minutes(3)))
    func anotherStateStopsItsNodeOnly() async throws {
        let nodes = try await TestNodes()
        let leader = try await nodes.leader()
        let history = RandomHistory(seed: 11, commands: 200, rules: .first).batches
            .flatMap(\.commands)
        try await nodes.run(leader).submitInTurn(history)
        let before = try await nodes.meet()
        let broken = try await nodes.followers()[0]
        #expect(await nodes.stop(broken) == nil)
        try await corrupt(broken, of: nodes)
        try await nodes.start(broken)
        let run = try nodes.run(broken)
        let others = nodes.numbers.filter { $0 != broken }
        let traffic = Task {
            while !Task.isCancelled {
                _ = await nodes.found(others[0])?.submit([attached(10)])
            }
        }
        let end = await run.end()
        traffic.cancel()
        await traffic.value
        let failure = try #require(end as? StateDivergence)
        #expect(failure.index >= before.logIndex && failure.stated != failure.reached)
        let sentence = failure.description
        #expect(sentence.contains("state hash after entry \(failure.index)"))
        await nodes.stop(broken)
        let answer = try await nodes.run(others[1]).submit([attached(10)]).get()
        let told = try #require(answer.applied?.logIndex)
        try await nodes.meet(at: told)
        await nodes.stopAll()
    }

    /// Money moves from one account to another behind the ledger's back, and the stored hash with
    /// it, as a program with a fault would leave them: the node starts from that.
    private func corrupt(_ number: UInt64, of nodes: TestNodes) async throws {
        let address = try nodes.address(number)
        try TestCluster.execute(
            """
            UPDATE accounts SET balance = balance + CASE account_id WHEN least.id THEN 1 ELSE -1 END
            FROM (SELECT currency, min(account_id) AS id, max(account_id) AS other FROM accounts
                  WHERE currency = 'CNY' GROUP BY currency) AS least
            WHERE account_id IN (least.id, least.other)
            """, at: address)
        // Rows alone are found out at the start.
        let differs = await #expect(throws: LoadError.self) { try await nodes.start(number) }
        await nodes.stop(number)
        guard case .stateHashDiffers(_, let loaded)? = differs else {
            Issue.record("\(differs as Any)")
            return
        }
        let bytes = withUnsafeBytes(of: loaded.bigEndian) { Array($0) }
            .map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        try TestCluster.execute("UPDATE applied SET state_hash = '\\x\(bytes)'", at: address)
    }

    // MARK: Shares

    /// What one bank has waiting is counted at the leader, wherever it came in; others have their
    /// own room.
    @Test(.timeLimit(.minutes(3)))
    func aSharesBoundIsTheClusters() async throws {
        let nodes = try await TestNodes()
        let followers = try await nodes.followers()
        let leader = try await nodes.leader()
        // Nothing is committed while neither of the others can write its log.
        let locks = try followers.map { try TestCluster.lock("raft_log", at: nodes.address($0)) }
        let command = attached(16_384)
        let group = [EncodedCommand](repeating: command, count: 400)
        let results = Results()
        await withTaskGroup(of: Void.self) { tasks in
            for place in 0..<8 {
                tasks.addTask {
                    guard let run = nodes.found(followers[place % 2]) else { return }
                    let result = await run.submit(group, for: Owner("bank"))
                    results.note(result)
                }
            }
            // Each follower has room for its four; the leader has not for all eight.
            #expect(await eventually { results.all.count >= 3 })
            #expect(results.all.allSatisfy { $0.failure == .overloaded })
            tasks.addTask {
                let other = await nodes.found(leader)?.submit([command], for: Owner("other"))
                #expect(other?.isSuccess == true)
            }
            for lock in locks { try? lock.release() }
        }
        let answered = results.all
        let taken = answered.count { $0.isSuccess }
        #expect(answered.count == 8 && taken >= 4)
        #expect(answered.allSatisfy { $0.isSuccess || $0.failure == .overloaded })
        try await nodes.meet()
        let recorded = try nodes.commonLog(of: nodes.numbers)
            .reduce(0) { $0 + Int($1.commandCount) }
        #expect(recorded == taken * group.count + 1)
        await nodes.stopAll()
    }
}

/// The results of submissions, as they come.
private final class Results: Sendable {
    private let state = Mutex<[Result<SubmissionAnswer, SubmissionFailure>]>([])
    var all: [Result<SubmissionAnswer, SubmissionFailure>] { state.withLock { $0 } }
    func note(_ result: Result<SubmissionAnswer, SubmissionFailure>) {
        state.withLock { $0.append(result) }
    }
}

/// What clients have been told.
private final class Acknowledged: Sendable {
    private let state = Mutex(
        (batches: [UInt64: [UInt8]](), count: 0, unknown: 0, isOver: false))

    var isOver: Bool { state.withLock { $0.isOver } }
    /// Clients send no more.
    func end() { state.withLock { $0.isOver = true } }

    func note(_ result: Result<SubmissionAnswer, SubmissionFailure>) {
        state.withLock { state in
            switch result {
            case .success(let answer):
                state.count += answer.count
                if let applied = answer.applied {
                    state.batches[applied.logIndex] = applied.batch.bytes
                }
            case .failure(.outcomeUnknown): state.unknown += 1
            case .failure: break
            }
        }
    }

    var batches: [UInt64: [UInt8]] { state.withLock { $0.batches } }
    var count: Int { state.withLock { $0.count } }
    var unknown: Int { state.withLock { $0.unknown } }
    var last: UInt64 { batches.keys.max() ?? 0 }
}

extension Result {
    fileprivate var failure: Failure? {
        if case .failure(let failure) = self { failure } else { nil }
    }
}
