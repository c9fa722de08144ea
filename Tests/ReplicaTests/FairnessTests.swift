import Domain
import PostgresForTests
import Replica
import Scenarios
import Shares
import Store
import Synchronization
import Testing

@Suite struct FairnessTests {
    /// What one bank has waiting delays another's next command by a batch or two, not by all of it.
    @Test func turnsGoRoundBetweenOwners() async throws {
        let run = try Running(try TestCluster.makeSchema())
        let bulk = [UInt8](repeating: 32, count: 16_384)
        let large = [EncodedCommand](
            repeating: EncodedCommand(
                .declared(SetParticipantState(bic: .none, state: .active)), attachment: bulk),
            count: 50)
        var packed = EncodedCommands()
        for command in large { packed.append(command) }
        let small = EncodedCommands(
            EncodedCommand(.declared(SetParticipantState(bic: .none, state: .active))))
        let (answers, source) = AsyncStream.makeStream(of: (owner: String, batch: UInt64).self)
        func submit(_ commands: EncodedCommands, for owner: String) {
            run.replica.submit(commands, for: Owner(owner)) {
                let batch = (try? $0.get())?.applied?.logIndex ?? 0
                source.yield((owner, batch))
            }
        }
        // Faster than batches are made: nearly all of it waits when the small one comes.
        for _ in 0..<30 { submit(packed, for: "greedy") }
        submit(small, for: "modest")
        var batches: [String: [UInt64]] = [:]
        for await answer in answers {
            batches[answer.owner, default: []].append(answer.batch)
            if batches.values.reduce(0, { $0 + $1.count }) == 31 { break }
        }
        let last = try #require(batches["greedy"]?.max())
        let modest = try #require(batches["modest"]?.first)
        // Thirty large ones do not fit into fewer than fifteen batches.
        #expect(last >= 15 && modest > 0 && modest <= last - 10, "\(batches)")
        #expect(await run.stop() == nil)
    }

    /// One owner's waiting commands never take all the room.
    @Test func roomIsLeftForOthers() async throws {
        let run = try Running(try TestCluster.makeSchema())
        let bulk = [UInt8](repeating: 32, count: 16_384)
        let large = [EncodedCommand](
            repeating: EncodedCommand(
                .declared(SetParticipantState(bic: .none, state: .active)), attachment: bulk),
            count: 400)
        var packed = EncodedCommands()
        for command in large { packed.append(command) }
        let refused = Atomic<Int>(0)
        // Faster than anything can be taken from the queue.
        for _ in 0..<20 {
            run.replica.submit(packed, for: Owner("greedy")) {
                if case .failure(.overloaded) = $0 { refused.add(1, ordering: .relaxed) }
            }
        }
        #expect(refused.load(ordering: .relaxed) > 0)
        let small = EncodedCommand(.declared(SetParticipantState(bic: .none, state: .active)))
        #expect(try await run.submit([small], for: Owner("modest")).get().count == 1)
        #expect(await run.stop() == nil)
    }

    /// Whoever hears of a registration finds it, at once and after a restart.
    @Test func theDirectoryIsUpBeforeTheAnswer() async throws {
        let address = try TestCluster.makeSchema()
        let run = try Running(address)
        let bank = try #require(BIC("BKCHCNBJ"))
        let registration = ParticipantRegistration(
            bic: bank, country: try #require(Optional(bank.country)), roles: .payer)
        let wasThere = await withCheckedContinuation { continuation in
            run.replica.submit(
                EncodedCommands(EncodedCommand(.given(RegisterParticipant(registration))))
            ) { [directory = run.directory] _ in
                continuation.resume(returning: directory.participant(bank)?.state)
            }
        }
        #expect(wasThere == .active)
        _ = await run.submit([
            EncodedCommand(.given(SetParticipantState(bic: bank, state: .suspended)))
        ])
        #expect(run.directory.participant(bank)?.state == .suspended)
        #expect(run.directory.bic(of: 1) == bank && run.directory.bic(of: 2) == .none)
        #expect(await run.stop() == nil)
        let next = try Running(address)
        #expect(next.directory.participant(bank)?.state == .suspended)
        #expect(await next.stop() == nil)
    }
}
