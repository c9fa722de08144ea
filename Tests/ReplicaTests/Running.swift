import Domain
import Replica
import Scenarios
import Shares
import Store

/// A replica under test with its end.
final class Running: Sendable {
    let replica: Replica
    let directory = Directory()
    private let ended: AsyncStream<(any Error)?>

    /// - Parameters:
    ///   - suspectsAll: the tables are asked about every payment that the engine forgot.
    ///   - paymentsPerLedgerWrite: nil as in a real node.
    ///   - givesContentKey: as a real node does; most tests count batches.
    ///   - cluster: the others, if there are any.
    init(
        _ address: DatabaseAddress, suspectsAll: Bool = false, paymentsPerLedgerWrite: Int? = nil,
        givesContentKey: Bool = false, cluster: ReplicaCluster? = nil
    ) throws {
        var options = ReplicaOptions()
        options.cluster = cluster
        options.suspectsAll = suspectsAll
        options.givesContentKey = givesContentKey
        options.paymentsPerLedgerWrite = paymentsPerLedgerWrite ?? options.paymentsPerLedgerWrite
        let (ended, source) = AsyncStream.makeStream(of: (any Error)?.self)
        self.ended = ended
        replica = try Replica.start(
            address, options, directory: directory, onApplied: { _ in },
            onStop: { failure in
                source.yield(failure)
                source.finish()
            })
    }

    func submit(
        _ commands: [EncodedCommand], for owner: Owner = .gateway
    ) async -> Result<SubmissionAnswer, SubmissionFailure> {
        var packed = EncodedCommands()
        for command in commands { packed.append(command) }
        return await submit(packed, for: owner)
    }

    func submit(
        _ commands: EncodedCommands, for owner: Owner = .gateway
    ) async -> Result<SubmissionAnswer, SubmissionFailure> {
        await withCheckedContinuation { continuation in
            replica.submit(commands, for: owner) { continuation.resume(returning: $0) }
        }
    }

    /// Submits commands together, but for those that change whom a BIC means: each of them alone.
    @discardableResult
    func submitInTurn(_ commands: [Command]) async throws -> [CommandAnswer] {
        var answers: [CommandAnswer] = []
        for part in commands.namesApart {
            answers += try await submit(part.map { EncodedCommand($0) }).get()
        }
        return answers
    }

    /// Stops and gives the failure, which should be none.
    func stop() async -> (any Error)? {
        replica.stop()
        return await end()
    }

    /// Waits for the end and gives the failure, if there was one.
    func end() async -> (any Error)? {
        for await failure in ended { return failure }
        return nil
    }
}

extension Result {
    var isSuccess: Bool { if case .success = self { true } else { false } }
}
