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
        let bulk = [UInt8](repeating: 32, count: Limits.bytesPerAttachment)
        let large = [EncodedCommand](
            repeating: EncodedCommand(
                .setParticipantState(bic: .none, state: .active), attachment: bulk), count: 50)
        let greedy = (0..<30).map { _ in
            Task { try await run.submit(large, for: Owner("greedy")).get() }
        }
        // The first of many is answered: the others wait.
        let first = try await greedy[0].value.applied?.logIndex
        let small = EncodedCommand(.setParticipantState(bic: .none, state: .active))
        let modest = try await run.submit([small], for: Owner("modest")).get().applied?.logIndex
        var last: UInt64 = 0
        for task in greedy { last = max(last, try await task.value.applied?.logIndex ?? 0) }
        let (begun, answered) = (try #require(first), try #require(modest))
        // Thirty of them do not fit into fewer than fifteen batches.
        #expect(last >= begun + 10 && answered <= last - 5, "\(begun), \(answered), \(last)")
        #expect(await run.stop() == nil)
    }

    /// One owner's waiting commands never take all the room.
    @Test func roomIsLeftForOthers() async throws {
        let run = try Running(try TestCluster.makeSchema())
        let bulk = [UInt8](repeating: 32, count: Limits.bytesPerAttachment)
        let large = [EncodedCommand](
            repeating: EncodedCommand(
                .setParticipantState(bic: .none, state: .active), attachment: bulk), count: 400)
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
        let small = EncodedCommand(.setParticipantState(bic: .none, state: .active))
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
            run.replica.submit(EncodedCommands(EncodedCommand(.registerParticipant(registration))))
            { [directory = run.directory] _ in
                continuation.resume(returning: directory.participant(bank)?.state)
            }
        }
        #expect(wasThere == .active)
        _ = await run.submit([EncodedCommand(.setParticipantState(bic: bank, state: .suspended))])
        #expect(run.directory.participant(bank)?.state == .suspended)
        #expect(run.directory.bic(of: 1) == bank && run.directory.bic(of: 2) == .none)
        #expect(await run.stop() == nil)
        let next = try Running(address)
        #expect(next.directory.participant(bank)?.state == .suspended)
        #expect(await next.stop() == nil)
    }
}
